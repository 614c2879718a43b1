// The words of a case that the real Envoy is to read for itself. The plan has resolved them, and a bootstrap of it says the same in other words.
import type { Message, Value } from '../reports/envoy/bootstrap.js';
import type { LabCase } from './case.js';

/** The bootstrap with the case's own tokens in its retry policies. */
export function patched(bootstrap: Message, { envoyRetryOn }: LabCase): Message {
  return envoyRetryOn === undefined ? bootstrap : mapField(bootstrap, 'retry_on', () => envoyRetryOn);
}

/** Replaces every field of this name, at any depth. */
function mapField(message: Message, field: string, change: (value: Value) => Value): Message {
  const walk = (value: Value): Value => {
    if (Array.isArray(value)) return value.map(walk);
    return typeof value === 'object' ? mapField(value as Message, field, change) : value;
  };
  return Object.fromEntries(
    Object.entries(message).map(([name, value]) => [name, name === field ? change(value) : walk(value)]),
  );
}
