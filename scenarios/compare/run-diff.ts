// A comparison from end to end: pilots for the one warm-up, pairs of replications, differences, verdicts, the gate.
import type { Diagnostic } from '../../models/config/diagnostic.js';
import type { ReplicationResult } from '../../models/mesh/recording/result.js';
import {
  type ArmSummary,
  type Comparison,
  DIFF_SCHEMA,
  type DiffResult,
  type DiffSettings,
} from '../result/diff-result.js';
import type { RunResult, ThresholdResult, Verdict } from '../result/run-result.js';
import type { RunProgress } from '../running/job-progress.js';
import type { WarmupChoice } from '../running/warmup.js';
import { combineVerdicts } from '../summary/evaluate.js';
import { summarise } from '../summary/summarise.js';
import { outOfMemory } from '../summary/warnings.js';
import { type ArmRun, readArmRun } from './arm-run.js';
import { compareArms, isComparisonPrecise } from './compare-arms.js';
import { diffConfig } from './config-diff.js';
import { findingChanges } from './finding-changes.js';
import { newLintFindings } from './lint-changes.js';
import type { LoadedArm } from './load-arms.js';
import { choosePrimary, type PrimaryMetrics } from './primary.js';
import { type PairRuns, runPairs } from './run-pairs.js';
import { isSameThroughout, sameResult } from './same-plan.js';
import { compareTimelines } from './timeline-comparison.js';

export interface RunDiffOptions {
  /** Threads, >= 1; 0 = on the caller's own thread. Never changes a result. */
  readonly workers: number;
  /** Resident memory of the process at which replications stop; default three quarters of the machine's. */
  readonly memoryMaxBytes?: number | undefined;
  /** Metrics that the gate looks at, e.g. `checkout p(99)`; empty or absent = the thresholds' or the default ones. */
  readonly primary?: readonly string[] | undefined;
  /** 0.02 unless given: the whole interval of a primary latency spans at most 2 % of the base's value. */
  readonly precisionShare?: number | undefined;
  /** 0.02 unless given. */
  readonly marginLatencyShare?: number | undefined;
  /** 0.001 unless given. */
  readonly marginErrorShare?: number | undefined;
  /** 20 unless given. */
  readonly replicationsMax?: number | undefined;
  /** Exactly so many, whatever their precision and however long it takes: repeats a run that a clock ended. */
  readonly replications?: number | undefined;
  /** Wall time in milliseconds; absent = unlimited. */
  readonly budgetMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: RunProgress) => void) | undefined;
}

export interface DiffOutcome {
  /** null: not one pair of replications was done. */
  readonly result: DiffResult | null;
  /** One per world, the base first: the whole result of its replications; empty without `result`, and where nothing was simulated. */
  readonly runs: readonly RunResult[];
  readonly stop: DiffResult['stop'];
  /** 0 no regression, 1 a regression, 4 inconclusive or incomplete, 130 interrupted. */
  readonly exitCode: 0 | 1 | 4 | 130;
}

/** Pairs that are run before the precision is looked at again. */
export const DIFF_BATCH = 5;
export const DEFAULT_REPLICATIONS_MAX = 20;
const CONFIDENCE_LEVEL = 0.95;
const DEFAULT_PRECISION_SHARE = 0.02;
const DEFAULT_MARGIN_LATENCY_SHARE = 0.02;
const DEFAULT_MARGIN_ERROR_SHARE = 0.001;

/** What is wrong with `--primary`; null where nothing is. */
export function checkPrimary(base: LoadedArm, texts: readonly string[]): { error: string; hint: string } | null {
  const chosen = choosePrimary(base.plan, base.scenario, texts);
  return 'error' in chosen ? chosen : null;
}

/**
 * Compares worlds that were loaded without errors; the first is the base. The result does not depend on `workers`. An abort returns
 * the pairs that were done until then. Rejects as `runPairs` does.
 * @throws RangeError with fewer than two worlds, or for a primary metric that `checkPrimary` refuses.
 */
export async function runDiff(arms: readonly LoadedArm[], options: RunDiffOptions): Promise<DiffOutcome> {
  if (arms.length < 2) throw new RangeError('a comparison needs a base and a candidate');
  const [base] = arms;
  const primary = choosePrimary(base.plan, base.scenario, options.primary ?? []);
  if ('error' in primary) throw new RangeError(primary.error);
  const settings = settingsOf(options, primary);
  if (isSameThroughout(arms))
    return { result: await sameResult(arms, settings), runs: [], stop: 'same-plan', exitCode: 0 };
  const plans = arms.map(({ plan }) => plan);
  const read = (results: PairRuns['results']): ArmRun[] =>
    arms.map(({ plan, sources }, i) => readArmRun(plan, results[i], primary, sources));
  const runs = await runPairs(plans, {
    run: base.scenario.run,
    batch: settings.batch,
    replicationsMax: settings.replicationsMax,
    isFixed: options.replications !== undefined,
    budgetMs: options.budgetMs ?? null,
    workers: options.workers,
    memoryMaxBytes: options.memoryMaxBytes,
    signal: options.signal,
    onProgress: options.onProgress,
    isPrecise: (results) => {
      const [first, ...others] = read(results);
      return others.every((other) => isComparisonPrecise(first, other, primary, settings));
    },
  });
  if (runs.results[0].length === 0) {
    return { result: null, runs: [], stop: runs.stop, exitCode: runs.stop === 'interrupted' ? 130 : 4 };
  }
  const summaries = arms.map((arm, i) => summariseArm(arm, base, runs.results[i], runs.warmups[i]));
  const result = await conclude(arms, runs, read(runs.results), summaries, primary, settings);
  return { result, runs: summaries, stop: runs.stop, exitCode: exitCodeOf(result) };
}

function settingsOf(options: RunDiffOptions, primary: PrimaryMetrics): DiffSettings {
  return {
    confidenceLevel: CONFIDENCE_LEVEL,
    precisionShare: options.precisionShare ?? DEFAULT_PRECISION_SHARE,
    marginLatencyShare: options.marginLatencyShare ?? DEFAULT_MARGIN_LATENCY_SHARE,
    marginErrorShare: options.marginErrorShare ?? DEFAULT_MARGIN_ERROR_SHARE,
    batch: DIFF_BATCH,
    replicationsMax: options.replications ?? options.replicationsMax ?? DEFAULT_REPLICATIONS_MAX,
    primaryFrom: primary.from,
  };
}

/** As if this world had been run alone, with as many replications as were done. */
function summariseArm(
  arm: LoadedArm,
  base: LoadedArm,
  results: readonly ReplicationResult[],
  warmup: WarmupChoice,
): RunResult {
  const run = { ...base.scenario.run, replications: results.length };
  const { plan, scenario, diagnostics, fidelity, sources } = arm;
  return summarise({ plan, scenario: { ...scenario, run }, results, warmup, diagnostics, fidelity, sources });
}

async function conclude(
  arms: readonly LoadedArm[],
  runs: PairRuns,
  measured: readonly ArmRun[],
  summaries: readonly RunResult[],
  primary: PrimaryMetrics,
  settings: DiffSettings,
): Promise<DiffResult> {
  const [base, ...candidates] = arms;
  const comparisons: Comparison[] = [];
  for (const [i, candidate] of candidates.entries()) {
    const [before, after] = [summaries[0], summaries[i + 1]];
    const changes = diffConfig(base.objects, candidate.objects);
    const timeline = compareTimelines(
      { plan: base.plan, results: runs.results[0], impacts: before.impacts ?? [] },
      { plan: candidate.plan, results: runs.results[i + 1], impacts: after.impacts ?? [] },
      base.scenario.run.durationNs,
      settings,
    );
    comparisons.push({
      ...(timeline === null ? {} : { timeline }),
      candidate: armSummary(candidate, after),
      changes,
      ...compareArms(
        measured[0],
        measured[i + 1],
        primary,
        settings,
        brokenThresholds(before.thresholds, after.thresholds),
      ),
      findings: findingChanges(before.findings, after.findings, changes, settings),
      lint: changes.length === 0 ? [] : await newLintFindings(base, candidate),
    });
  }
  const isComplete =
    runs.stop !== 'interrupted' &&
    runs.stop !== 'out-of-memory' &&
    runs.results.every((results) => results.every(({ stopped }) => stopped === null));
  const verdicts: Verdict[] = comparisons.map(({ gate }) => gate.verdict);
  const { scenario, seed, durationNs, warmupNs, warmup, replications } = summaries[0];
  return {
    schema: DIFF_SCHEMA,
    scenario,
    seed,
    durationNs,
    warmupNs,
    warmup,
    replications,
    stop: runs.stop,
    settings,
    base: armSummary(base, summaries[0]),
    comparisons,
    verdict: combineVerdicts(isComplete ? verdicts : [...verdicts, 'inconclusive']),
    warnings: [...warningsOf(runs, settings), ...sampleWarnings(comparisons)],
  };
}

function armSummary({ name, revision }: LoadedArm, run: RunResult): ArmSummary {
  const {
    scenario,
    istioVersion,
    envoyVersion,
    meshes,
    assumedMesh,
    events,
    slos,
    thresholds,
    warnings,
    diagnostics,
    fidelity,
    series,
    services,
  } = run;
  return {
    name,
    revision,
    scenario,
    istioVersion,
    ...(envoyVersion === undefined ? {} : { envoyVersion }),
    meshes,
    ...(assumedMesh === undefined ? {} : { assumedMesh }),
    events,
    slos,
    thresholds,
    warnings,
    diagnostics,
    fidelity,
    series,
    services: services.map(({ name: service, kind, workloads }) => ({
      name: service,
      kind,
      namespace: workloads[0]?.name.split('.').at(-1) ?? '',
    })),
  };
}

function brokenThresholds(base: readonly ThresholdResult[], candidate: readonly ThresholdResult[]): ThresholdResult[] {
  return candidate.filter(
    ({ text, verdict }) => verdict === 'fail' && base.some((own) => own.text === text && own.verdict === 'pass'),
  );
}

function warningsOf({ results, stop }: PairRuns, { replicationsMax }: DiffSettings): Diagnostic[] {
  const done = results[0].length;
  const again = `the same numbers again: --replications ${done}`;
  const warning = (code: string, message: string, hint: string): Diagnostic[] => [
    { code, severity: 'warning', position: null, message, hint },
  ];
  switch (stop) {
    case 'budget':
      return warning(
        'budget',
        `the wall time was spent after ${done} of at most ${replicationsMax} pairs of replications`,
        `raise --budget; ${again}`,
      );
    case 'interrupted':
      return warning(
        'interrupted',
        `interrupted after ${done} of at most ${replicationsMax} pairs of replications`,
        again,
      );
    case 'out-of-memory':
      return [outOfMemory(`${done} of at most ${replicationsMax} pairs of replications`)];
    case 'max-replications':
      return warning(
        'precision-not-reached',
        `after ${done} pairs of replications some primary metric is less precise than wanted`,
        'raise --max-replications, lengthen the duration, or ask for less with --precision',
      );
    case 'precision':
    case 'replications':
    case 'same-plan':
      return [];
  }
}

function sampleWarnings(comparisons: readonly Comparison[]): Diagnostic[] {
  const isFew = comparisons.some(({ gate, metrics }) =>
    gate.metrics.some(({ index, verdict }) => verdict === 'inconclusive' && metrics[index].reason !== null),
  );
  if (!isFew) return [];
  const message = 'some primary metric has too few samples in each replication to be compared';
  const hint = 'lengthen the duration, or name with --primary what the gate is to look at';
  return [{ code: 'too-few-samples', severity: 'warning', position: null, message, hint }];
}

function exitCodeOf({ stop, verdict }: DiffResult): DiffOutcome['exitCode'] {
  if (stop === 'interrupted') return 130;
  switch (verdict) {
    case 'pass':
      return 0;
    case 'fail':
      return 1;
    case 'inconclusive':
      return 4;
  }
}
