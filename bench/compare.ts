// What a comparison gains from meeting the same customers in both worlds, and how long a gate in CI takes. The scenario: the full Bookinfo
// plan of bench/plans.ts at 400 pages a second (applications about 12 % busy), 30 s a replication, 20 pairs. Two changes of its retry
// policy, because the gain depends on the change: `fewer` (two retries → one) touches few requests, so that nearly everything cancels out;
// `sooner` (back-off 25 ms → 10 ms) moves p99 itself, which lies on the edge of the retried requests, and there little is left to cancel.
// Over 36 combinations of load, error rate and change the gain was 2–29 × in the mean and 0.7–97 × in p99, where anything differed at all.
import type { ReplicationResult } from '../models/mesh/recording/result.js';
import type { MeshPlan, RetryPlan } from '../models/plan/contract/plan.js';
import { readArmRun } from '../scenarios/compare/arm-run.js';
import { compareArms } from '../scenarios/compare/compare-arms.js';
import type { PrimaryMetrics } from '../scenarios/compare/primary.js';
import { runPairs } from '../scenarios/compare/run-pairs.js';
import type { RunSettings } from '../scenarios/reading/scenario.js';
import type { DiffSettings, MetricDifference } from '../scenarios/result/diff-result.js';
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
  guards: [],
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

const CHANGES: readonly { readonly name: string; readonly change: (retry: RetryPlan) => RetryPlan }[] = [
  { name: 'fewer', change: (retry) => ({ ...retry, retries: 1 }) },
  { name: 'sooner', change: (retry) => ({ ...retry, backoffBaseNs: 10 * MS }) },
];

/** Widths of the intervals with common and with independent seeds, and the seconds of a gate. */
export async function benchCompare(): Promise<BenchRow[]> {
  const base = bookinfoPlan('full', PAGES_PER_SECOND);
  const rows: BenchRow[] = [];
  for (const { name, change } of CHANGES) {
    const candidate = withRetries(base, change);
    const common = await replications([base, candidate], 'bench', 30 * S);
    const [independent] = await replications([candidate], 'bench, other customers', 30 * S);
    const paired = differences(base, candidate, common[0], common[1]);
    const unpaired = differences(base, candidate, common[0], independent);
    rows.push(
      ...widths(`${name}: mean`, paired.mean, unpaired.mean),
      ...widths(`${name}: p99`, paired.p99, unpaired.p99),
    );
  }
  return [...rows, await gateSeconds(base, withRetries(base, CHANGES[0].change))];
}

async function gateSeconds(base: MeshPlan, candidate: MeshPlan): Promise<BenchRow> {
  const startNs = process.hrtime.bigint();
  const [own, other] = await replications([base, candidate], 'gate', 60 * S, null);
  differences(base, candidate, own, other);
  const seconds = Number(process.hrtime.bigint() - startNs) / S;
  return { name: `gate: ${PAIRS} pairs of 60 s, warm-up found, ${WORKERS} threads`, value: seconds, unit: 's' };
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
    { name: `${name}: base`, value: 1000 * common.base!, unit: 'µs' },
    { name: `${name}: change`, value: 1000 * common.difference!.value, unit: 'µs' },
    { name: `${name}: ± with the same customers`, value: 1000 * half(common), unit: 'µs' },
    { name: `${name}: ± with independent seeds`, value: 1000 * half(independent), unit: 'µs' },
    { name: `${name}: narrower with the same customers`, value: half(independent) / half(common), unit: 'times' },
  ];
}
