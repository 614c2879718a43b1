import { expect, test } from 'vitest';
import {
  type Capacity,
  ClusterAutoscaler,
  type ClusterObservation,
  type NodeGroup,
  type ScaleDownNode,
  type UnschedulablePod,
} from '../../../../models/kubernetes/autoscaling/cluster-autoscaler.js';
import { MINUTE_NS, SECOND_NS } from '../../../../models/kubernetes/units.js';

const S = SECOND_NS;
const LARGE: Capacity = { cpuMilli: 4000, memoryBytes: 8e9, pods: 3 };

const groupOf = (name: string, fields: Partial<NodeGroup> = {}): NodeGroup => ({
  name,
  size: 3,
  min: 0,
  max: 5,
  allocatable: LARGE,
  upcoming: 0,
  ...fields,
});
const podOf = (cpuMilli: number, groups = ['a', 'b']): UnschedulablePod => ({
  pendingSinceNs: 0,
  requests: { cpuMilli, memoryBytes: cpuMilli * 2e6 },
  groups: new Set(groups),
});
const nodeOf = (name: string, movablePods: number, fields: Partial<ScaleDownNode> = {}): ScaleDownNode => ({
  name,
  group: 'a',
  utilization: 0.1,
  movablePods,
  removable: true,
  deleting: false,
  ...fields,
});
const observed = (fields: Partial<ClusterObservation>): ClusterObservation => ({
  pending: [],
  groups: [groupOf('a')],
  nodes: [],
  ...fields,
});
const grown = (fields: Partial<ClusterObservation>) => new ClusterAutoscaler().scan(0, observed(fields)).grow;

test('as many nodes as a packing needs, by CPU, memory and places for pods', () => {
  expect(grown({ pending: [podOf(3000), podOf(3000), podOf(1000)] })).toEqual([{ group: 'a', nodes: 2 }]);
  expect(grown({ pending: Array.from({ length: 4 }, () => podOf(100)) })).toEqual([{ group: 'a', nodes: 2 }]);
  expect(grown({ pending: [podOf(5000)] })).toEqual([]);
});

test('a group grows to its maximum, the next one takes the rest', () => {
  const groups = [groupOf('a', { size: 4 }), groupOf('b')];
  const pending = [podOf(4000), podOf(4000), podOf(4000)];
  expect(grown({ groups, pending })).toEqual([
    { group: 'a', nodes: 1 },
    { group: 'b', nodes: 2 },
  ]);
});

test('the group that wastes least is chosen, of those that the pod may run on', () => {
  const small = groupOf('b', { allocatable: { cpuMilli: 1000, memoryBytes: 2e9, pods: 3 } });
  expect(grown({ groups: [groupOf('a'), small], pending: [podOf(1000)] })).toEqual([{ group: 'b', nodes: 1 }]);
  expect(grown({ groups: [groupOf('a'), small], pending: [podOf(1000, ['a'])] })).toEqual([{ group: 'a', nodes: 1 }]);
});

test('pods that fit on nodes which are on their way do not ask again', () => {
  const groups = [groupOf('a', { upcoming: 1 })];
  expect(grown({ groups, pending: [podOf(3000)] })).toEqual([]);
  expect(grown({ groups, pending: [podOf(3000), podOf(3000)] })).toEqual([{ group: 'a', nodes: 1 }]);
});

/** Scans every 10 s from 0 on, and tells when which nodes went. */
function removals(
  minutes: number,
  see: (second: number) => Partial<ClusterObservation>,
): [number, readonly string[]][] {
  const autoscaler = new ClusterAutoscaler();
  const log: [number, readonly string[]][] = [];
  for (let second = 0; second <= minutes * 60; second += 10) {
    const { remove } = autoscaler.scan(second * S, observed(see(second)));
    if (remove.length > 0) log.push([second, remove]);
  }
  return log;
}

test('empty nodes go in bulk, with one node that has pods, and no group falls below its minimum', () => {
  const nodes = [nodeOf('n1', 2), nodeOf('n2', 0), nodeOf('n3', 0)];
  expect(removals(10, () => ({ nodes }))).toEqual([[600, ['n2', 'n3', 'n1']]]);
  expect(removals(10, () => ({ nodes, groups: [groupOf('a', { size: 3, min: 2 })] }))).toEqual([[600, ['n2']]]);
  expect(removals(10, () => ({ nodes: [nodeOf('n1', 2), nodeOf('n2', 1)] }))).toEqual([[600, ['n1']]]);
});

test('the ten minutes begin anew when a node is needed in between', () => {
  const see = (second: number) => ({ nodes: [nodeOf('n1', 1, { removable: second !== 300 })] });
  expect(removals(16, see)).toEqual([[910, ['n1']]]);
});

test('nothing goes within ten minutes of growth, nor within three of a deletion that failed', () => {
  const see = (second: number) => ({ nodes: [nodeOf('n1', 0)], pending: second === 300 ? [podOf(1000)] : [] });
  expect(removals(15, see)).toEqual([[900, ['n1']]]);

  const autoscaler = new ClusterAutoscaler();
  autoscaler.scan(0, observed({ nodes: [nodeOf('n1', 0)] }));
  autoscaler.deletionFailed(9 * MINUTE_NS);
  expect(autoscaler.scan(11 * MINUTE_NS, observed({ nodes: [nodeOf('n1', 0)] })).remove).toEqual([]);
  expect(autoscaler.scan(12 * MINUTE_NS, observed({ nodes: [nodeOf('n1', 0)] })).remove).toEqual(['n1']);
});

test('nodes that are going count', () => {
  const going = nodeOf('n0', 1, { deleting: true });
  expect(removals(10, () => ({ nodes: [going, nodeOf('n1', 2)] }))).toEqual([]);
  expect(removals(10, () => ({ nodes: [going, nodeOf('n1', 0)] }))).toEqual([[600, ['n1']]]);
  const empty = Array.from({ length: 12 }, (_, at) => nodeOf(`n${at}`, 0));
  const groups = [groupOf('a', { size: 12 })];
  expect(removals(10, () => ({ nodes: empty, groups }))[0]![1]).toHaveLength(10);
});
