// The linter: rules over a mesh, in an order that depends on the input alone. What is suppressed is counted and not shown.
import type { Diagnostic, SourcePosition } from '../config/diagnostic.js';
import type { RawDocument } from '../config/document.js';
import { formatPath } from '../config/place.js';
import type { FieldPath, NamedText } from '../config/resource.js';
import type { MeshPlan } from '../plan/contract/plan.js';
import { DEPRECATED_FIELD, inputFinding, WITHOUT_EFFECT } from './input-rules.js';
import { LintMesh } from './mesh.js';
import type { LintObject } from './object.js';
import type { NamedField, Report } from './report.js';
import type { LintFinding, Rule } from './rule.js';
import { RULES, UNKNOWN_SUPPRESSION } from './rules.js';
import { Suppressions } from './suppression.js';
import { isOfKubernetes } from './system-namespaces.js';

export interface LintInput {
  /** The texts as they were read: comments in them suppress. */
  readonly texts: readonly NamedText[];
  readonly documents: readonly RawDocument[];
  /** What the reader of the YAML and of the scenario found; it becomes findings of ST0 (and of ST1106 where Istio refuses the object). */
  readonly diagnostics: readonly Diagnostic[];
  /** What a scenario makes of the mesh, for the rules that need rates; null = there is none. */
  readonly plan: MeshPlan | null;
  /** Release of Istio, e.g. `1.31`; absent: that of the plan, else the newest. */
  readonly istioVersion?: string | undefined;
  /** The input speaks of Linkerd and not of Istio: what `istioctl analyze` finds is not asked. */
  readonly isLinkerds?: boolean;
}

export interface LintOptions {
  /** Codes or aliases that are not looked for. */
  readonly disabled?: readonly string[];
  /** Codes or aliases of rules that are off by default. */
  readonly enabled?: readonly string[];
  /** If not empty: these codes or aliases and no others. */
  readonly only?: readonly string[];
}

export interface LintResult {
  /** By file, line, column, code. */
  readonly findings: readonly LintFinding[];
  readonly suppressed: number;
  /** Objects that were looked at. */
  readonly objects: number;
  readonly files: number;
  /** Whether a scenario told rates. */
  readonly hasScenario: boolean;
}

/** Remarks of the readers that a rule may repeat. */
const ECHOES: readonly string[] = [WITHOUT_EFFECT.code, DEPRECATED_FIELD.code];

/** Whether some rule has this code or alias. */
export function isKnownCode(code: string): boolean {
  return RULES.some((rule) => rule.code === code || rule.alias === code);
}

export function lint(input: LintInput, options: LintOptions = {}): LintResult {
  const mesh = new LintMesh(input.documents, input.plan, input.istioVersion ?? input.plan?.istioVersion);
  const places = new Places(mesh.objects);
  for (const { severity, position } of input.diagnostics) {
    const object = severity === 'error' && position !== null ? places.objectAt(position.file, position.line) : null;
    if (object !== null) mesh.refuse(object);
  }
  const suppressions = new Suppressions(input.texts, (file, line) => places.objectAt(file, line));
  const wanted = new Set(RULES.filter((rule) => isWanted(rule, options)).map(({ code }) => code));
  const found: LintFinding[] = [];
  for (const diagnostic of input.diagnostics) found.push(inputFinding(diagnostic));
  for (const rule of RULES) {
    const isAsked = rule.alias === undefined || input.isLinkerds !== true;
    if (isAsked && (rule.isOff !== true || wanted.has(rule.code))) rule.check(mesh, reporter(rule, places, found));
  }
  const report = reporter(UNKNOWN_SUPPRESSION, places, found);
  for (const { file, line, code } of suppressions.unknownCodes(isKnownCode))
    report.at({ file, line, column: 1 }, `no rule has the code ${code}`);
  const told = withoutEchoes(unique(found)).filter(({ code }) => wanted.has(code));
  const kept = told.filter(
    ({ code, alias, position }) => position === null || !suppressions.covers(code, alias, position.file, position.line),
  );
  return {
    findings: kept.sort(byPlace),
    suppressed: told.length - kept.length,
    objects: mesh.objects.length,
    files: input.texts.length,
    hasScenario: input.plan !== null,
  };
}

function isWanted(rule: Rule, { disabled = [], enabled = [], only = [] }: LintOptions): boolean {
  const isNamed = (codes: readonly string[]): boolean =>
    codes.includes(rule.code) || (rule.alias !== undefined && codes.includes(rule.alias));
  if (isNamed(disabled)) return false;
  if (only.length > 0) return isNamed(only);
  return rule.isOff !== true || isNamed(enabled);
}

function reporter(rule: Rule, places: Places, found: LintFinding[]): Report {
  const finding = (message: string, help: string | undefined) => ({
    code: rule.code,
    alias: rule.alias ?? null,
    name: rule.name,
    title: rule.title,
    severity: rule.severity,
    message,
    help: help ?? rule.help,
  });
  const isOfAnalyze = rule.alias !== undefined;
  const report = (object: LintObject, path: FieldPath, message: string, help?: string): void => {
    if (isOfAnalyze && isOfKubernetes(object)) return;
    found.push({
      ...finding(message, help),
      resource: object.title,
      path: formatPath(path),
      position: object.at(path),
    });
  };
  const at = (position: SourcePosition | null, message: string, help?: string): void => {
    const object = position === null ? null : places.objectAt(position.file, position.line);
    found.push({ ...finding(message, help), resource: object?.title ?? '', path: '', position });
  };
  const inside = ({ resource, path }: NamedField, position: SourcePosition, message: string, help?: string): void => {
    found.push({ ...finding(message, help), resource, path: formatPath(path), position });
  };
  return Object.assign(report, { at, inside });
}

/** Which object stands at a line. */
class Places {
  private readonly byFile = new Map<string, { readonly line: number; readonly object: LintObject }[]>();

  constructor(objects: readonly LintObject[]) {
    for (const object of objects) {
      const { file, line } = object.at([]);
      const list = this.byFile.get(file) ?? [];
      this.byFile.set(file, list);
      list.push({ line, object });
    }
  }

  objectAt(file: string, line: number): LintObject | null {
    const list = this.byFile.get(file) ?? [];
    let low = 0;
    let high = list.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (list[middle]!.line <= line) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? null : list[low - 1]!.object;
  }
}

/** The same object may be read by several rules, and the scenario twice: a finding is told once. */
function unique(findings: readonly LintFinding[]): LintFinding[] {
  const seen = new Set<string>();
  return findings.filter((finding) => {
    const { code, position, message, resource } = finding;
    const key = JSON.stringify([code, position?.file, position?.line, position?.column, message, resource]);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** What the reader of the YAML says of a field is left out where a rule says it too, with its reasons. */
function withoutEchoes(findings: readonly LintFinding[]): LintFinding[] {
  const placeOf = ({ position }: LintFinding): string =>
    position === null ? '' : `${position.file}:${position.line}:${position.column}`;
  const ofRules = new Set(findings.filter(({ code }) => !ECHOES.includes(code)).map(placeOf));
  return findings.filter((finding) => !ECHOES.includes(finding.code) || !ofRules.has(placeOf(finding)));
}

function byPlace(a: LintFinding, b: LintFinding): number {
  return (
    compare(a.position?.file ?? '', b.position?.file ?? '') ||
    (a.position?.line ?? 0) - (b.position?.line ?? 0) ||
    (a.position?.column ?? 0) - (b.position?.column ?? 0) ||
    compare(a.code, b.code) ||
    compare(a.message, b.message)
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
