import { expect, test } from 'vitest';
import { SECOND_NS } from '../../../../models/kubernetes/units.js';
import { ProgressWatch, type RolloutCounts } from '../../../../models/kubernetes/workloads/progress.js';

const S = SECOND_NS;
const counts = (fields: Partial<RolloutCounts>): RolloutCounts => ({
  desired: 4,
  replicas: 5,
  updated: 1,
  ready: 4,
  available: 4,
  ...fields,
});

test('the deadline is counted from the last progress, and progress after it clears the condition', () => {
  const watch = new ProgressWatch(600, 0);
  expect(watch.look(0, counts({})).nextNs).toBe(601 * S);
  expect(watch.look(500 * S, counts({ available: 5 })).nextNs).toBe(1101 * S);
  expect(watch.look(1100 * S, counts({ available: 5 })).progressing).toBe(true);
  expect(watch.look(1101 * S, counts({ available: 5 }))).toEqual({
    progressing: false,
    reason: 'ProgressDeadlineExceeded',
    nextNs: null,
  });
  expect(watch.look(1200 * S, counts({ updated: 2, available: 5 }))).toMatchObject({
    progressing: true,
    reason: 'ReplicaSetUpdated',
  });
});

test('a Deployment that is complete is not late when its pods fail later', () => {
  const watch = new ProgressWatch(600, 0);
  const complete = counts({ replicas: 4, updated: 4 });
  expect(watch.look(0, complete)).toEqual({ progressing: true, reason: 'NewReplicaSetAvailable', nextNs: null });
  expect(watch.look(9999 * S, { ...complete, available: 0, ready: 0 }).progressing).toBe(true);
});

test('a pause stops the clock, and its end starts it afresh', () => {
  const watch = new ProgressWatch(600, 0);
  watch.look(0, counts({}));
  watch.pause(100 * S, true);
  expect(watch.look(5000 * S, counts({}))).toEqual({ progressing: true, reason: 'DeploymentPaused', nextNs: null });
  watch.pause(5000 * S, false);
  watch.pause(5001 * S, false);
  expect(watch.look(5001 * S, counts({}))).toEqual({
    progressing: true,
    reason: 'DeploymentResumed',
    nextNs: 5601 * S,
  });
});
