// The shape of a written distribution: a word with arguments in parentheses, and the ways to write an argument.
import type { DistributionSpec } from './spec.js';

export type ParsedDistribution = { readonly spec: DistributionSpec } | { readonly error: string };

/** What reading needs to know of the world outside. */
export interface Context {
  /** Turns a value with its unit into a number, or null if it is none. */
  readonly parseValue: (text: string) => number | null;
}

export interface Call {
  readonly word: string;
  readonly body: string;
}

/** One argument: `value`, `name=value` (or `name: value`), `90%: value` or `2: value`. */
export type Argument =
  | { readonly kind: 'positional'; readonly text: string }
  | { readonly kind: 'named'; readonly name: string; readonly text: string }
  | { readonly kind: 'share'; readonly share: number; readonly percent: boolean; readonly text: string };

const CALL = /^([a-z][a-z_-]*)\s*\(([\s\S]*)\)$/i;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const NAMED = /^([a-z][a-z0-9._]*)\s*[=:]\s*([\s\S]*)$/i;
const SHARE = /^([0-9.e+-]+)\s*(%?)\s*:\s*([\s\S]*)$/i;

/** `word(body)`, or null if the text is not of this shape. */
export function readCall(text: string): Call | null {
  const match = CALL.exec(text);
  return match === null ? null : { word: match[1].toLowerCase(), body: match[2] };
}

/** A decimal number without a unit, or null. */
export function readNumber(text: string): number | null {
  return NUMBER.test(text) ? Number(text) : null;
}

/** Splits at the commas outside inner parentheses; null if parentheses do not match or an argument is empty. */
export function splitArguments(body: string): readonly string[] | null {
  if (body.trim() === '') return [];
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i <= body.length; i++) {
    const character = i === body.length ? ',' : body[i];
    if (character === '(') depth++;
    else if (character === ')') depth--;
    if (depth < 0) return null;
    if (character === ',' && depth === 0) {
      parts.push(body.slice(start, i).trim());
      start = i + 1;
    }
  }
  return depth !== 0 || parts.includes('') ? null : parts;
}

export function readArgument(text: string): Argument {
  const share = SHARE.exec(text);
  const number = share === null ? null : readNumber(share[1]);
  if (share !== null && number !== null)
    return { kind: 'share', share: number, percent: share[2] === '%', text: share[3] };
  const named = NAMED.exec(text);
  if (named !== null) return { kind: 'named', name: named[1].toLowerCase(), text: named[2] };
  return { kind: 'positional', text };
}
