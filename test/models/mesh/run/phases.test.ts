// What a run counts by phase is what it counts altogether.
import { expect, test } from 'vitest';
import { simulate } from '../../../../models/mesh/run/simulation.js';
import type { TimelineEntryPlan } from '../../../../models/plan/contract/timeline-plan.js';
import { smallPlan } from '../../../support/plans.js';

const S = 1e9;
const OPTIONS = { seed: 'phases', replication: 0, warmupNs: 1 * S, durationNs: 10 * S, intervalNs: S, maxEvents: 1e7 };

const FAIL: TimelineEntryPlan = {
  name: 'half of the requests fail',
  position: null,
  startsNs: [4 * S],
  durationNs: 2 * S,
  rampNs: 0,
  action: {
    kind: 'pods',
    target: { workloads: [1], localities: null, ordinals: null, pods: { kind: 'all' } },
    fault: { kind: 'fail', share: 0.5, status: 500 },
  },
};

test('phases add up to the whole, and have the errors where they are', () => {
  const { phases = [], traffic } = simulate({ ...smallPlan({}), timeline: [FAIL] }, OPTIONS);
  const sum = (of: 'offered' | 'completed' | 'good'): number => phases.reduce((total, [flow]) => total + flow[of], 0);
  expect([sum('offered'), sum('completed'), sum('good')]).toEqual([
    traffic[0].offered,
    traffic[0].completed,
    traffic[0].good,
  ]);
  const errorShares = phases.map(([{ completed, good }]) => 1 - good / completed);
  expect(errorShares[0]).toBe(0);
  // Of about 200 requests: 0.5 give or take five standard errors, which a fair coin leaves once in two million runs.
  expect(Math.abs(errorShares[1] - 0.5)).toBeLessThan(0.18);
  expect(errorShares[2]).toBeLessThan(0.02);
});

test('without a timeline, or with one of which nothing begins inside the run, there are no phases', () => {
  expect(simulate(smallPlan({}), OPTIONS)).not.toHaveProperty('phases');
  const always = { ...smallPlan({}), timeline: [{ ...FAIL, startsNs: [], durationNs: null }] };
  expect(simulate(always, OPTIONS)).not.toHaveProperty('phases');
});
