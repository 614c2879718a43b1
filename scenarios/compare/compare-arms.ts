// Two worlds after the same replications → what differs, how surely, and whether it matters. Pure: the same runs give the same answer.
import type { ReplicationResult } from '../../models/mesh/result.js';
import type { MeshPlan } from '../../models/plan/plan.js';
import { samePlan } from '../../models/plan/same-plan.js';
import type { ThresholdResult } from '../run-result.js';
import { type RunTally, tallyRun } from '../tally.js';
import { latencyCurves } from './curves.js';
import type { Comparison, DiffSettings, EntityChange, Gate, MetricDifference, MetricVerdict } from './diff-result.js';
import { pairReadings, type ReadingPair } from './differences.js';
import { type PrimaryMetric, type PrimaryMetrics, wantedQuantiles } from './primary.js';
import { readArmMetrics, type SubjectReadings, subjectKey } from './readings.js';
import { gateVerdict, isPrecise, type Judged, type JudgedInput, judgeAll } from './verdicts.js';

/** A world and what its replications observed; replication r of two worlds is a pair. */
export interface ArmRun {
  readonly plan: MeshPlan;
  readonly results: readonly ReplicationResult[];
  readonly tally: RunTally;
  readonly readings: readonly SubjectReadings[];
}

export type MeasuredComparison = Pick<Comparison, 'isSamePlan' | 'entities' | 'metrics' | 'counts' | 'gate' | 'curves'>;

export function readArmRun(plan: MeshPlan, results: readonly ReplicationResult[], primary: PrimaryMetrics): ArmRun {
  const tally = tallyRun(plan, results);
  return { plan, results, tally, readings: readArmMetrics(plan, results, tally, wantedQuantiles(primary)) };
}

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
  return {
    isSamePlan,
    entities: entityChanges(base.readings, candidate.readings),
    metrics,
    counts: countVerdicts(metrics),
    gate: gateOf(judged, primary, brokenThresholds),
    curves: latencyCurves(base, candidate),
  };
}

/** Whether every primary metric of this pair of worlds is as precise as is wanted. */
export function isComparisonPrecise(
  base: ArmRun,
  candidate: ArmRun,
  primary: PrimaryMetrics,
  settings: DiffSettings,
): boolean {
  return inputsOf(base, candidate, primary, settings)
    .filter((input) => input.isPrimary)
    .every((input) => isPrecise(input, settings));
}

function inputsOf(base: ArmRun, candidate: ArmRun, { metrics }: PrimaryMetrics, settings: DiffSettings): JudgedInput[] {
  const others = new Map(candidate.readings.map((own) => [own.key, own]));
  const primaries = new Map(metrics.map((metric) => [primaryKey(metric), metric]));
  return base.readings.flatMap((own) => {
    const other = others.get(own.key);
    if (other === undefined) return [];
    return pairReadings(own, other, settings).flatMap((pair) => {
      const primary = pair.base.outcome === '' ? primaries.get(`${own.key} ${pair.base.metric}`) : undefined;
      if (primary === undefined && isSilent(pair)) return [];
      return [{ pair, isPrimary: primary !== undefined, better: primary?.better ?? pair.base.better }];
    });
  });
}

function primaryKey({ subject, metric }: Pick<PrimaryMetric, 'subject' | 'metric'>): string {
  return `${subjectKey(subject)} ${metric}`;
}

/** Nothing was seen of it in either world. */
function isSilent({ base, candidate }: ReadingPair): boolean {
  return base.samples === 0 && candidate.samples === 0;
}

const VERDICT_ORDER: readonly MetricVerdict[] = ['worse', 'better', 'changed', 'inconclusive', 'same'];

function byImportance(a: Judged, b: Judged): number {
  return (
    VERDICT_ORDER.indexOf(a.verdict) - VERDICT_ORDER.indexOf(b.verdict) ||
    Number(b.isPrimary) - Number(a.isPrimary) ||
    sizeOf(b.pair) - sizeOf(a.pair)
  );
}

function sizeOf({ difference, margin }: ReadingPair): number {
  return difference === null ? 0 : Math.abs(difference.value) / margin;
}

function toMetric({ pair, isPrimary, better, verdict }: Judged): MetricDifference {
  const { subject, base, candidate, baseMean, candidateMean, difference, margin, reason, isUntouched } = pair;
  const scale = baseMean === null || baseMean === 0 ? null : 1 / Math.abs(baseMean);
  return {
    subject,
    metric: base.metric,
    outcome: base.outcome,
    unit: base.unit,
    better,
    isPrimary,
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

function countVerdicts(metrics: readonly MetricDifference[]): Record<MetricVerdict, number> {
  const counts: Record<MetricVerdict, number> = { worse: 0, better: 0, changed: 0, inconclusive: 0, same: 0 };
  for (const { verdict } of metrics) counts[verdict] += 1;
  return counts;
}

function gateOf(
  judged: readonly Judged[],
  primary: PrimaryMetrics,
  brokenThresholds: readonly ThresholdResult[],
): Gate {
  const metrics = judged.flatMap(({ gate }, index) => (gate === null ? [] : [{ index, ...gate }]));
  const seen = new Set(judged.map(({ pair }) => `${pair.subjectKey} ${pair.base.metric}`));
  const missing = primary.metrics
    .filter((metric) => !seen.has(primaryKey(metric)))
    .map(({ subject, metric }) => ({ subject, metric }));
  const verdict = gateVerdict(
    metrics.map((metric) => metric.verdict),
    brokenThresholds.length,
    missing.length,
  );
  return { verdict, metrics, missing, brokenThresholds };
}

function entityChanges(base: readonly SubjectReadings[], candidate: readonly SubjectReadings[]): EntityChange[] {
  const old = new Set(base.map(({ key }) => key));
  const now = new Set(candidate.map(({ key }) => key));
  return [
    ...base.filter(({ key }) => !now.has(key)).map(({ subject }) => ({ change: 'removed' as const, subject })),
    ...candidate.filter(({ key }) => !old.has(key)).map(({ subject }) => ({ change: 'added' as const, subject })),
  ];
}
