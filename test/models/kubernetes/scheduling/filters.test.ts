import { expect, test } from 'vitest';
import { NodeState, type NodeView, type PodView } from '../../../../models/kubernetes/scheduling/cluster.js';
import { fulfilsNodeAffinity, unfitNode } from '../../../../models/kubernetes/scheduling/filters.js';
import { matchLabels } from '../../../../models/kubernetes/scheduling/selectors.js';
import { ZONE } from '../../../../models/kubernetes/scheduling/spread.js';
import { nodeOf, podOf } from '../../../support/scheduling.js';

const inZone = (zone: string) => matchLabels(new Map([[ZONE, zone]]));
const EVERYTHING = { key: null, operator: 'Exists', value: '', effect: null, seconds: null } as const;
const TAINT = { key: 'team', value: 'a', effect: 'NoSchedule' } as const;

test.each<readonly [string | null, Partial<PodView>, Partial<NodeView>]>([
  [null, {}, {}],
  ['unschedulable', {}, { unschedulable: true }],
  [null, { tolerations: [EVERYTHING] }, { unschedulable: true }],
  ['taint', {}, { taints: [TAINT] }],
  ['taint', {}, { taints: [{ ...TAINT, effect: 'NoExecute' }] }],
  [null, {}, { taints: [{ ...TAINT, effect: 'PreferNoSchedule' }] }],
  [null, { tolerations: [EVERYTHING] }, { taints: [TAINT] }],
  ['node affinity', { nodeSelector: inZone('b') }, {}],
  ['node affinity', { nodeTerms: [inZone('b')] }, {}],
  [null, { nodeTerms: [inZone('b'), inZone('a')] }, {}],
  ['resources', { requests: new Map([['cpu', 4001]]) }, {}],
  ['resources', { requests: new Map([['gpu', 1]]) }, {}],
  [null, { requests: new Map([['gpu', 0]]) }, {}],
  ['resources', {}, { allocatable: new Map([['cpu', 4000]]) }],
])('%s: a pod %j on a node %j', (expected, pod, node) => {
  expect(unfitNode(podOf('web', 100, pod), new NodeState(nodeOf('n', 'a', node)))).toBe(expected);
});

test('a required affinity of no terms, and a term of no requirements, hold nowhere', () => {
  expect(fulfilsNodeAffinity(podOf('web', 1, { nodeTerms: [] }), nodeOf('n'))).toBe(false);
  expect(fulfilsNodeAffinity(podOf('web', 1, { nodeTerms: [[]] }), nodeOf('n'))).toBe(false);
});

test('room is what the requests of the other pods leave', () => {
  const state = new NodeState(nodeOf('n'));
  state.add(podOf('web', 3000));
  expect(unfitNode(podOf('web', 1000), state)).toBe(null);
  expect(unfitNode(podOf('web', 1001), state)).toBe('resources');
});
