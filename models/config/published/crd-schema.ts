// The CustomResourceDefinitions that Istio and the Gateway API publish, as scripts/read-crds.mjs writes them: one schema a kind and version, equal parts
// shared (kubernetes: apiextensions-apiserver pkg/apiserver/schema, structural schemas).
import { lookup } from '../../../sim/lookup.js';
import type { PlainValue } from '../document.js';

export interface CrdSchema {
  readonly type?: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean';
  readonly properties?: Readonly<Record<string, CrdSchema>>;
  readonly additionalProperties?: CrdSchema;
  readonly items?: CrdSchema;
  readonly required?: readonly string[];
  readonly enum?: readonly PlainValue[];
  readonly pattern?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: boolean;
  readonly exclusiveMaximum?: boolean;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly nullable?: boolean;
  readonly default?: PlainValue;
  readonly anyOf?: readonly CrdSchema[];
  readonly oneOf?: readonly CrdSchema[];
  readonly allOf?: readonly CrdSchema[];
  readonly not?: CrdSchema;
  readonly rules?: readonly WrittenRule[];
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
  readonly 'x-kubernetes-int-or-string'?: boolean;
  readonly 'x-kubernetes-list-type'?: 'atomic' | 'set' | 'map';
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
}

/** A rule in CEL over the value that it stands at, and what the API server says where it does not hold. */
export interface WrittenRule {
  readonly rule: string;
  readonly message?: string;
}

interface WrittenCrds {
  readonly kinds: Readonly<Record<string, unknown>>;
  readonly parts: readonly unknown[];
}

/** A file of `crds/`. */
export interface PublishedCrds {
  /** As `apiVersion/Kind`. */
  readonly kinds: readonly string[];
  schemaOf(kind: string): CrdSchema | undefined;
}

/** A schema is put together when it is asked for. */
export function readCrds(text: string): PublishedCrds {
  const { kinds, parts } = JSON.parse(text) as WrittenCrds;
  const known = new Map<number, unknown>();
  const whole = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(whole);
    if (typeof value !== 'object' || value === null) return value;
    if ('$' in value && typeof value.$ === 'number') return part(value.$);
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, whole(item)]));
  };
  const part = (index: number): unknown => {
    if (!known.has(index)) known.set(index, whole(parts[index]));
    return known.get(index);
  };
  return {
    kinds: Object.keys(kinds),
    schemaOf: (kind) => whole(lookup(kinds, kind)) as CrdSchema | undefined,
  };
}

/** The schema of a field, or of an entry of a map. */
export function childSchema(schema: CrdSchema | undefined, key: string): CrdSchema | undefined {
  return lookup(schema?.properties ?? {}, key) ?? schema?.additionalProperties;
}
