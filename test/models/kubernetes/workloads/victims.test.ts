import { expect, test } from 'vitest';
import { SECOND_NS } from '../../../../models/kubernetes/units.js';
import { type VictimPod, victims } from '../../../../models/kubernetes/workloads/victims.js';

const S = SECOND_NS;
const podOf = (fields: Partial<VictimPod> = {}): VictimPod => ({
  scheduled: true,
  phase: 'Running',
  readySinceNs: 0,
  deletionCost: 0,
  together: 1,
  restarts: 0,
  createdNs: 0,
  luck: 0.5,
  ...fields,
});

test.each<readonly [string, Partial<VictimPod>, Partial<VictimPod>]>([
  ['without a node', { scheduled: false, phase: 'Pending' }, { phase: 'Pending', readySinceNs: null }],
  ['Pending', { phase: 'Pending', readySinceNs: null }, { phase: 'Unknown', readySinceNs: null }],
  ['not Ready', { readySinceNs: null, deletionCost: 9 }, {}],
  ['cheap', { deletionCost: -1, together: 1 }, { together: 5 }],
  ['crowded', { together: 3 }, { readySinceNs: 900 * S }],
  ['Ready for a short time', { readySinceNs: 900 * S }, { restarts: 5 }],
  ['often restarted', { restarts: 2 }, { createdNs: 900 * S }],
  ['young', { createdNs: 900 * S, luck: 0.9 }, { luck: 0.1 }],
  ['unlucky', { luck: 0.1 }, { luck: 0.9 }],
])('a pod that is %s goes first', (_what, first, second) => {
  expect(victims(1000 * S, [podOf(second), podOf(first)], 1)).toEqual([1]);
  expect(victims(1000 * S, [podOf(first), podOf(second)], 1)).toEqual([0]);
});

test('pods of about one age are told apart by luck alone', () => {
  const pods = [podOf({ createdNs: 100 * S, luck: 0.9 }), podOf({ createdNs: 0, luck: 0.1 })];
  expect(victims(1000 * S, pods, 2)).toEqual([1, 0]);
});
