import { expect, test } from 'vitest';
import { SECOND_NS } from '../../../../models/kubernetes/units.js';
import {
  countReplicas,
  type OwnedPod,
  syncReplicaSet,
} from '../../../../models/kubernetes/workloads/replica-set-sync.js';

const S = SECOND_NS;
const podOf = (name: string, fields: Partial<OwnedPod> = {}): OwnedPod => ({
  name,
  scheduled: true,
  phase: 'Running',
  terminating: false,
  readySinceNs: 0,
  deletionCost: 0,
  together: 1,
  restarts: 0,
  createdNs: 0,
  luck: 0.5,
  ...fields,
});

test('pods that go, and pods that have ended, are replaced at once', () => {
  const pods = [podOf('a'), podOf('b', { terminating: true }), podOf('c', { phase: 'Failed' })];
  expect(syncReplicaSet(0, 3, pods)).toEqual({ create: 2, remove: [] });
  expect(syncReplicaSet(0, 1, pods)).toEqual({ create: 0, remove: [] });
});

test('of too many pods the least useful go', () => {
  const pods = [podOf('a'), podOf('b', { readySinceNs: null }), podOf('c', { deletionCost: -5 })];
  expect(syncReplicaSet(100 * S, 1, pods)).toEqual({ create: 0, remove: ['b', 'c'] });
});

test('one sync makes no more than 500 pods', () => {
  expect(syncReplicaSet(0, 900, [])).toEqual({ create: 500, remove: [] });
});

test('counts', () => {
  const pods = [
    podOf('a'),
    podOf('b', { readySinceNs: 95 * S }),
    podOf('c', { readySinceNs: null, phase: 'Pending' }),
    podOf('d', { terminating: true }),
    podOf('e', { phase: 'Failed', terminating: true }),
  ];
  expect(countReplicas(100 * S, 10, pods)).toEqual({
    replicas: 3,
    readyReplicas: 2,
    availableReplicas: 1,
    terminating: 1,
    nextNs: 105 * S,
  });
});
