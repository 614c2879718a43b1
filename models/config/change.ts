// Changes from a command line: `VirtualService/shop/cart:spec.http[0].timeout=3s` puts a value into an object of the YAML, `scenario:spec.run.seed=x` into
// the Scenario. Positions stay those of the text; what a change has put there stands in a file of its own, called after it.
import { nearestName } from '../../sim/nearest.js';
import type { Diagnostic, SourcePosition } from './diagnostic.js';
import { fieldOf, isPlainMap, type PlainMap, type PlainValue, type RawDocument } from './document.js';
import { parseDocuments } from './parse.js';
import type { FieldPath } from './resource.js';

/** What is changed: an object, in any namespace where none is given; null: the Scenario. */
interface ChangedObject {
  readonly kind: string;
  readonly namespace: string | null;
  readonly name: string;
}

export interface Change {
  /** As it was written; the file of its positions is `--set` and this. */
  readonly text: string;
  readonly object: ChangedObject | null;
  readonly path: FieldPath;
  readonly value: PlainValue;
}

const SCENARIO = 'scenario';
const OWN_GROUP = 'seatrial.dev/';
const CHANGED_FILE = '--set ';
/** A step of a path: `spec`, `[0]`, `["sidecar.istio.io/inject"]`. */
const STEP = /^(?:\.?([A-Za-z_][\w/-]*)|\[(\d+)\]|\[(?:"([^"]*)"|'([^']*)')\])/;

/** The change that a text asks for, or what is wrong with the text. */
export function parseChange(text: string): Change | string {
  const colon = text.indexOf(':');
  const target = colon < 0 ? '' : text.slice(0, colon);
  const object = target === SCENARIO ? null : objectOf(target);
  if (object === undefined) return 'expected Kind/namespace/name:path=value or scenario:path=value';
  const rest = text.slice(colon + 1);
  const path: (string | number)[] = [];
  let at = 0;
  for (let step = STEP.exec(rest); step !== null; step = STEP.exec(rest.slice(at))) {
    path.push(step[2] === undefined ? (step[1] ?? step[3] ?? step[4] ?? '') : Number(step[2]));
    at += step[0].length;
  }
  if (path.length === 0 || rest[at] !== '=')
    return `cannot read the path at "${rest.slice(at)}"; write spec.http[0].timeout=3s`;
  const [document] = parseDocuments({ name: `${CHANGED_FILE}${text}`, text: rest.slice(at + 1) });
  const error = document?.diagnostics.find(({ severity }) => severity === 'error');
  if (error !== undefined) return `the value is no YAML: ${error.message}`;
  return { text, object, path, value: document?.value ?? null };
}

function objectOf(target: string): ChangedObject | undefined {
  const parts = target.split('/');
  if (parts.length < 2 || parts.length > 3 || parts.includes('')) return undefined;
  const [kind, second, third] = parts;
  return third === undefined
    ? { kind: kind!, namespace: null, name: second! }
    : { kind: kind!, namespace: second!, name: third };
}

/** The changes of one command line, and what they have met. */
export class Changes {
  private readonly met = new Set<Change>();
  private readonly names = new Set<string>();
  private readonly problems: Diagnostic[] = [];

  constructor(private readonly changes: readonly Change[]) {}

  /** The document with its changes; the same one where there are none. */
  applyTo(document: RawDocument): RawDocument {
    if (document.value === null || this.changes.length === 0) return document;
    const apiVersion = fieldOf(document.value, 'apiVersion');
    const isOwn = typeof apiVersion === 'string' && apiVersion.startsWith(OWN_GROUP);
    let changed = document;
    const places: readonly Place[] = isOwn ? [{ path: [], kind: null }] : placesOf(document.value, [], null);
    for (const { path: prefix, kind } of places) {
      const object = isOwn ? null : nameOf(valueAt(document.value, prefix), kind);
      if (object === null && !isOwn) continue;
      if (object !== null) this.names.add(`${object.kind}/${object.namespace}/${object.name}`);
      for (const change of this.changes) {
        if (isMeant(change.object, object)) changed = this.put(changed, prefix, change);
      }
    }
    return changed;
  }

  /** Errors: changes of objects that were not among the documents, and of places that cannot be. */
  problemsFound(isScenarioNeeded = true): Diagnostic[] {
    const missing = this.changes.filter(
      (change) => !this.met.has(change) && (isScenarioNeeded || change.object !== null),
    );
    return [
      ...this.problems,
      ...missing.map(({ text, object }): Diagnostic => {
        const wanted =
          object === null ? '' : [object.kind, object.namespace, object.name].filter((part) => part !== null).join('/');
        return {
          code: 'changed-object-not-found',
          severity: 'error',
          position: changePosition(text),
          message: object === null ? 'there is no scenario to change' : `nothing in the YAML is ${wanted}`,
          hint: object === null ? 'write one with seatrial init' : this.suggestion(wanted),
        };
      }),
    ];
  }

  private suggestion(wanted: string): string {
    const near = nearestName(wanted, [...this.names]);
    if (near !== null) return `did you mean ${near}?`;
    return `objects are called Kind/namespace/name, e.g. ${[...this.names].slice(0, 3).join(', ')}`;
  }

  private put(document: RawDocument, prefix: FieldPath, change: Change): RawDocument {
    this.met.add(change);
    const path = [...prefix, ...change.path];
    const value = withValue(document.value, path, change.value);
    if (value === undefined) {
      this.problems.push({
        code: 'changed-place-not-found',
        severity: 'error',
        position: changePosition(change.text),
        message: 'the path leads through a value that is no map, or past the end of a list',
        hint: 'an index may be at most the length of the list, which appends to it',
      });
      return document;
    }
    return new ChangedDocument(document, value, path, change.text);
  }
}

function changePosition(text: string): SourcePosition {
  return { file: `${CHANGED_FILE}${text}`, line: 1, column: 1 };
}

function isMeant(wanted: ChangedObject | null, object: ChangedObject | null): boolean {
  if (wanted === null || object === null) return wanted === object;
  return (
    wanted.kind === object.kind &&
    wanted.name === object.name &&
    (wanted.namespace === null || wanted.namespace === object.namespace)
  );
}

interface Place {
  readonly path: FieldPath;
  /** What the list says about its items. */
  readonly kind: string | null;
}

/** The objects of a document: itself, or the items of a list. */
function placesOf(value: PlainValue, path: FieldPath, implied: string | null): Place[] {
  const kind = fieldOf(value, 'kind') ?? implied;
  const items = typeof kind === 'string' && kind.endsWith('List') ? fieldOf(value, 'items') : undefined;
  if (!Array.isArray(items)) return [{ path, kind: implied }];
  const ofItems = kind === 'List' ? null : String(kind).slice(0, -'List'.length);
  return items.flatMap((item, index) => placesOf(item, [...path, 'items', index], ofItems));
}

function nameOf(value: PlainValue | undefined, implied: string | null): ChangedObject | null {
  const kind = fieldOf(value, 'kind') ?? implied;
  const metadata = fieldOf(value, 'metadata');
  const name = fieldOf(metadata, 'name');
  const namespace = fieldOf(metadata, 'namespace');
  if (typeof kind !== 'string' || typeof name !== 'string') return null;
  return { kind, name, namespace: typeof namespace === 'string' ? namespace : 'default' };
}

function valueAt(value: PlainValue, path: FieldPath): PlainValue | undefined {
  let found: PlainValue | undefined = value;
  for (const step of path) found = Array.isArray(found) ? found[Number(step)] : fieldOf(found, String(step));
  return found;
}

/** A copy with `put` at `path`, maps and lists on the way made where there are none; undefined where the way is barred. */
function withValue(value: PlainValue | undefined, path: FieldPath, put: PlainValue): PlainValue | undefined {
  const [step, ...rest] = path;
  if (step === undefined) return put;
  const isAbsent = value === undefined || value === null;
  if (typeof step === 'number') {
    const list: readonly PlainValue[] | null = isAbsent ? [] : Array.isArray(value) ? value : null;
    if (list === null || step > list.length) return undefined;
    const inner = withValue(list[step], rest, put);
    return inner === undefined ? undefined : [...list.slice(0, step), inner, ...list.slice(step + 1)];
  }
  const map: PlainMap | null = isAbsent ? {} : isPlainMap(value) ? value : null;
  if (map === null) return undefined;
  const inner = withValue(fieldOf(map, step), rest, put);
  return inner === undefined ? undefined : { ...map, [step]: inner };
}

class ChangedDocument implements RawDocument {
  readonly file: string;
  readonly diagnostics: readonly Diagnostic[];

  constructor(
    private readonly before: RawDocument,
    readonly value: PlainValue,
    private readonly path: FieldPath,
    private readonly text: string,
  ) {
    this.file = before.file;
    this.diagnostics = before.diagnostics;
  }

  at(path: FieldPath): SourcePosition {
    return this.isChanged(path) ? changePosition(this.text) : this.before.at(path);
  }

  valueAt(path: FieldPath): SourcePosition {
    return this.isChanged(path) ? changePosition(this.text) : this.before.valueAt(path);
  }

  blockIndent(path: FieldPath): number | null {
    return this.isChanged(path) ? null : this.before.blockIndent(path);
  }

  /** Whether a field is what the change put there, or was made on the way to it. */
  private isChanged(path: FieldPath): boolean {
    const common = this.path.findIndex(
      (step, index) => path[index] === undefined || String(path[index]) !== String(step),
    );
    if (common < 0) return true;
    return common === path.length && path.length > 0 && valueAt(this.before.value, path) === undefined;
  }
}

/** Whether a position is of a value that a change has put there. */
export function isChangeFile(file: string): boolean {
  return file.startsWith(CHANGED_FILE);
}

/** A change of a field that does not exist is an error, whatever the YAML may hold. */
export function strictAboutChanges(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return diagnostics.map((diagnostic) =>
    diagnostic.code === 'unknown-field' && diagnostic.position !== null && isChangeFile(diagnostic.position.file)
      ? { ...diagnostic, severity: 'error' }
      : diagnostic,
  );
}
