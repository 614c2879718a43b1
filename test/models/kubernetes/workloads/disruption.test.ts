import { describe, expect, test } from 'vitest';
import { SECOND_NS } from '../../../../models/kubernetes/units.js';
import {
  type BudgetPod,
  type BudgetSpec,
  DisruptionBudget,
  evict,
} from '../../../../models/kubernetes/workloads/disruption.js';

const S = SECOND_NS;
const podOf = (name: string, fields: Partial<BudgetPod> = {}): BudgetPod => ({
  name,
  phase: 'Running',
  ready: true,
  terminating: false,
  ...fields,
});
const PODS = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => podOf(name));
const budgetOf = (limit: BudgetSpec['limit']): DisruptionBudget =>
  new DisruptionBudget({ limit, unhealthyPodEvictionPolicy: 'IfHealthyBudget' });

describe('the status of a budget', () => {
  test.each<readonly [BudgetSpec['limit'], number, number]>([
    [{ kind: 'minAvailable', value: 5 }, 5, 2],
    [{ kind: 'minAvailable', value: 9 }, 9, 0],
    [{ kind: 'minAvailable', value: { percent: 60 } }, 5, 2],
    [{ kind: 'maxUnavailable', value: 2 }, 6, 1],
    [{ kind: 'maxUnavailable', value: { percent: 30 } }, 5, 2],
    [{ kind: 'maxUnavailable', value: { percent: 100 } }, 0, 7],
  ])('%j of 8 pods, of which 7 are there', (limit, desiredHealthy, disruptionsAllowed) => {
    expect(budgetOf(limit).observe(0, PODS, 8)).toMatchObject({
      currentHealthy: 7,
      desiredHealthy,
      disruptionsAllowed,
    });
  });

  test('without pods nothing may go', () => {
    expect(budgetOf({ kind: 'maxUnavailable', value: 1 }).observe(0, [], 0).disruptionsAllowed).toBe(0);
  });

  test('what was evicted does not count as healthy, until it is known to stay', () => {
    const budget = budgetOf({ kind: 'minAvailable', value: 5 });
    budget.observe(0, PODS, 7);
    expect(evict(0, PODS[0]!, [budget]).status).toBe(201);
    expect(budget.current?.disruptionsAllowed).toBe(1);
    expect(budget.observe(S, PODS, 7).currentHealthy).toBe(6);
    expect(budget.observe(119 * S, PODS, 7).currentHealthy).toBe(6);
    expect(budget.observe(120 * S, PODS, 7).currentHealthy).toBe(7);
  });
});

describe('answers', () => {
  const budget = (): DisruptionBudget => budgetOf({ kind: 'minAvailable', value: 5 });

  test('pods that do not run are not asked about', () => {
    const empty = budget();
    for (const fields of [
      { phase: 'Pending' },
      { phase: 'Succeeded' },
      { phase: 'Failed' },
      { terminating: true },
    ] as const) {
      expect(evict(0, podOf('a', fields), [empty, empty])).toEqual({ status: 201, reason: 'pod is not running' });
    }
  });

  test('no budget, several budgets, and a budget that nobody has looked at', () => {
    expect(evict(0, PODS[0]!, []).status).toBe(201);
    expect(evict(0, PODS[0]!, [budget(), budget()]).status).toBe(500);
    expect(evict(0, PODS[0]!, [budget()])).toEqual({ status: 429, reason: 'status is old', retryAfterSeconds: 10 });
  });

  test('AlwaysAllow lets a pod that is not Ready go without counting', () => {
    const generous = new DisruptionBudget({
      limit: { kind: 'minAvailable', value: 9 },
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
    });
    generous.observe(0, PODS, 9);
    expect(evict(0, podOf('z', { ready: false }), [generous])).toEqual({ status: 201, reason: 'pod is not ready' });
    expect(evict(0, podOf('a'), [generous]).status).toBe(429);
  });
});
