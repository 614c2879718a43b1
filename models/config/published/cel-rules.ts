// The rules in CEL of CustomResourceDefinitions, evaluated by the library @bufbuild/cel, with the functions that Kubernetes adds to the language
// (kubernetes: apiserver pkg/cel/library urls.go, ip.go; apiextensions-apiserver pkg/apiserver/schema/cel). scripts/bundle.mjs puts the library
// into the built files; this file is loaded when the first object of such a kind is met.
import { CelScalar, celEnv, celFunc, celMethod, isCelError, mapType, parse, plan } from '@bufbuild/cel';
import { strings } from '@bufbuild/cel/ext';
import { isPlainMap, type PlainValue } from '../document.js';
import { type CrdSchema, childSchema } from './crd-schema.js';

const { STRING, BOOL } = CelScalar;
/** A parsed URL; of its parts rules ask for the scheme alone. */
const URL_TYPE = mapType(STRING, STRING);

const SCHEME = /^([A-Za-z][A-Za-z0-9+.-]*):/;
/** What follows the last colon of the authority. */
const PORT = /^\/\/[^/?#]*:([^/?#\]]*)(?:[/?#]|$)/;
const CONTROL = /\s|\p{Cc}/u;

const ENVIRONMENT = celEnv({
  funcs: [
    ...strings,
    celFunc('isURL', [STRING], BOOL, (text) => schemeOf(text) !== null),
    celFunc('url', [STRING], URL_TYPE, (text) => {
      const scheme = schemeOf(text);
      if (scheme === null) throw new Error('no URL');
      return new Map([['scheme', scheme]]);
    }),
    celMethod('getScheme', URL_TYPE, [], STRING, function () {
      return String(this.get('scheme'));
    }),
    celFunc('isIP', [STRING], BOOL, isAddress),
  ],
});

type Evaluation = ReturnType<typeof plan>;

const plans = new Map<string, Evaluation>();

/** Whether a rule holds for a value of the schema that it stands at. One that fails to evaluate does not hold. */
export function ruleHolds(rule: string, schema: CrdSchema, value: PlainValue): boolean {
  const result = planned(rule)({ self: celValue(schema, value) });
  return !isCelError(result) && result === true;
}

/** A rule is parsed when it is first asked. Throws for a text that is no CEL. */
export function planned(rule: string): Evaluation {
  const known = plans.get(rule) ?? plan(ENVIRONMENT, parse(plainNames(rule)));
  plans.set(rule, known);
  return known;
}

/** Kubernetes escapes the words that CEL keeps for itself (`self.__namespace__`); as the name of a field the library takes them as they are. */
function plainNames(rule: string): string {
  return rule.replace(/__([a-z]+)__/g, '$1');
}

type CelInput = NonNullable<Parameters<Evaluation>[0]>[string];

/** JSON as CEL has it: whole numbers are numbers of 64 bits, unless the schema says otherwise; fields are those of a map. */
function celValue(schema: CrdSchema | undefined, value: PlainValue): CelInput {
  if (typeof value === 'number') return schema?.type !== 'number' && Number.isInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map((item: PlainValue) => celValue(schema?.items, item));
  if (!isPlainMap(value)) return value;
  return new Map(Object.entries(value).map(([key, item]) => [key, celValue(childSchema(schema, key), item)]));
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
