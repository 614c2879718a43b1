// A wrong model does not pass the lab: each mutation of the plan is caught by a check of a recorded case.
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { LabCase } from '../../lab/case.js';
import { CASES } from '../../lab/cases/index.js';
import { entryOf } from '../../lab/ledger.js';
import { distance, mayBeOne } from '../../lab/levy.js';
import { readRecording } from '../../lab/recordings.js';
import type { ClusterPlan, MeshPlan } from '../../models/plan/plan.js';

const ROOT = join(import.meta.dirname, '../..');

type Mutation = (plan: MeshPlan) => MeshPlan;

/** Checks of a case that the mutated model misses; the case itself misses none. */
function missed(name: string, mutate: Mutation): number {
  const lab = CASES.find((one) => one.name === name);
  const recording = readRecording(ROOT, name);
  if (lab === undefined || recording === null) throw new Error(`no recording of ${name}`);
  const quick = { ...lab, replications: Math.min(lab.replications ?? 1, 60) };
  const count = (one: LabCase): number => entryOf(one, recording).comparisons.filter(({ agrees }) => !agrees).length;
  return count({ ...quick, adjust: (plan) => mutate(lab.adjust?.(plan) ?? plan) });
}

const clusters =
  (change: (cluster: ClusterPlan) => Partial<ClusterPlan>): Mutation =>
  (plan) => ({ ...plan, clusters: plan.clusters.map((cluster) => ({ ...cluster, ...change(cluster) })) });

const half = (limit: number): number => Math.max(1, Math.floor(limit / 2));

const oneRetryLess: Mutation = (plan) => ({
  ...plan,
  sites: plan.sites.map((site) => {
    const { retry } = site.route;
    return retry === null
      ? site
      : { ...site, route: { ...site.route, retry: { ...retry, retries: retry.retries - 1 } } };
  }),
});

describe('is caught', () => {
  test.each<[string, string, Mutation]>([
    [
      'half of max_requests',
      'breaker-requests',
      clusters(({ limits }) => ({ limits: { ...limits, maxRequests: half(limits.maxRequests) } })),
    ],
    [
      'half of max_pending_requests',
      'breaker-pending',
      clusters(({ limits }) => ({ limits: { ...limits, maxPendingRequests: half(limits.maxPendingRequests) } })),
    ],
    [
      'half of max_retries',
      'breaker-retries',
      clusters(({ limits }) => ({ limits: { ...limits, maxRetries: half(limits.maxRetries) } })),
    ],
    [
      'half of max_connections',
      'saturated-pool',
      clusters(({ limits }) => ({ limits: { ...limits, maxConnections: half(limits.maxConnections) } })),
    ],
    ['one retry less', 'retry-5xx', oneRetryLess],
    ['no outlier detection', 'outlier-ejection', clusters(() => ({ outlier: null }))],
    ['another balancer', 'round-robin', clusters(({ balancer }) => ({ balancer: { ...balancer, policy: 'random' } }))],
  ])('%s, by %s', (_, name, mutate) => {
    expect(missed(name, mutate)).toBeGreaterThan(0);
  });
});

describe('two samples', () => {
  const luck = (count: number, scale: number): number[] =>
    Array.from({ length: count }, (_, i) => scale * [80, 120, 160][(i * 7) % 3]);

  test('of one distribution agree, also where one is a few percent late', () => {
    expect(mayBeOne(luck(12, 1.05), luck(300, 1), { share: 0.08, error: 0.001 })).toBe(true);
    expect(distance(luck(30, 1.05), luck(300, 1), 0.08)).toBe(0);
  });

  test('of one that has no luck at all do not', () => {
    const sure = new Array<number>(300).fill(81.65);
    expect(mayBeOne(luck(12, 1), sure, { share: 0.08, error: 0.001 })).toBe(false);
    expect(mayBeOne([], sure, { share: 0.08, error: 0.001 })).toBe(false);
  });
});
