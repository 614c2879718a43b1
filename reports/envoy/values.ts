// Values as Envoy's JSON takes them (protobuf's JSON mapping: https://protobuf.dev/programming-guides/json/).

/** A message of Envoy's configuration. */
export type Message = { readonly [field: string]: Value };
export type Value = string | number | boolean | readonly Value[] | Message;

const NS_PER_S = 1_000_000_000;
const MILLION = 1_000_000;

/** google.protobuf.Duration: `0.025s`. */
export function duration(ns: number): string {
  const whole = Math.round(ns);
  const seconds = Math.floor(whole / NS_PER_S);
  const rest = whole % NS_PER_S;
  return rest === 0 ? `${seconds}s` : `${seconds}.${String(rest).padStart(9, '0').replace(/0+$/, '')}s`;
}

/** envoy.type.v3.FractionalPercent of a probability. */
export function fraction(probability: number): Message {
  return { numerator: Math.round(probability * MILLION), denominator: 'MILLION' };
}

/** envoy.type.v3.Percent. */
export function percent(value: number): Message {
  return { value };
}

/** A message in a google.protobuf.Any. */
export function typed(type: string, fields: Message = {}): Message {
  return { '@type': `type.googleapis.com/${type}`, ...fields };
}

/** An extension with its configuration. */
export function extension(name: string, type: string, fields: Message = {}): Message {
  return { name, typed_config: typed(type, fields) };
}
