import { describe, expect, test } from 'vitest';
import {
  NodeState,
  podRequests,
  scoredRequests,
  type Taint,
  type Toleration,
  tolerates,
} from '../../../../models/kubernetes/scheduling/cluster.js';
import { nodeOf, podOf } from '../../../support/scheduling.js';

describe('tolerations', () => {
  const taint: Taint = { key: 'team', value: 'a', effect: 'NoSchedule' };
  const toleration: Toleration = { key: 'team', operator: 'Equal', value: 'a', effect: 'NoSchedule', seconds: null };

  test.each<readonly [Partial<Toleration>, boolean]>([
    [{}, true],
    [{ value: 'b' }, false],
    [{ value: 'b', operator: 'Exists' }, true],
    [{ key: 'other' }, false],
    [{ effect: null }, true],
    [{ effect: 'NoExecute' }, false],
    [{ key: null, operator: 'Exists', effect: null }, true],
  ])('%j: %s', (fields, expected) => {
    expect(tolerates({ ...toleration, ...fields }, taint)).toBe(expected);
  });
});

test('what a pod requests: all containers, or the largest init container beside the sidecars before', () => {
  const container = (role: 'init' | 'sidecar' | 'ordinary', cpu: number) => ({
    role,
    requests: new Map([['cpu', cpu]]),
  });
  const cpu = (...list: readonly ReturnType<typeof container>[]): number | undefined => podRequests(list).get('cpu');
  expect(cpu(container('ordinary', 100), container('ordinary', 200))).toBe(300);
  expect(cpu(container('init', 500), container('ordinary', 200))).toBe(500);
  expect(cpu(container('sidecar', 100), container('init', 500), container('ordinary', 200))).toBe(600);
  expect(cpu(container('init', 500), container('sidecar', 400), container('ordinary', 200))).toBe(600);
  expect(podRequests([container('ordinary', 1)], new Map([['memory', 5]]))).toEqual(
    new Map([
      ['cpu', 1],
      ['memory', 5],
    ]),
  );
});

test('what is missing counts as 100 m and 200 MiB for scores', () => {
  const containers = [
    { role: 'ordinary', requests: new Map([['cpu', 300]]) },
    { role: 'ordinary', requests: new Map<string, number>() },
  ] as const;
  expect(scoredRequests(containers)).toEqual({ cpuMilli: 400, memoryBytes: 400 * 1024 * 1024 });
});

test('sums of a node follow its pods', () => {
  const state = new NodeState(nodeOf('n'));
  const pod = podOf('web', 500);
  state.add(pod);
  state.add(pod);
  state.add(podOf('web', 200));
  expect([state.requested('cpu'), state.requested('pods'), state.scored.cpuMilli]).toEqual([700, 2, 700]);
  state.remove(pod);
  state.remove(pod);
  expect([state.requested('cpu'), state.requested('pods'), state.requested('gpu')]).toEqual([200, 1, 0]);
});
