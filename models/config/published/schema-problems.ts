// Objects against the published schemas of their kinds: types, bounds and rules that the API server insists on, also of fields that a run does not look at.
// What our own readers have refused already is not asked again.
import type { Diagnostic } from '../diagnostic.js';
import { isPlainMap, type PlainValue } from '../document.js';
import type { ResourceSet } from '../load.js';
import type { FoundObject } from '../object-reader.js';
import type { FieldPath } from '../resource.js';
import { crdProblems } from './crd-check.js';
import { crdOf } from './crds.js';
import { VALIDATORS } from './validators.js';

/** What a compiled schema says of one place (JSON Schema, by ajv). */
interface SchemaError {
  /** JSON pointer. */
  readonly instancePath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly message: string;
}

/** Written by the cluster, by whatever release it is. */
const OF_THE_CLUSTER: readonly (string | number | undefined)[] = ['status'];

/**
 * One warning for each place that the API server would refuse; an error where input is read strictly. The objects stay in the mesh: whoever has cut
 * a manifest down to what matters can still run it.
 */
export async function schemaProblems(
  { objects, rejected }: Pick<ResourceSet, 'objects' | 'rejected'>,
  strict = false,
): Promise<readonly Diagnostic[]> {
  const refused = new Set(rejected.map(({ source }) => positionKey(source.at([]))));
  const problems: Diagnostic[] = [];
  for (const object of objects) {
    if (refused.has(positionKey(object.document.at(object.prefix)))) continue;
    const crd = crdOf(object.apiVersion, object.kind);
    if (crd !== undefined) {
      const { ruleHolds } = await import('./cel-rules.js');
      const found = crdProblems(crd, withoutHeader(object), ruleHolds);
      problems.push(...found.map(({ path, what }) => problem(object, path, what, strict)));
      continue;
    }
    const load = VALIDATORS.get(`${object.apiVersion}/${object.kind}`);
    if (load === undefined) continue;
    const Model = await load();
    const model = new Model();
    // A copy, because fields of the user's may be named as a model's methods are (`validate`), or `__proto__`.
    const data = { ...model, ...withoutHeader(object) };
    problems.push(
      ...problemsOf(
        object,
        errorsOf(() => model.validate.call(data)),
        strict,
      ),
    );
  }
  return problems;
}

function positionKey({ file, line, column }: { file: string; line: number; column: number }): string {
  return JSON.stringify([file, line, column]);
}

/** The model has its own: those of other versions that share the schema. */
function withoutHeader({ value }: FoundObject): Readonly<Record<string, PlainValue>> {
  const { apiVersion: _version, kind: _kind, ...rest } = value;
  return rest;
}

function errorsOf(validate: () => void): readonly SchemaError[] {
  try {
    validate();
    return [];
  } catch (error) {
    if (error instanceof Error && 'errors' in error && Array.isArray(error.errors)) return error.errors;
    throw error;
  }
}

function problemsOf(object: FoundObject, errors: readonly SchemaError[], strict: boolean): Diagnostic[] {
  const told = new Set<string>();
  return errors.flatMap((error): Diagnostic[] => {
    const path = pathOf(error.instancePath, object.value);
    const what = expected(error);
    if (OF_THE_CLUSTER.includes(path[0]) || what === null) return [];
    const field = textOf(path);
    // One word a place: a value of the wrong type is none of the allowed ones either.
    const key = error.keyword === 'required' ? `${field} ${what}` : field;
    if (told.has(key)) return [];
    told.add(key);
    return [problem(object, path, what, strict)];
  });
}

function problem(object: FoundObject, path: FieldPath, what: string, strict: boolean): Diagnostic {
  const { document, prefix, apiVersion, kind } = object;
  return {
    code: 'published-schema',
    severity: strict ? 'error' : 'warning',
    position: document.at([...prefix, ...path]),
    message: `${textOf(path)} ${what}, as the published schema of ${apiVersion} ${kind} has it: the API server refuses the object`,
    hint: 'correct it; until then the object is simulated as far as it can be read',
  };
}

/** What a value should be, or null where the schema only says that none of its branches fits. */
function expected({ keyword, params, message }: SchemaError): string | null {
  switch (keyword) {
    case 'type':
      return `should be ${article(String(params.type))}`;
    case 'required':
      return `needs ${String(params.missingProperty)}`;
    case 'enum':
      return Array.isArray(params.allowedValues) ? `should be one of ${params.allowedValues.join(', ')}` : message;
    case 'anyOf':
    case 'oneOf':
    case 'if':
    case 'not':
      return null;
    default:
      return message;
  }
}

function article(type: string): string {
  return /^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`;
}

/** A JSON pointer (RFC 6901) as a path: positions in lists are numbers. */
function pathOf(pointer: string, root: PlainValue): FieldPath {
  let value: PlainValue | undefined = root;
  return pointer
    .split('/')
    .slice(1)
    .map((part) => {
      const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
      const found: string | number = Array.isArray(value) ? Number(key) : key;
      value = childOf(value, found);
      return found;
    });
}

function childOf(value: PlainValue | undefined, key: string | number): PlainValue | undefined {
  if (typeof key === 'number') return Array.isArray(value) ? value[key] : undefined;
  return isPlainMap(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

function textOf(path: FieldPath): string {
  if (path.length === 0) return 'the object';
  return path.map((key, index) => (typeof key === 'number' ? `[${key}]` : `${index === 0 ? '' : '.'}${key}`)).join('');
}
