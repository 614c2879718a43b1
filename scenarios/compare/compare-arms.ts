// Two worlds after the same replications → what differs, how surely, and whether it matters. Pure: the same runs give the same answer.
import type { MeshPlan } from '../../models/plan/contract/plan.js';
import { samePlan } from '../../models/plan/contract/same-plan.js';
import type {
  Comparison,
  DiffSettings,
  DiffSubject,
  EntityChange,
  Gate,
  MetricDifference,
  MetricVerdict,
} from '../result/diff-result.js';
import type { ThresholdResult } from '../result/run-result.js';
import type { ArmRun } from './arm-run.js';
import { comparableLatencies, isSuccessMoved, type SubjectPairs } from './comparable.js';
import { latencyCurves } from './curves.js';
import { pairCustomers, type RequestName } from './customer-pairs.js';
import { isDecided } from './decided.js';
import { pairReadings, type ReadingPair } from './differences.js';
import { findFacts } from './facts.js';
import { headlineOf } from './headline.js';
import { type PrimaryMetric, type PrimaryMetrics, wantedQuantiles } from './primary.js';
import { type SubjectReadings, subjectKey } from './readings.js';
import { successChanges } from './success.js';
import { gateVerdict, type Judged, type JudgedInput, judgeAll, type MetricRole } from './verdicts.js';

export type MeasuredComparison = Pick<
  Comparison,
  'isSamePlan' | 'headline' | 'success' | 'facts' | 'entities' | 'metrics' | 'counts' | 'gate' | 'curves'
>;

/**
 * @param brokenThresholds thresholds that fail in the candidate and hold in the base.
 * @throws RangeError if the worlds have different numbers of replications.
 */
export function compareArms(
  base: ArmRun,
  candidate: ArmRun,
  primary: PrimaryMetrics,
  settings: DiffSettings,
  brokenThresholds: readonly ThresholdResult[] = [],
): MeasuredComparison {
  const inputs = inputsOf(base, candidate, primary, settings);
  const judged = judgeAll(inputs, settings).sort(byImportance);
  const metrics = judged.map(toMetric);
  const isSamePlan = samePlan(base.plan, candidate.plan);
  const gate = gateOf(judged, primary, brokenThresholds);
  const success = successChanges(base, candidate, metrics);
  return {
    isSamePlan,
    headline: headlineOf(isSamePlan, gate.verdict, success),
    success: success.map(({ calls: _, ...change }) => change),
    facts: findFacts(base, candidate, metrics),
    entities: entityChanges(base.readings, candidate.readings),
    metrics,
    counts: countVerdicts(metrics),
    gate,
    curves: latencyCurves(base, candidate),
  };
}

/** Whether every primary metric of this pair of worlds is decided, or as precise as is wanted. */
export function isComparisonPrecise(
  base: ArmRun,
  candidate: ArmRun,
  primary: PrimaryMetrics,
  settings: DiffSettings,
): boolean {
  return inputsOf(base, candidate, primary, settings)
    .filter((input) => input.role === 'primary')
    .every((input) => isDecided(input, settings));
}

function inputsOf(base: ArmRun, candidate: ArmRun, primary: PrimaryMetrics, settings: DiffSettings): JudgedInput[] {
  const others = new Map(candidate.readings.map((own) => [own.key, own]));
  const roles = new Map<string, { readonly role: MetricRole; readonly metric: PrimaryMetric }>([
    ...primary.guards.map((metric) => [primaryKey(metric), { role: 'guard', metric }] as const),
    ...primary.metrics.map((metric) => [primaryKey(metric), { role: 'primary', metric }] as const),
  ]);
  const subjects = base.readings.flatMap((own) => {
    const other = others.get(own.key);
    return other === undefined ? [] : [{ own, pairs: pairReadings(own, other, settings) as SubjectPairs }];
  });
  const isMoved = subjects.some(({ own, pairs }) => own.subject.kind === 'request' && isSuccessMoved(pairs));
  const quantiles = wantedQuantiles(primary);
  return subjects.flatMap(({ own, pairs }) => {
    const names = requestsOf(base.plan, own.subject);
    const wanted = quantiles.flatMap(({ subjectKey: key, probability }) => (key === own.key ? [probability] : []));
    const customers = () => (names === null ? null : pairCustomers(base, candidate, names));
    const isElsewhere = isMoved && names === null;
    return comparableLatencies(pairs, customers, wanted, isElsewhere, settings).flatMap((pair): JudgedInput[] => {
      const asked = pair.base.outcome === '' ? roles.get(`${own.key} ${pair.base.metric}`) : undefined;
      if (asked === undefined && isSilent(pair)) return [];
      return [{ pair, role: asked?.role ?? 'other', better: asked?.metric.better ?? betterOf(pair, pairs) }];
    });
  });
}

/** More of one kind of error is worse where there are more errors; else calls fail in another way, or come far enough to fail. */
function betterOf(
  { base, candidate, baseMean, candidateMean }: ReadingPair,
  pairs: SubjectPairs,
): MetricDifference['better'] {
  if (base.metric !== 'outcome') return base.better;
  const errors = pairs.find((pair) => pair.base.metric === 'errors');
  const moved = (errors?.candidateMean ?? 0) - (errors?.baseMean ?? 0);
  const own = (candidateMean ?? 0) - (baseMean ?? 0);
  const isBad = base.better !== 'neither' && candidate.better !== 'neither';
  return isBad && isSuccessMoved(pairs) && moved * own > 0 ? 'lower' : 'neither';
}

/** The requests of the traffic that a client's flow consists of; null: it is a flow inside the mesh. */
function requestsOf({ traffic }: MeshPlan, subject: DiffSubject): RequestName[] | null {
  const all = traffic.flatMap(({ name, requests }) =>
    requests.map((request): RequestName => ({ traffic: name, request: request.name })),
  );
  switch (subject.kind) {
    case 'all':
      return all;
    case 'traffic':
      return all.filter((own) => own.traffic === subject.traffic);
    case 'request':
      return all.filter((own) => own.traffic === subject.traffic && own.request === subject.request);
    case 'service':
    case 'workload':
    case 'edge':
    case 'edge-request':
    case 'cluster':
      return null;
  }
}

function primaryKey({ subject, metric }: Pick<PrimaryMetric, 'subject' | 'metric'>): string {
  return `${subjectKey(subject)} ${metric}`;
}

/** Nothing was seen of it in either world, or nothing was refused. */
function isSilent({ base, candidate }: ReadingPair): boolean {
  if (base.samples === 0 && candidate.samples === 0) return true;
  return base.metric === 'refused' && [...base.values, ...candidate.values].every((value) => value === 0);
}

/** Most important first. */
export const VERDICT_ORDER: readonly MetricVerdict[] = [
  'worse',
  'better',
  'changed',
  'new',
  'gone',
  'not-comparable',
  'inconclusive',
  'same',
];

function byImportance(a: Judged, b: Judged): number {
  return (
    VERDICT_ORDER.indexOf(a.verdict) - VERDICT_ORDER.indexOf(b.verdict) ||
    Number(isLookedAt(b)) - Number(isLookedAt(a)) ||
    sizeOf(b.pair) - sizeOf(a.pair)
  );
}

/** Primary; a guard where it has a say. */
function isLookedAt({ role, gate }: Judged): boolean {
  return role === 'primary' || gate !== null;
}

function sizeOf({ difference, margin }: ReadingPair): number {
  return difference === null ? 0 : Math.abs(difference.value) / margin;
}

function toMetric(judged: Judged): MetricDifference {
  const { pair, better, verdict } = judged;
  const { subject, base, candidate, baseMean, candidateMean, difference, margin, reason, isUntouched, among } = pair;
  const isPrimary = isLookedAt(judged);
  const scale = baseMean === null || baseMean === 0 ? null : 1 / Math.abs(baseMean);
  return {
    subject,
    metric: base.metric,
    outcome: base.outcome,
    unit: base.unit,
    better,
    isPrimary,
    among,
    base: baseMean,
    candidate: candidateMean,
    difference,
    relative:
      difference === null || scale === null
        ? null
        : { value: difference.value * scale, low: difference.low * scale, high: difference.high * scale },
    margin,
    sizeInMargins: difference === null ? null : sizeOf(pair),
    verdict,
    reason: isUntouched && difference !== null ? null : reason,
    pairs: isPrimary && difference !== null ? { base: base.values, candidate: candidate.values } : null,
  };
}

export function countVerdicts(metrics: readonly MetricDifference[]): Record<MetricVerdict, number> {
  const counts: Record<MetricVerdict, number> = {
    worse: 0,
    better: 0,
    changed: 0,
    new: 0,
    gone: 0,
    'not-comparable': 0,
    inconclusive: 0,
    same: 0,
  };
  for (const { verdict } of metrics) counts[verdict] += 1;
  return counts;
}

function gateOf(
  judged: readonly Judged[],
  primary: PrimaryMetrics,
  brokenThresholds: readonly ThresholdResult[],
): Gate {
  const metrics = judged.flatMap(({ gate }, index) => (gate === null ? [] : [{ index, ...gate }]));
  const notComparable = judged.flatMap(({ role, pair }, index) =>
    role === 'primary' && !pair.isComparable ? [index] : [],
  );
  const seen = new Set(judged.map(({ pair }) => `${pair.subjectKey} ${pair.base.metric}`));
  const missing = primary.metrics
    .filter((metric) => !seen.has(primaryKey(metric)))
    .map(({ subject, metric }) => ({ subject, metric }));
  const verdict = gateVerdict(
    metrics.map((metric) => metric.verdict),
    brokenThresholds.length,
    missing.length,
  );
  return { verdict, metrics, notComparable, missing, brokenThresholds };
}

function entityChanges(base: readonly SubjectReadings[], candidate: readonly SubjectReadings[]): EntityChange[] {
  const old = new Set(base.map(({ key }) => key));
  const now = new Set(candidate.map(({ key }) => key));
  return [
    ...base.filter(({ key }) => !now.has(key)).map(({ subject }) => ({ change: 'removed' as const, subject })),
    ...candidate.filter(({ key }) => !old.has(key)).map(({ subject }) => ({ change: 'added' as const, subject })),
  ];
}
