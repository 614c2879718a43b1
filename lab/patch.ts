// What a case tells Envoy beside its plan: filters that the plan knows nothing of, and retry tokens as they were written.
import type { Message, Value } from '../reports/envoy/bootstrap.js';
import type { LabCase } from './case.js';

/** The bootstrap with the case's own words in it. */
export function patched(bootstrap: Message, { envoyFilters, envoyRetryOn }: LabCase): Message {
  let result = bootstrap;
  if (envoyFilters !== undefined) {
    result = mapField(result, 'http_filters', (filters) => [...envoyFilters, ...(filters as readonly Value[])]);
  }
  if (envoyRetryOn !== undefined) result = mapField(result, 'retry_on', () => envoyRetryOn);
  return result;
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
