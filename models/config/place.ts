// Where a schema is while it reads a resource, and what it finds there: diagnostics and fidelity entries with their positions.
import type { Diagnostic, FidelityEntry, Severity } from './diagnostic.js';
import type { PlainValue, RawDocument } from './document.js';
import type { FieldPath } from './resource.js';

/** Marks a value that could not be read; what holds it cannot be read either. Its cause has been reported. */
export const INVALID: unique symbol = Symbol('invalid');
export type Invalid = typeof INVALID;

/** What is found while one resource is read. */
export class Findings {
  readonly diagnostics: Diagnostic[];
  readonly fidelity: FidelityEntry[];
  /** An error was found: Kubernetes or Istio would not take the resource. */
  failed = false;

  /** `resource` is its display name, `prefix` its path inside the document (items of a List). */
  constructor(
    readonly document: RawDocument,
    readonly prefix: FieldPath,
    readonly resource: string,
    readonly strict: boolean,
    private readonly within: Outside | null = null,
  ) {
    this.diagnostics = within?.diagnostics ?? [];
    this.fidelity = within?.fidelity ?? [];
  }

  fail(): void {
    this.failed = true;
    this.within?.outer.fail();
  }
}

/** Where the findings of a document inside another go. */
interface Outside {
  readonly diagnostics: Diagnostic[];
  readonly fidelity: FidelityEntry[];
  readonly outer: Findings;
}

/** A path inside a resource, with what can be said about it. */
export class Place {
  private constructor(
    private readonly findings: Findings,
    private readonly parent: Place | null,
    private readonly key: string | number,
  ) {}

  static root(findings: Findings): Place {
    return new Place(findings, null, '');
  }

  child(key: string | number): Place {
    return new Place(this.findings, this, key);
  }

  /** The place at a path below this one. */
  down(...path: FieldPath): Place {
    return path.reduce<Place>((place, key) => place.child(key), this);
  }

  /** The root of a document that a string at this place holds: what is found there counts for this resource. */
  inside(document: RawDocument): Place {
    const { resource, strict, diagnostics, fidelity } = this.findings;
    const found = new Findings(document, [], resource, strict, { diagnostics, fidelity, outer: this.findings });
    return Place.root(found);
  }

  /** The document that this place is in, and the path there. */
  where(): { readonly document: RawDocument; readonly path: FieldPath } {
    return { document: this.findings.document, path: [...this.findings.prefix, ...this.path()] };
  }

  path(): FieldPath {
    const path: (string | number)[] = [];
    for (let place: Place = this; place.parent !== null; place = place.parent) path.push(place.key);
    return path.reverse();
  }

  get strict(): boolean {
    return this.findings.strict;
  }

  /** The value is not what it must be; `found` and `expected` are phrases such as `the number 5`. */
  wrongType(value: PlainValue, expected: string, hint: string): Invalid {
    this.report('wrong-type', 'error', 'value', `expected ${expected}, found ${describe(value)}`, hint);
    return INVALID;
  }

  missing(name: string, expected: string): Invalid {
    this.report('missing-field', 'error', 'key', `the field "${name}" is missing`, `add ${name}, ${expected}`);
    return INVALID;
  }

  /** Istio's validation refuses the object. */
  rejectedByIstio(message: string, hint: string): void {
    this.report('rejected-by-istio', 'error', 'key', message, hint);
  }

  /** The Kubernetes API server refuses the object. */
  rejectedByKubernetes(message: string, hint: string): void {
    this.report('rejected-by-kubernetes', 'error', 'key', message, hint);
  }

  warn(code: string, message: string, hint: string): void {
    this.report(code, 'warning', 'key', message, hint);
  }

  info(code: string, message: string, hint: string): void {
    this.report(code, 'info', 'key', message, hint);
  }

  /** A warning, or an error where the input is read strictly. */
  complain(code: string, message: string, hint: string): void {
    this.report(code, this.findings.strict ? 'error' : 'warning', 'key', message, hint);
  }

  notModelled(meaning: string): void {
    this.fidelity('not-modelled', meaning);
  }

  approximated(meaning: string): void {
    this.fidelity('approximated', meaning);
  }

  private fidelity(status: FidelityEntry['status'], meaning: string): void {
    const path = this.path();
    const position = this.findings.document.at([...this.findings.prefix, ...path]);
    this.findings.fidelity.push({
      status,
      resource: this.findings.resource,
      path: formatPath(path),
      position,
      meaning,
    });
  }

  private report(code: string, severity: Severity, where: 'key' | 'value', message: string, hint: string): void {
    const path = this.path();
    const whole = [...this.findings.prefix, ...path];
    const { document, resource } = this.findings;
    const position = where === 'key' ? document.at(whole) : document.valueAt(whole);
    const subject = path.length === 0 ? resource : `${resource}: ${formatPath(path)}`;
    this.findings.diagnostics.push({ code, severity, position, message: `${subject}: ${message}`, hint });
    if (severity === 'error') this.findings.fail();
  }
}

/** `spec.http[0].match[1].headers["x-user.id"]`; '' for the whole resource. */
export function formatPath(path: FieldPath): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else if (!/^[A-Za-z_][\w-]*$/.test(step)) text += `[${JSON.stringify(step)}]`;
    else text += text === '' ? step : `.${step}`;
  }
  return text;
}

const MAX_SHOWN = 60;

/** A value as a message names it: `the string "10 sec"`, `the number 5`, `a list`. */
export function describe(value: PlainValue): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  switch (typeof value) {
    case 'string':
      return `the string ${quote(value)}`;
    case 'number':
      return `the number ${value}`;
    case 'boolean':
      return String(value);
    default:
      return 'a map';
  }
}

/** A text in quotes, cut where it is long. */
export function quote(text: string): string {
  return JSON.stringify(text.length <= MAX_SHOWN ? text : `${text.slice(0, MAX_SHOWN)}…`);
}
