// Is a document a Scenario? Structure only: each zod issue becomes a diagnostic at its place in the file, with what was found,
// what was expected, and for an unknown field the nearest known one.

import type * as z from 'zod/mini';
import type { Diagnostic } from '../../models/config/diagnostic.js';
import type { PlainMap, PlainValue, RawDocument } from '../../models/config/document.js';
import type { FieldPath } from '../../models/config/resource.js';
import { lookup } from '../../sim/lookup.js';
import { nearestName } from '../../sim/nearest.js';
import { wordOfTimeline } from './other-words.js';
import { type ScenarioDocument, scenarioSchema } from './schema.js';
import { fieldsAt } from './schema-walk.js';

export interface ValidatedScenario {
  /** null where there is an error. */
  readonly document: ScenarioDocument | null;
  readonly diagnostics: readonly Diagnostic[];
}

/** Fields that people may expect and that this release does not have. */
const NOT_SUPPORTED: Readonly<Record<string, string>> = {
  clusters: 'several Kubernetes clusters in one mesh are not supported yet: list the YAML of one cluster under `mesh`',
  precision: 'a stop by precision is not supported yet: set `replications`',
  maxReplications: 'a stop by precision is not supported yet: set `replications`',
  replay: 'replayed arrivals are not supported yet: use `rate`, `stages` or `connections`',
  attributes: 'attributes drawn per request are not supported yet: list several `requests`, each with its headers',
};

/** Documents are asked about by whoever looks for the mesh of a scenario, and again by whoever reads the scenario. */
const validated = new WeakMap<RawDocument, ValidatedScenario>();

/** Checks the structure of a document; the words in it (durations, rates …) are read later. Never throws. */
export function validateScenario(raw: RawDocument): ValidatedScenario {
  const known = validated.get(raw) ?? validate(raw);
  validated.set(raw, known);
  return known;
}

function validate(raw: RawDocument): ValidatedScenario {
  const own = [...raw.diagnostics];
  if (own.some((diagnostic) => diagnostic.severity === 'error')) return { document: null, diagnostics: own };
  // A scenario is read once: code that zod would write for its schema would not be used again.
  const parsed = scenarioSchema.safeParse(raw.value, { jitless: true });
  if (parsed.success) return { document: parsed.data, diagnostics: own };
  return {
    document: null,
    diagnostics: [...own, ...parsed.error.issues.flatMap((issue) => toDiagnostics(raw, issue))],
  };
}

function toDiagnostics(raw: RawDocument, issue: z.core.$ZodIssue): Diagnostic[] {
  const path = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part));
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownField(raw, path, key));
    case 'invalid_key':
      return [at(raw, path, 'wrong-value', `${formatPath(path)}: ${issue.message}`)];
    default: {
      const found = valueAt(raw.value, path);
      if (found === undefined) return [missingField(raw, path, issue.message)];
      const code = issue.code === 'invalid_type' || issue.code === 'invalid_union' ? 'wrong-type' : 'wrong-value';
      return [at(raw, path, code, `${formatPath(path)}: ${issue.message}, found ${describe(found)}`)];
    }
  }
}

function at(raw: RawDocument, path: FieldPath, code: string, message: string): Diagnostic {
  return { code, severity: 'error', position: raw.valueAt(path), message };
}

function missingField(raw: RawDocument, path: FieldPath, expected: string): Diagnostic {
  return {
    code: 'missing-field',
    severity: 'error',
    position: raw.at(path.slice(0, -1)),
    message: `${formatPath(path)} is missing: ${expected}`,
  };
}

function unknownField(raw: RawDocument, path: FieldPath, key: string): Diagnostic {
  const known = fieldsAt(scenarioSchema, path);
  const where = path.length === 0 ? 'a Scenario' : formatPath(path);
  const position = raw.at([...path, key]);
  const common = { code: 'unknown-field', severity: 'error', position } as const;
  const unsupported = lookup(NOT_SUPPORTED, key);
  if (unsupported !== undefined) {
    return { ...common, message: `\`${key}\` in ${where} is not supported yet`, hint: unsupported };
  }
  if (key.endsWith(')') && valueAt(raw.value, [...path, key]) === null) return { ...common, ...COMMA_IN_FLOW };
  const timed = wordOfTimeline(path, key, Object.keys(valueAt(raw.value, path) ?? {}));
  const nearest = nearestName(key, known);
  const spelt = nearest === null ? `known fields: ${known.join(', ')}` : `did you mean \`${nearest}\`?`;
  return { ...common, message: `unknown field \`${key}\` in ${where}`, hint: timed ?? spelt };
}

/** `{ work: lognormal(mean=4ms, cv=1) }`: to YAML that is two fields. */
const COMMA_IN_FLOW = {
  message: 'a distribution is cut in two: inside { } YAML ends a value at each comma',
  hint: 'put the distribution in quotes: { work: "lognormal(mean=4ms, cv=1)" }',
};

function valueAt(value: PlainValue, path: FieldPath): PlainValue | undefined {
  let current: PlainValue | undefined = value;
  for (const part of path) {
    if (current === null || current === undefined || typeof current !== 'object') return undefined;
    current = Array.isArray(current) ? current[Number(part)] : lookup(current as PlainMap, String(part));
  }
  return current;
}

/** `spec.traffic[0].rate` */
export function formatPath(path: FieldPath): string {
  let text = '';
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`;
    else if (/^[A-Za-z_][\w-]*$/.test(part)) text += text === '' ? part : `.${part}`;
    else text += `[${JSON.stringify(part)}]`;
  }
  return text === '' ? 'the document' : text;
}

/** What was found, short: `"10 sec"`, `a list`, `nothing`. */
export function describe(value: PlainValue): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map';
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
