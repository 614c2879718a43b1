// What the API server says of an object by the schema of its CustomResourceDefinition: first types and bounds, then, where these hold, the rules in CEL
// over the object with its defaults filled in (kubernetes: apiextensions-apiserver pkg/registry/customresource/validator.go; pkg/apiserver/schema/
// defaulting, listtype, cel). Fields that the schema does not have are dropped there, and nothing is said of them here.
import { isPlainMap, type PlainMap, type PlainValue } from '../document.js';
import type { FieldPath } from '../resource.js';
import { type CrdSchema, childSchema } from './crd-schema.js';
import { problemOfNumber, problemOfSize, problemOfText, problemOfType } from './crd-values.js';

export interface CrdProblem {
  readonly path: FieldPath;
  /** `should be a string`, to stand after the name of the field. */
  readonly what: string;
}

/** Whether a rule holds for a value of the schema that it stands at. */
export type RuleHolds = (rule: string, schema: CrdSchema, value: PlainValue) => boolean;

/** What is wrong with an object without its header, by the schema of its kind. */
export function crdProblems(schema: CrdSchema, value: PlainMap, ruleHolds: RuleHolds): readonly CrdProblem[] {
  const filled = withDefaults(schema, value);
  const problems: CrdProblem[] = [];
  checkValue(schema, filled, [], problems);
  if (problems.length === 0) checkRules(schema, filled, ruleHolds, [], problems);
  return problems;
}

/** Nothing where the schema takes no nothing is no field; then what is missing gets its default. */
function withDefaults(schema: CrdSchema, value: PlainValue): PlainValue {
  if (Array.isArray(value))
    return schema.items === undefined ? value : value.map((item: PlainValue) => withDefaults(schema.items!, item));
  if (!isPlainMap(value)) return value;
  const filled = new Map<string, PlainValue>();
  for (const [key, item] of Object.entries(value)) {
    const own = childSchema(schema, key);
    if (item === null && own !== undefined && own.nullable !== true) continue;
    filled.set(key, own === undefined ? item : withDefaults(own, item));
  }
  for (const [key, own] of Object.entries(schema.properties ?? {}))
    if (own.default !== undefined && !filled.has(key)) filled.set(key, withDefaults(own, own.default));
  return Object.fromEntries(filled);
}

function checkValue(schema: CrdSchema, value: PlainValue, path: FieldPath, problems: CrdProblem[]): void {
  const add = (what: string, at: FieldPath = path): void => {
    problems.push({ path: at, what });
  };
  if (value === null && schema.nullable === true) return;
  const wrongType = problemOfType(schema, value);
  if (wrongType !== null) {
    add(wrongType);
    return;
  }
  if (schema.enum !== undefined && !schema.enum.includes(value)) add(`should be one of ${schema.enum.join(', ')}`);
  if (typeof value === 'string') addIf(problemOfText(schema, value), add);
  if (typeof value === 'number') addIf(problemOfNumber(schema, value), add);
  if (typeof value === 'object') addIf(problemOfSize(schema, value), add);
  if (Array.isArray(value)) checkList(schema, value, path, problems);
  else if (isPlainMap(value)) checkMap(schema, value, path, problems);
  checkBranches(schema, value, add);
}

function addIf(problem: string | null, add: (what: string) => void): void {
  if (problem !== null) add(problem);
}

function checkMap(schema: CrdSchema, value: PlainMap, path: FieldPath, problems: CrdProblem[]): void {
  for (const name of schema.required ?? []) {
    if (!Object.hasOwn(value, name)) problems.push({ path, what: `needs ${name}` });
  }
  for (const [key, item] of Object.entries(value)) {
    const own = childSchema(schema, key);
    if (own !== undefined) checkValue(own, item, [...path, key], problems);
  }
}

function checkList(schema: CrdSchema, items: readonly PlainValue[], path: FieldPath, problems: CrdProblem[]): void {
  const { items: own } = schema;
  if (own !== undefined)
    items.forEach((item, index) => {
      checkValue(own, item, [...path, index], problems);
    });
  const keys = schema['x-kubernetes-list-map-keys'];
  const type = schema['x-kubernetes-list-type'];
  if (type !== 'map' && type !== 'set') return;
  const seen = new Set<string>();
  items.forEach((item, index) => {
    const identity = JSON.stringify(
      type === 'set' || keys === undefined ? item : keys.map((key) => (isPlainMap(item) ? (item[key] ?? null) : null)),
    );
    if (seen.has(identity)) problems.push({ path: [...path, index], what: 'stands in the list twice' });
    seen.add(identity);
  });
}

/** `oneOf` and its sisters, which Istio uses for fields of which one at most may be there. */
function checkBranches(schema: CrdSchema, value: PlainValue, add: (what: string) => void): void {
  const { oneOf, anyOf, allOf, not } = schema;
  if (oneOf !== undefined && oneOf.filter((branch) => holds(branch, value)).length !== 1) add(choiceText(oneOf, value));
  if (anyOf !== undefined && !anyOf.some((branch) => holds(branch, value))) add(choiceText(anyOf, value));
  if (allOf !== undefined && !allOf.every((branch) => holds(branch, value))) add(choiceText(allOf, value));
  if (not !== undefined && holds(not, value)) add(choiceText([not], value));
}

function holds(schema: CrdSchema, value: PlainValue): boolean {
  const problems: CrdProblem[] = [];
  checkValue(schema, value, [], problems);
  return problems.length === 0;
}

/** `can have one of simple, consistentHash`. */
function choiceText(branches: readonly CrdSchema[], value: PlainValue): string {
  const names = [...new Set(branches.flatMap(requiredIn))];
  const present = names.filter((name) => isPlainMap(value) && Object.hasOwn(value, name));
  if (present.length > 1) return `can have one of ${present.join(', ')}`;
  return names.length > 0 ? `should have one of ${names.join(', ')}` : 'is not what the schema allows';
}

function requiredIn({ required = [], anyOf = [], oneOf = [], allOf = [], not }: CrdSchema): readonly string[] {
  return [...required, ...[...anyOf, ...oneOf, ...allOf, ...(not === undefined ? [] : [not])].flatMap(requiredIn)];
}

function checkRules(
  schema: CrdSchema,
  value: PlainValue,
  ruleHolds: RuleHolds,
  path: FieldPath,
  problems: CrdProblem[],
): void {
  if (value === null) return;
  for (const rule of schema.rules ?? []) {
    if (!ruleHolds(rule.rule, schema, value)) problems.push({ path, what: `is refused: ${rule.message ?? rule.rule}` });
  }
  if (Array.isArray(value)) {
    if (schema.items === undefined) return;
    value.forEach((item: PlainValue, index) => {
      checkRules(schema.items!, item, ruleHolds, [...path, index], problems);
    });
    return;
  }
  if (!isPlainMap(value)) return;
  for (const [key, item] of Object.entries(value)) {
    const own = childSchema(schema, key);
    if (own !== undefined) checkRules(own, item, ruleHolds, [...path, key], problems);
  }
}
