// Types and bounds of single values, as a structural schema asks for them (kubernetes: kube-openapi pkg/validation/validate).
import { RE2JS } from 're2js';
import type { PlainMap, PlainValue } from '../document.js';
import type { CrdSchema } from './crd-schema.js';

const patterns = new Map<string, RE2JS>();

const INT32: readonly [number, number] = [-2147483648, 2147483647];

/** A pattern of a schema, which is RE2 as in the API server; compiled once. */
export function compiled(pattern: string): RE2JS {
  const known = patterns.get(pattern) ?? RE2JS.compile(pattern);
  patterns.set(pattern, known);
  return known;
}

/** What a value should be where it is of the wrong type, or null. */
export function problemOfType(schema: CrdSchema, value: PlainValue): string | null {
  const isNumber = typeof value === 'number';
  if (schema['x-kubernetes-int-or-string'] === true)
    return typeof value === 'string' || (isNumber && Number.isInteger(value))
      ? null
      : 'should be a whole number or a string';
  switch (schema.type) {
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value) ? null : 'should be an object';
    case 'array':
      return Array.isArray(value) ? null : 'should be an array';
    case 'string':
      return typeof value === 'string' ? null : 'should be a string';
    case 'boolean':
      return typeof value === 'boolean' ? null : 'should be a boolean';
    case 'integer':
      return isNumber && Number.isInteger(value) ? null : 'should be an integer';
    case 'number':
      return isNumber ? null : 'should be a number';
    default:
      return null;
  }
}

export function problemOfText({ minLength = 0, maxLength, pattern }: CrdSchema, value: string): string | null {
  const length = [...value].length;
  if (length < minLength)
    return minLength === 1 ? 'should not be empty' : `should have at least ${minLength} characters`;
  if (maxLength !== undefined && length > maxLength) return `should have at most ${maxLength} characters`;
  if (pattern !== undefined && !compiled(pattern).matcher(value).find()) return `should match ${pattern}`;
  return null;
}

export function problemOfNumber(schema: CrdSchema, value: number): string | null {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, format } = schema;
  if (minimum !== undefined && (exclusiveMinimum === true ? value <= minimum : value < minimum))
    return `should be ${exclusiveMinimum === true ? 'more than' : 'at least'} ${minimum}`;
  if (maximum !== undefined && (exclusiveMaximum === true ? value >= maximum : value > maximum))
    return `should be ${exclusiveMaximum === true ? 'less than' : 'at most'} ${maximum}`;
  if (format === 'int32' && (value < INT32[0] || value > INT32[1])) return 'should be a number of 32 bits';
  return null;
}

/** Of a list its items, of a map its fields. */
export function problemOfSize(schema: CrdSchema, value: PlainMap | readonly PlainValue[] | null): string | null {
  if (value === null) return null;
  const isList = Array.isArray(value);
  const size = isList ? value.length : Object.keys(value).length;
  const [least, most] = isList ? [schema.minItems, schema.maxItems] : [schema.minProperties, schema.maxProperties];
  const what = isList ? 'items' : 'fields';
  if (least !== undefined && size < least)
    return least === 1 ? 'should not be empty' : `should have at least ${least} ${what}`;
  if (most !== undefined && size > most) return `should have at most ${most} ${what}`;
  return null;
}
