// The functions that rules of CustomResourceDefinitions call (cel-spec: doc/langdef.md, List of Standard Definitions; kubernetes: apiserver
// pkg/cel/library urls.go, ip.go; cel-go: ext/strings.go). Patterns are RE2, as there.
import { RE2JS } from 're2js';
import { isPlainMap, type PlainValue } from '../../document.js';
import { parseDuration } from '../../duration.js';

/** What an expression can be: JSON, a duration or a URL. Both of these are maps with one field. */
export type CelValue = PlainValue;

/** An expression that has no value for this input: the rule does not hold. */
export class CelError extends Error {}

type Implementation = (args: readonly CelValue[]) => CelValue;

const SCHEME = /^([A-Za-z][A-Za-z0-9+.-]*):/;
/** What follows the last colon of the authority. */
const PORT = /^\/\/[^/?#]*:([^/?#\]]*)(?:[/?#]|$)/;
const CONTROL = /\s|\p{Cc}/u;

const FUNCTIONS: ReadonlyMap<string, Implementation> = new Map<string, Implementation>([
  ['size', ([of]) => sizeOf(of)],
  ['contains', ([of, part]) => textOf(of).includes(textOf(part))],
  ['startsWith', ([of, part]) => textOf(of).startsWith(textOf(part))],
  ['endsWith', ([of, part]) => textOf(of).endsWith(textOf(part))],
  ['matches', ([of, pattern]) => compiled(textOf(pattern)).matcher(textOf(of)).find()],
  ['substring', ([of, from, to]) => substring(textOf(of), from, to)],
  ['split', ([of, separator]) => textOf(of).split(textOf(separator))],
  ['int', ([of]) => wholeNumber(of)],
  ['duration', ([of]) => ({ durationNs: parseDuration(textOf(of)) ?? fail('no duration') })],
  ['isURL', ([of]) => schemeOf(textOf(of)) !== null],
  ['url', ([of]) => ({ scheme: schemeOf(textOf(of)) ?? fail('no URL') })],
  ['getScheme', ([of]) => (isPlainMap(of) ? (of.scheme ?? fail('no URL')) : fail('no URL'))],
  ['isIP', ([of]) => isAddress(textOf(of))],
]);

const patterns = new Map<string, RE2JS>();

/** Whether rules may call it. */
export function isCelFunction(name: string): boolean {
  return FUNCTIONS.has(name);
}

/** Throws a CelError where the function takes no such values. */
export function callFunction(name: string, args: readonly CelValue[]): CelValue {
  return (FUNCTIONS.get(name) ?? fail(`no function ${name}`))(args);
}

/** A pattern of a schema or a rule. */
export function compiled(pattern: string): RE2JS {
  const known = patterns.get(pattern) ?? RE2JS.compile(pattern);
  patterns.set(pattern, known);
  return known;
}

/** Characters, elements or fields. */
function sizeOf(of: CelValue | undefined): number {
  if (typeof of === 'string') return [...of].length;
  if (Array.isArray(of)) return of.length;
  return isPlainMap(of) ? Object.keys(of).length : fail('no size');
}

function substring(of: string, from: CelValue | undefined, to: CelValue | undefined): string {
  const characters = [...of];
  const end = to === undefined ? characters.length : to;
  if (typeof from !== 'number' || typeof end !== 'number' || from < 0 || from > end || end > characters.length)
    return fail('substring() beyond the end');
  return characters.slice(from, end).join('');
}

function wholeNumber(of: CelValue | undefined): number {
  if (typeof of === 'number') return Math.trunc(of);
  return /^[-+]?\d+$/.test(textOf(of)) ? Number(of) : fail('no whole number');
}

/** The scheme of a request URI (go: net/url ParseRequestURI), '' for an absolute path; null where the text is neither. */
function schemeOf(text: string): string | null {
  if (CONTROL.test(text)) return null;
  if (text.startsWith('/')) return '';
  const scheme = SCHEME.exec(text)?.[1];
  if (scheme === undefined) return null;
  const port = PORT.exec(text.slice(scheme.length + 1))?.[1] ?? '';
  return /^\d*$/.test(port) ? scheme.toLowerCase() : null;
}

function isAddress(text: string): boolean {
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(text))
    return text.split('.').every((part) => Number(part) <= 255 && !/^0\d/.test(part));
  return text.includes(':') && /^[0-9a-fA-F:.]+$/.test(text);
}

function textOf(value: CelValue | undefined): string {
  return typeof value === 'string' ? value : fail('no text');
}

function fail(message: string): never {
  throw new CelError(message);
}
