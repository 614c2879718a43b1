// Pods that the timeline evicts: who goes when, with budgets and without.
import { describe, expect, it } from 'vitest';
import type { ReplicationResult } from '../../../../models/mesh/recording/result.js';
import { simulate } from '../../../../models/mesh/run/simulation.js';
import type { BudgetPlan } from '../../../../models/plan/contract/budget-plan.js';
import type { TimelineEntryPlan } from '../../../../models/plan/contract/timeline-plan.js';
import { controller } from '../../../support/controllers.js';
import { MS, poisson, S, smallPlan, work } from '../../../support/plans.js';

const WEB = 1;
const EVICT: TimelineEntryPlan = {
  name: 'evict',
  position: null,
  startsNs: [10 * S],
  durationNs: 0,
  rampNs: 0,
  action: {
    kind: 'pods',
    target: { workloads: [WEB], localities: null, ordinals: null, pods: { kind: 'all' } },
    fault: { kind: 'evict' },
  },
};

function atLeast(value: number): BudgetPlan {
  return {
    name: 'PodDisruptionBudget default/web',
    workloads: [WEB],
    spec: { limit: { kind: 'minAvailable', value }, unhealthyPodEvictionPolicy: 'IfHealthyBudget' },
  };
}

function run(budgets: readonly BudgetPlan[]): ReplicationResult {
  const plan = smallPlan({ arrivals: [poisson(5)], program: [work(5 * MS)], pods: 2, clientTimeoutNs: S });
  return simulate(
    { ...plan, budgets, controllers: [controller({ replicas: 2 })], timeline: [EVICT] },
    { seed: 'evict', replication: 0, warmupNs: 0, durationNs: 60 * S, intervalNs: S, maxEvents: 1e6 },
  );
}

function times({ happenings = [] }: ReplicationResult, kind: string): number[] {
  return happenings.filter((one) => one.kind === kind).map(({ atNs }) => atNs / S);
}

describe('pods that are evicted', () => {
  it('go at once without a budget, and others take their place', () => {
    const result = run([]);
    expect(times(result, 'pod evicted')).toEqual([10, 10]);
    expect(times(result, 'pod created')).toEqual([10, 10]);
    expect(times(result, 'eviction refused')).toEqual([]);
    const followed = (result.happenings ?? []).filter(({ kind }) => kind === 'pod created' || kind === 'pod leaving');
    expect(followed.every(({ entry }) => entry === 0)).toBe(true);
  });

  it('wait for their budget, which is asked again every 5 s', () => {
    const result = run([atLeast(1)]);
    const [first, second] = times(result, 'pod evicted');
    const [ready] = times(result, 'pod ready');
    expect(first).toBe(10);
    expect(times(result, 'eviction refused')).toEqual([10]);
    expect(second).toBe(10 + 5 * Math.ceil((ready! - 10) / 5));
  });

  it('stay where the budget keeps all, or where two budgets are an error of the server', () => {
    for (const budgets of [[atLeast(2)], [atLeast(1), atLeast(1)]]) {
      const result = run(budgets);
      expect(times(result, 'pod evicted')).toEqual([]);
      expect(times(result, 'eviction refused')).toEqual([10, 10]);
    }
  });
});
