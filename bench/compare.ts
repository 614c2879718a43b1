// What a comparison gains from meeting the same customers in both worlds, and how long a gate in CI takes. The named scenario: the full
// Bookinfo plan of bench/plans.ts at 400 pages a second (applications about 12 % busy), 30 s a replication; the change: retries go from
// two after 25 ms to one after 10 ms.
import type { ReplicationResult } from '../models/mesh/result.js';
import type { MeshPlan, RetryPlan } from '../models/plan/plan.js';
import { compareArms, readArmRun } from '../scenarios/compare/compare-arms.js';
import type { DiffSettings, MetricDifference } from '../scenarios/compare/diff-result.js';
import type { PrimaryMetrics } from '../scenarios/compare/primary.js';
import { runPairs } from '../scenarios/compare/run-pairs.js';
import type { RunSettings } from '../scenarios/scenario.js';
import type { BenchRow } from './mesh.js';
import { bookinfoPlan } from './plans.js';

const S = 1_000_000_000;
const MS = 1_000_000;
const PAGES_PER_SECOND = 400;
const PAIRS = 20;
const WORKERS = 2;

const PAGE = { kind: 'request', traffic: 'pages', request: 'page' } as const;
const PRIMARY: PrimaryMetrics = {
  from: 'default',
  metrics: [
    { subject: PAGE, metric: 'p99', better: 'lower', probability: 0.99 },
    { subject: PAGE, metric: 'mean', better: 'lower', probability: null },
    { subject: PAGE, metric: 'errors', better: 'lower', probability: null },
  ],
};
const SETTINGS: DiffSettings = {
  confidenceLevel: 0.95,
  precisionShare: 0.02,
  marginLatencyShare: 0.02,
  marginErrorShare: 0.001,
  batch: 5,
  replicationsMax: PAIRS,
  primaryFrom: 'default',
};

/** Widths of the intervals with common and with independent seeds, and the seconds of a gate. */
export async function benchCompare(): Promise<BenchRow[]> {
  const base = bookinfoPlan('full', PAGES_PER_SECOND);
  const candidate = withRetries(base, (retry) => ({ ...retry, retries: 1, backoffBaseNs: 10 * MS }));
  const common = await replications([base, candidate], 'bench', 30 * S);
  const [independent] = await replications([candidate], 'bench, other customers', 30 * S);
  const paired = differences(base, candidate, common[0], common[1]);
  const unpaired = differences(base, candidate, common[0], independent);

  const startNs = process.hrtime.bigint();
  const gate = await replications([base, candidate], 'gate', 60 * S, null);
  differences(base, candidate, gate[0], gate[1]);
  const seconds = Number(process.hrtime.bigint() - startNs) / S;
  return [
    ...widths('mean', paired.mean, unpaired.mean),
    ...widths('p99', paired.p99, unpaired.p99),
    { name: `gate: ${PAIRS} pairs of 60 s, warm-up found, ${WORKERS} threads`, value: seconds, unit: 's' },
  ];
}

function withRetries(plan: MeshPlan, change: (retry: RetryPlan) => RetryPlan): MeshPlan {
  const sites = plan.sites.map((site) => {
    const { retry } = site.route;
    return retry === null ? site : { ...site, route: { ...site.route, retry: change(retry) } };
  });
  return { ...plan, sites };
}

async function replications(
  plans: readonly MeshPlan[],
  seed: string,
  durationNs: number,
  warmupNs: number | null = 5 * S,
): Promise<readonly (readonly ReplicationResult[])[]> {
  const run: RunSettings = { seed, durationNs, warmupNs, replications: PAIRS, maxEvents: 1e12, intervalNs: S };
  const { results } = await runPairs(plans, {
    run,
    batch: PAIRS,
    replicationsMax: PAIRS,
    isFixed: true,
    budgetMs: null,
    workers: WORKERS,
    isPrecise: () => false,
  });
  return results;
}

interface Measured {
  readonly mean: MetricDifference;
  readonly p99: MetricDifference;
}

function differences(
  base: MeshPlan,
  candidate: MeshPlan,
  baseResults: readonly ReplicationResult[],
  candidateResults: readonly ReplicationResult[],
): Measured {
  const { metrics } = compareArms(
    readArmRun(base, baseResults, PRIMARY),
    readArmRun(candidate, candidateResults, PRIMARY),
    PRIMARY,
    SETTINGS,
  );
  const find = (metric: string): MetricDifference => metrics.find((own) => own.isPrimary && own.metric === metric)!;
  return { mean: find('mean'), p99: find('p99') };
}

function widths(name: string, common: MetricDifference, independent: MetricDifference): BenchRow[] {
  const half = ({ difference }: MetricDifference): number => (difference!.high - difference!.low) / 2;
  return [
    { name: `${name}: base`, value: common.base!, unit: 'ms' },
    { name: `${name}: change`, value: common.difference!.value, unit: 'ms' },
    { name: `${name}: ± with the same customers`, value: half(common), unit: 'ms' },
    { name: `${name}: ± with independent seeds`, value: half(independent), unit: 'ms' },
    { name: `${name}: narrower with the same customers`, value: half(independent) / half(common), unit: 'times' },
  ];
}
