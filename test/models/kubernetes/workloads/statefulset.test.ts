import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SECOND_NS } from '../../../../models/kubernetes/units.js';
import {
  DEFAULT_STATEFUL_SET,
  type StatefulPod,
  type StatefulSetSpec,
  syncStatefulSet,
} from '../../../../models/kubernetes/workloads/statefulset.js';

const S = SECOND_NS;
const REVISIONS = { current: 1, update: 2 };

const podOf = (ordinal: number, fields: Partial<StatefulPod> = {}): StatefulPod => ({
  ordinal,
  revision: 2,
  phase: 'Running',
  terminating: false,
  readySinceNs: 0,
  ...fields,
});
const sync = (spec: Partial<StatefulSetSpec>, pods: readonly StatefulPod[], nowNs = 100 * S) =>
  syncStatefulSet(nowNs, { ...DEFAULT_STATEFUL_SET, replicas: 3, ...spec }, REVISIONS, pods);
const ordinals = (list: readonly { readonly ordinal: number }[]): number[] => list.map(({ ordinal }) => ordinal);

describe('OrderedReady', () => {
  test('creates one pod after the other, each when all before are available', () => {
    expect(ordinals(sync({}, []).create)).toEqual([0]);
    expect(sync({}, [podOf(0, { readySinceNs: null })]).create).toEqual([]);
    expect(ordinals(sync({}, [podOf(0)]).create)).toEqual([1]);
    expect(sync({ minReadySeconds: 30 }, [podOf(0, { readySinceNs: 90 * S })])).toEqual({
      create: [],
      remove: [],
      nextNs: 120 * S,
    });
  });

  test('scales down from the highest ordinal, one at a time, and each has to be gone', () => {
    const pods = [0, 1, 2, 3, 4].map((ordinal) => podOf(ordinal));
    expect(sync({}, pods).remove).toEqual([4]);
    expect(sync({}, [...pods.slice(0, 4), podOf(4, { terminating: true })]).remove).toEqual([]);
    expect(sync({}, [...pods.slice(0, 3), podOf(3, { readySinceNs: null }), podOf(4)]).remove).toEqual([4]);
    expect(sync({}, [...pods.slice(0, 4), podOf(4, { readySinceNs: null })]).remove).toEqual([4]);
  });

  test('updates from the highest ordinal down to the partition, one at a time', () => {
    const old = [0, 1, 2].map((ordinal) => podOf(ordinal, { revision: 1 }));
    expect(sync({}, old).remove).toEqual([2]);
    expect(sync({}, [...old.slice(0, 2), podOf(2)]).remove).toEqual([1]);
    expect(sync({ partition: 2 }, [...old.slice(0, 2), podOf(2)]).remove).toEqual([]);
    expect(sync({ update: 'OnDelete' }, old).remove).toEqual([]);
  });

  test('a broken pod blocks everything, even after the template is back', () => {
    const broken = [podOf(0), podOf(1), podOf(2, { revision: 3, readySinceNs: null })];
    expect(sync({}, broken)).toEqual({ create: [], remove: [], nextNs: null });
  });

  test('a pod that has failed is deleted, and comes back with the revision of its ordinal', () => {
    expect(sync({}, [podOf(0), podOf(1, { phase: 'Failed' }), podOf(2)]).remove).toEqual([1]);
    expect(sync({ partition: 2 }, [podOf(0), podOf(2)]).create).toEqual([{ ordinal: 1, revision: 1 }]);
    expect(sync({}, [podOf(0), podOf(2)]).create).toEqual([{ ordinal: 1, revision: 2 }]);
  });
});

test('Parallel scales all at once, from the first ordinal that is asked for', () => {
  const spec = { podManagement: 'Parallel', start: 5 } as const;
  expect(ordinals(sync(spec, []).create)).toEqual([5, 6, 7]);
  const many = [5, 6, 7, 8, 9].map((ordinal) => podOf(ordinal, { readySinceNs: null }));
  expect(sync(spec, many).remove).toEqual([9, 8]);
});

test('an update with maxUnavailable never makes more pods unavailable than that', () => {
  const states = fc.array(fc.record({ old: fc.boolean(), ready: fc.boolean(), terminating: fc.boolean() }), {
    minLength: 1,
    maxLength: 12,
  });
  fc.assert(
    fc.property(states, fc.integer({ min: 1, max: 5 }), fc.nat(12), (list, maxUnavailable, partition) => {
      const pods = list.map(({ old, ready, terminating }, ordinal) =>
        podOf(ordinal, { revision: old ? 1 : 2, readySinceNs: ready ? 0 : null, terminating }),
      );
      const { remove } = sync({ replicas: pods.length, podManagement: 'Parallel', maxUnavailable, partition }, pods);
      const before = list.filter(({ ready, terminating }) => !ready || terminating).length;
      const healthyRemoved = remove.filter((ordinal) => list[ordinal]!.ready).length;
      expect(before + healthyRemoved).toBeLessThanOrEqual(Math.max(before, maxUnavailable));
      expect(remove.every((ordinal) => ordinal >= partition && list[ordinal]!.old)).toBe(true);
    }),
    { seed: 8 },
  );
});

test('a percentage of maxUnavailable is rounded down, and is at least one', () => {
  const old = [0, 1, 2].map((ordinal) => podOf(ordinal, { revision: 1 }));
  expect(sync({ maxUnavailable: { percent: 10 }, podManagement: 'Parallel' }, old).remove).toEqual([2]);
  expect(sync({ maxUnavailable: { percent: 70 }, podManagement: 'Parallel' }, old).remove).toEqual([2, 1]);
});
