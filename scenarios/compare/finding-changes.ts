// Which findings of the candidate are new, which of the base's are gone, which weigh more or less, and which change of the YAML stands behind each:
// one that touches the fields that act in it, or its objects; else the only change that there is.
import type { FieldSource } from '../../models/plan/contract/sources.js';
import {
  type CausingChange,
  type DiffSettings,
  type FindingChange,
  objectName,
  type ResourceChange,
} from '../result/diff-result.js';
import type { Finding } from '../result/findings-result.js';

/** Latencies of findings are not paired: below this share of what was before, and this length, nothing is told of them. */
const LATENCY_SHARE = 0.1;
const LATENCY_MS = 0.05;
/** Changes that are named where any of several may stand behind a finding. */
const NAMED_MAX = 5;

/** New ones first, in the order of the candidate; then what has changed, then what is gone. */
export function findingChanges(
  base: readonly Finding[],
  candidate: readonly Finding[],
  changes: readonly ResourceChange[],
  settings: DiffSettings,
): FindingChange[] {
  const before = new Map(base.map((finding) => [keyOf(finding), finding]));
  const after = new Set(candidate.map(keyOf));
  const withCause = (change: FindingChange['change'], finding: Finding, old: Finding | null): FindingChange => ({
    change,
    finding,
    before: old,
    ...causeOf([...finding.sources, ...(old?.sources ?? [])], changes),
  });
  const kept = candidate.flatMap((finding) => {
    const old = before.get(keyOf(finding));
    return old === undefined ? [] : [{ finding, old }];
  });
  return [
    ...candidate.filter((finding) => !before.has(keyOf(finding))).map((own) => withCause('new', own, null)),
    ...kept
      .filter(({ finding, old }) => isOther(old, finding, settings))
      .map(({ finding, old }) => withCause('changed', finding, old)),
    ...base.filter((finding) => !after.has(keyOf(finding))).map((own) => withCause('gone', own, null)),
  ];
}

function keyOf({ code, where }: Finding): string {
  return JSON.stringify([code, where[0]?.kind ?? '', where[0]?.name ?? '']);
}

function isOther(before: Finding, after: Finding, { marginErrorShare }: DiffSettings): boolean {
  const latencyMs = Math.abs(after.latencyMs - before.latencyMs);
  return (
    before.role !== after.role ||
    Math.abs(after.errorShare - before.errorShare) > marginErrorShare ||
    latencyMs > Math.max(LATENCY_MS, LATENCY_SHARE * before.latencyMs)
  );
}

type FoundCause = Pick<FindingChange, 'causedBy' | 'basis'>;

function causeOf(sources: readonly FieldSource[], changes: readonly ResourceChange[]): FoundCause {
  const touched = changes.flatMap((change) => {
    const own = sources.filter(({ object }) => object === objectName(change));
    if (own.length === 0) return [];
    const fields = change.fields.filter(({ path }) => own.some(({ field }) => isSameField(path, field)));
    return [{ change, fields: fields.map(({ path }) => path), isField: fields.length > 0 }];
  });
  const exact = touched.filter(({ isField }) => isField);
  if (exact.length > 0) return { causedBy: exact.map(({ change, fields }) => causing(change, fields)), basis: 'field' };
  if (touched.length > 0) return { causedBy: touched.map(({ change }) => causing(change, [])), basis: 'object' };
  if (changes.length === 0) return { causedBy: [], basis: null };
  const causedBy = changes.slice(0, NAMED_MAX).map((change) =>
    causing(
      change,
      change.fields.map(({ path }) => path),
    ),
  );
  return { causedBy, basis: changes.length === 1 ? 'only change' : 'one of several' };
}

/**
 * Whether a changed path is (part of, or around) the field of a source, which leaves out the start of its own path. Elements of lists may be
 * written by index in one and by name in the other.
 */
function isSameField(path: string, field: string): boolean {
  if (field === '') return true;
  const [changed, acting] = [path, field].map((text) => `.${text.replaceAll(/\[[^\]]*\]/g, '')}`);
  if (`${changed}.`.includes(`${acting}.`)) return true;
  const steps = acting.split('.').slice(1);
  return steps.some((_, i) => changed.endsWith(`.${steps.slice(0, i + 1).join('.')}`));
}

function causing(change: ResourceChange, fields: readonly string[]): CausingChange {
  const first = change.fields.find(({ path }) => fields.includes(path));
  const position = first?.candidatePosition ?? change.candidate ?? change.base;
  return { change: change.change, object: objectName(change), fields, position };
}
