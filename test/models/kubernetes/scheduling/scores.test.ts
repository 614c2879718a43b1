import { expect, test } from 'vitest';
import { NodeState } from '../../../../models/kubernetes/scheduling/cluster.js';
import {
  balancedAllocation,
  leastAllocated,
  nodeAffinityScores,
  taintScores,
} from '../../../../models/kubernetes/scheduling/scores.js';
import { matchLabels } from '../../../../models/kubernetes/scheduling/selectors.js';
import { ZONE } from '../../../../models/kubernetes/scheduling/spread.js';
import { Gi, nodeOf, podOf } from '../../../support/scheduling.js';

test('what is left of a node', () => {
  const state = new NodeState(nodeOf('n'));
  expect(leastAllocated(podOf('web', 1000), state)).toBe(Math.trunc((75 + 97) / 2));
  state.add(podOf('web', 3500));
  expect(leastAllocated(podOf('web', 1000), state)).toBe(Math.trunc((0 + 95) / 2));
  expect(leastAllocated(podOf('web'), new NodeState(nodeOf('n', 'a', { allocatable: new Map() })))).toBe(0);
});

test('balance goes by requests, and not for pods without any', () => {
  const state = new NodeState(nodeOf('n'));
  const even = new Map([
    ['cpu', 2000],
    ['memory', 4 * Gi],
  ]);
  expect(balancedAllocation(podOf('web', 0, { requests: even }), state)).toBe(100);
  expect(balancedAllocation(podOf('web', 2000), state)).toBe(75);
  expect(balancedAllocation(podOf('web', 0), state)).toBe(0);
});

test('taints that are to be avoided, and nodes that are preferred', () => {
  const taint = { key: 'k', value: '', effect: 'PreferNoSchedule' } as const;
  const states = [nodeOf('n1'), nodeOf('n2', 'b', { taints: [taint] }), nodeOf('n3', 'b')].map(
    (node) => new NodeState(node),
  );
  expect(taintScores(podOf('web'), states)).toEqual([100, 0, 100]);
  const preferredNodeTerms = [
    { weight: 20, term: matchLabels(new Map([[ZONE, 'b']])) },
    { weight: 20, term: matchLabels(new Map([['kubernetes.io/hostname', 'n3']])) },
  ];
  expect(nodeAffinityScores(podOf('web', 1, { preferredNodeTerms }), states)).toEqual([0, 50, 100]);
  expect(nodeAffinityScores(podOf('web'), states)).toEqual([0, 0, 0]);
});
