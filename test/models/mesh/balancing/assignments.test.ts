// The order of a cluster's hosts: that of Istio's assignment.
import { expect, it } from 'vitest';
import { Assignments } from '../../../../models/mesh/balancing/assignments.js';
import type { Pod } from '../../../../models/mesh/state/pod.js';
import type { ClusterPlan } from '../../../../models/plan/contract/plan.js';

const LOCALITIES = [
  { region: 'eu', zone: 'b' },
  { region: 'eu', zone: 'a' },
  { region: 'au', zone: 'z' },
];

const CALLER = { heard: 0 } as unknown as Pod;

const pods = (name: string, ...localities: readonly number[]): Pod[] =>
  localities.map((locality, ordinal) => ({ name: `${name}-${ordinal}`, ordinal, locality })) as unknown as Pod[];

it('is by locality, as words, and within a locality that of the groups and their pods', () => {
  const assignments = new Assignments([pods('one', 0, 1, 0), pods('two', 2, 1)], LOCALITIES);
  const plan = {
    groups: [
      { workload: 0, passage: null },
      { workload: 1, passage: null },
    ],
  } as unknown as ClusterPlan;
  const names = assignments
    .first(plan, CALLER)
    .map(({ group, pod }) => `${group} ${(pod as unknown as { name: string }).name}`);
  expect(names).toEqual(['1 two-0', '0 one-1', '1 two-1', '0 one-0', '0 one-2']);
  expect(assignments.first(plan, CALLER)).toBe(assignments.first(plan, CALLER));
});

it('a gateway into another network is one host, in the locality of the pods behind it', () => {
  const assignments = new Assignments([pods('one', 0, 0), pods('gateway', 0, 0)], LOCALITIES);
  const plan = {
    groups: [
      { workload: 0, passage: null },
      { workload: 1, passage: { cluster: 3, locality: 2 } },
    ],
  } as unknown as ClusterPlan;
  expect(assignments.first(plan, CALLER).map(({ group, locality }) => [group, locality])).toEqual([
    [1, 2],
    [0, 0],
    [0, 0],
  ]);
});
