// What tests do to YAML: pieces cut out, doubled and put in; odd values in the place of others.
import fc from 'fast-check';
import type { PlainValue } from '../../models/config/document.js';

export const TOKENS = [
  '{',
  '}',
  '[',
  ']',
  ':',
  ': ',
  '- ',
  '\n',
  '\t',
  '"',
  "'",
  '&a',
  '*a',
  '<<: *a\n',
  '!!',
  '---\n',
  '|',
  '>',
  '#',
  '\0',
  '~',
  '-1',
  '1e999',
  '{{ .x }}',
  '%YAML',
  '\uFEFF',
  '😀',
  '__proto__: 1\n',
  '.',
];

export const MUTATION = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.nat(40),
  put: fc.oneof(fc.constantFrom(...TOKENS), fc.string({ maxLength: 6 })),
  doubled: fc.boolean(),
});

export function mutate(
  text: string,
  { at, length, put, doubled }: { at: number; length: number; put: string; doubled: boolean },
) {
  const start = Math.floor(at * text.length);
  const cut = text.slice(start, start + length);
  return text.slice(0, start) + (doubled ? cut + cut : put) + text.slice(start + length);
}

/** The value with one place of it, chosen by `at`, replaced. */
function replaced(value: PlainValue, at: number, by: PlainValue): PlainValue {
  if (typeof value !== 'object' || value === null) return by;
  const keys = Object.keys(value);
  const chosen = Math.floor(at * (keys.length + 1));
  const key = keys[chosen];
  if (key === undefined) return by;
  const rest = at * (keys.length + 1) - chosen;
  const inner = (value as Readonly<Record<string, PlainValue>>)[key]!;
  if (Array.isArray(value))
    return value.map((item: PlainValue, index) => (index === chosen ? replaced(item, rest, by) : item));
  return { ...value, [key]: replaced(inner, rest, by) };
}

const ODD = fc.oneof(
  fc.constantFrom<PlainValue>(null, '', '*', -1, 1e308, [], {}, [[]], 'x'.repeat(300)),
  fc.jsonValue({ maxDepth: 2 }),
);
/** Values to put in places of an object. */
export const CHANGES = fc.array(fc.tuple(fc.double({ min: 0, max: 0.999, noNaN: true }), ODD), {
  minLength: 1,
  maxLength: 3,
});

export function changedAt(value: PlainValue, changes: readonly (readonly [at: number, by: unknown])[]): PlainValue {
  return changes.reduce<PlainValue>((found, [at, by]) => replaced(found, at, by as PlainValue), value);
}
