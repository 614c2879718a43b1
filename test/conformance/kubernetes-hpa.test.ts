// The HorizontalPodAutoscaler against the tables of the controller's own tests (k8s:
// pkg/controller/podautoscaler/replica_calculator_test.go, horizontal_test.go).
import { describe, expect, test } from 'vitest';
import { HorizontalPodAutoscaler } from '../../models/kubernetes/autoscaling/hpa.js';
import {
  completeBehavior,
  DEFAULT_HPA_FLAGS,
  type HpaMetric,
  type ScalingRules,
  type WrittenBehavior,
} from '../../models/kubernetes/autoscaling/hpa-spec.js';
import { cpuSampleCounts, type ObservedPod } from '../../models/kubernetes/autoscaling/observed-pods.js';
import type { MetricReading } from '../../models/kubernetes/autoscaling/replica-calculator.js';
import { limitWithoutBehavior, ScalingMemory } from '../../models/kubernetes/autoscaling/scaling-memory.js';
import { SECOND_NS } from '../../models/kubernetes/units.js';
import { cpuAt, hpaPod, JUST_STARTED, NOT_READY, NOW_NS, PENDING, podValues, propose, usages } from '../support/hpa.js';

const S = SECOND_NS;
const good = (count: number): ObservedPod[] => Array.from({ length: count }, () => hpaPod());
const NOT = hpaPod(NOT_READY);
const YOUNG = hpaPod(JUST_STARTED);
const FAILED = hpaPod({ phase: 'Failed', ready: null });
const GOING = hpaPod({ terminating: true });
const WAITING = hpaPod(PENDING);
const unready = (count: number): ObservedPod[] => Array.from({ length: count }, () => NOT);

const pods = (target: number): HpaMetric => ({ kind: 'pods', targetMilli: 1000 * target });
const value = (target: number): HpaMetric => ({ kind: 'external', target: { kind: 'value', milli: 1000 * target } });
const perPod = (target: number): HpaMetric => ({
  kind: 'object',
  target: { kind: 'averageValue', milli: 1000 * target },
});
const is = (units: number): MetricReading => ({ kind: 'value', milli: Math.round(1000 * units) });

/** Row, replicas, pods, metric, reading, expected `current` (null: not asked for), expected replicas. */
type Row = readonly [number, number, readonly ObservedPod[], HpaMetric, MetricReading, number | null, number];

const ROWS: readonly Row[] = [
  [1, 3, good(3), cpuAt(30), usages(300, 500, 700), 50, 5],
  [2, 3, [NOT, ...good(2)], cpuAt(30), usages(300, 500, 700), 60, 4],
  [3, 3, [YOUNG, ...good(2)], cpuAt(30), usages(300, 500, 700), 60, 4],
  [4, 3, [...good(1), NOT, NOT], cpuAt(30), usages(400, 500, 700), 40, 3],
  [5, 3, [...good(1), YOUNG, YOUNG], cpuAt(30), usages(400, 500, 700), 40, 3],
  [6, 2, [...good(2), FAILED, FAILED], cpuAt(30), usages(500, 700, 900, 900), 60, 4],
  [7, 2, [...good(2), GOING, GOING], cpuAt(30), usages(500, 700, 900, 900), 60, 4],
  [8, 3, good(3), pods(15), podValues(20, 10, 30), 20_000, 4],
  [9, 3, [NOT, ...good(2)], pods(15), podValues(50, 10, 30), 30_000, 6],
  [10, 3, [NOT, ...good(1), NOT], pods(15), podValues(50, 15, 30), 31_666, 7],
  [11, 3, good(3), value(15), is(20), 20_000, 4],
  [12, 3, good(3), perPod(5), is(20), 6667, 4],
  [13, 3, [...good(1), ...unready(2)], value(10), is(50), 50_000, 5],
  [14, 1, good(1), value(4.4), is(8.6), 8600, 2],
  [15, 3, [...good(1), ...unready(2)], value(4.4), is(8.6), 8600, 2],
  [16, 3, good(3), perPod(2.15), is(8.6), 2867, 4],
  [17, 5, good(5), cpuAt(50), usages(100, 300, 500, 250, 250), 28, 3],
  [18, 5, good(5), pods(20), podValues(12, 12, 12, 12, 12), 12_000, 3],
  [19, 5, good(5), perPod(2), is(6), null, 3],
  [20, 5, good(5), value(20), is(12), null, 3],
  [21, 5, good(5), value(14.334), is(8.6), null, 3],
  [22, 5, good(5), perPod(2.867), is(8.6), null, 3],
  [23, 5, [...good(3), ...unready(2)], cpuAt(50), usages(100, 300, 500, 250, 250), 30, 2],
  [24, 5, [...good(1), WAITING, WAITING, WAITING, WAITING], cpuAt(50), usages(100, null, null, null, null), 10, 1],
  [25, 5, [...good(3), YOUNG, YOUNG], cpuAt(50), usages(100, 300, 500, 250, 250), 30, 2],
  [26, 5, [...good(5), FAILED, FAILED], cpuAt(50), usages(100, 300, 500, 250, 250, 1, 1), 28, 3],
  [27, 5, [...good(5), GOING, GOING], cpuAt(50), usages(100, 300, 500, 250, 250, 1, 1), 28, 3],
  [
    28,
    3,
    [900, 1000, 1100].map((requestMilli) => hpaPod({ requestMilli })),
    cpuAt(100),
    usages(1010, 1030, 1020),
    102,
    3,
  ],
  [29, 3, good(3), pods(20), podValues(20, 21, 21), 20_666, 3],
  [30, 3, good(3), value(20), is(20.666), null, 3],
  [31, 4, good(4), perPod(5), is(20.166), null, 4],
  [32, 3, good(3), value(8.888), is(8.6), null, 3],
  [33, 3, good(3), perPod(2.9), is(8.6), null, 3],
  [34, 4, good(4), cpuAt(100), usages(4000, 9500, 3000, 7000, 9999, 9999), 587, 24],
  [35, 4, good(4), cpuAt(100), usages(400, 95, null, null), 24, 3],
  [38, 2, good(2), cpuAt(100), usages(1000, null), 100, 2],
  [39, 2, good(2), cpuAt(100), usages(1900, null), 190, 2],
  [40, 2, good(2), cpuAt(100), usages(600, null), 60, 2],
  [41, 3, [NOT, ...good(2)], cpuAt(50), usages(100, 450, null), 45, 3],
  [42, 3, [YOUNG, ...good(2)], cpuAt(50), usages(100, 450, null), 45, 3],
  [43, 3, [NOT, ...good(2)], cpuAt(50), usages(100, 2000, null), 200, 4],
  [44, 3, [YOUNG, ...good(2)], cpuAt(50), usages(100, 2000, null), 200, 4],
  [45, 4, [NOT, ...good(3)], cpuAt(50), usages(100, 100, 100, null), 10, 3],
  [46, 2, good(3), cpuAt(50), usages(100, 100, null), 10, 2],
];

describe('DY-39: the replica calculator', () => {
  test.each(ROWS)('DY-39: row %i', (_row, replicas, podList, metric, reading, current, expected) => {
    const proposal = propose({ replicas, pods: podList, metric, reading });
    if ('error' in proposal) throw new Error(proposal.error);
    expect(proposal.replicas).toBe(expected);
    if (current !== null) expect(proposal.current).toBe(current);
  });

  test('DY-39: row 36: no sample is an error', () => {
    expect(
      propose({ replicas: 4, pods: good(4), metric: cpuAt(100), reading: usages(null, null, null, null) }),
    ).toEqual({
      error: 'no samples',
    });
  });

  test('DY-39: row 37: a container without a request is an error', () => {
    const podList = [...good(1), hpaPod({ requestMilli: null })];
    expect(propose({ replicas: 2, pods: podList, metric: cpuAt(100), reading: usages(200, 200) })).toEqual({
      error: 'missing request',
    });
  });

  test.each([
    [47, 56, 9],
    [48, 55, 10],
  ])('DY-39: row %i: three containers with odd requests, target %i %%', (_row, percent, expected) => {
    const containers = [260, 39, 1].map((milli, at) => ({ name: `c${at}`, requestsMilli: new Map([['cpu', milli]]) }));
    const podList = Array.from({ length: 10 }, () => hpaPod({ containers }));
    const reading = usages(...podList.map(() => 75));
    expect(propose({ replicas: 10, pods: podList, metric: cpuAt(percent), reading })).toEqual({
      replicas: expected,
      current: 50,
    });
  });

  test('DY-39: group P: whether a CPU sample counts', () => {
    const rules = { cpuInitializationNs: 120 * S, initialReadinessDelayNs: 10 * S };
    const counts = (startedAgo: number, ready: boolean, changedAgo: number, windowSeconds: number): boolean =>
      cpuSampleCounts(
        hpaPod({ startedNs: NOW_NS - startedAgo * S, ready, readyChangedNs: NOW_NS - changedAgo * S }),
        { milli: 1, takenNs: NOW_NS, windowNs: windowSeconds * S },
        rules,
        NOW_NS,
      );
    expect(counts(60, true, 30, 30)).toBe(true);
    expect(counts(60, true, 30, 60)).toBe(false);
    expect(counts(600, false, 594, 60)).toBe(false);
    expect(counts(600, false, 590, 60)).toBe(true);
  });

  test('DY-39: vectors: not-ready pods damp the growth', () => {
    const count = (ready: number, notReady: number): number => {
      const podList = [...good(ready), ...unready(notReady)];
      const reading = usages(...podList.map(() => 900));
      const proposal = propose({ replicas: podList.length, pods: podList, metric: cpuAt(60), reading });
      return 'error' in proposal ? -1 : proposal.replicas;
    };
    expect(count(10, 0)).toBe(15);
    expect(count(10, 2)).toBe(15);
    expect(count(10, 4)).toBe(14);
    const full = propose({ replicas: 3, pods: good(3), metric: cpuAt(50), reading: usages(2000, 2000, 2000) });
    expect(full).toEqual({ replicas: 12, current: 200 });
  });
});

interface Limits {
  readonly up?: Partial<ScalingRules>;
  readonly down?: Partial<ScalingRules>;
  readonly min?: number;
  readonly max?: number;
  /** Replicas that were added, or removed, within the period. */
  readonly added?: number;
  readonly removed?: number;
}

const policies = (...list: readonly (readonly ['Pods' | 'Percent', number, number?])[]): Partial<ScalingRules> => ({
  policies: list.map(([kind, amount, seconds = 60]) => ({ kind, value: amount, periodNs: seconds * S })),
});

function limited(from: number, to: number, { up, down, min = 1, max = 1000, added, removed }: Limits): number {
  const written: WrittenBehavior = { ...(up && { scaleUp: up }), ...(down && { scaleDown: down }) };
  const behavior = completeBehavior(written);
  const memory = new ScalingMemory();
  if (added !== undefined) memory.record(NOW_NS - 10 * S, from - added, from, behavior);
  if (removed !== undefined) memory.record(NOW_NS - 10 * S, from + removed, from, behavior);
  return memory.limitWith(NOW_NS, from, to, { min, max }, behavior);
}

const MIN: Partial<ScalingRules> = { selectPolicy: 'Min' };

describe('DY-40: rate limits', () => {
  test.each<readonly [number, number, number, Limits, number]>([
    [51, 3, 1000, { up: policies(['Percent', 1]) }, 4],
    [52, 20, 1000, { up: policies(['Percent', 100]), max: 10 }, 10],
    [53, 100, 1000, { up: policies(['Percent', 100]), max: 150 }, 150],
    [54, 10, 50, {}, 20],
    [55, 10, 500, { up: policies(['Pods', 100], ['Percent', 100]) }, 110],
    [56, 10, 500, { up: policies(['Pods', 2], ['Percent', 100]) }, 20],
    [57, 10, 50, { up: policies(['Pods', 30]) }, 40],
    [58, 10, 50, { up: policies(['Percent', 200]) }, 30],
    [59, 1000, 3, { down: policies(['Pods', 20]) }, 980],
    [60, 100, 2, { down: policies(['Pods', 20], ['Percent', 1]) }, 80],
    [61, 100, 2, { down: policies(['Pods', 2], ['Percent', 1]) }, 98],
    [62, 1, 10, { up: { ...policies(['Pods', 2], ['Percent', 50]), ...MIN } }, 2],
    [63, 5, 1, { down: { ...policies(['Pods', 2], ['Percent', 50]), ...MIN } }, 3],
    [64, 10, 0, { down: policies(['Pods', 100]), min: 1 }, 1],
    [65, 10, 2, { down: policies(['Percent', 100]), min: 5 }, 5],
    [66, 10, 2, { down: policies(['Pods', 5]) }, 5],
    [67, 10, 5, { down: policies(['Percent', 50]) }, 5],
    [68, 100, 500, { up: policies(['Pods', 300]), max: 200, added: 15 }, 200],
    [69, 100, 500, { up: policies(['Pods', 5, 120]), added: 15 }, 100],
    [70, 100, 500, { up: policies(['Pods', 150, 120]), added: 15 }, 235],
    [71, 100, 500, { up: policies(['Percent', 200, 120]), added: 15 }, 255],
    [72, 100, 0, { down: policies(['Pods', 115, 120]), removed: 15 }, 1],
    [73, 100, 0, { down: policies(['Percent', 50, 120]), removed: 12 }, 56],
    [74, 100, 0, { down: policies(['Percent', 10, 120]), removed: 30 }, 100],
    [75, 100, 2, { down: policies(['Pods', 5, 120]), removed: 15 }, 100],
    [76, 10, 5, { down: policies(['Percent', 1000, 120]) }, 5],
  ])('DY-40: row %i: %i -> %i', (_row, from, to, limits, expected) => {
    expect(limited(from, to, limits)).toBe(expected);
  });

  test('DY-40: rows 50 and 77 and the bounds: without behavior', () => {
    expect(limitWithoutBehavior(3, 1000, { min: 1, max: 1000 })).toBe(6);
    expect(limitWithoutBehavior(1, 0, { min: 0, max: 10 })).toBe(0);
    expect(limitWithoutBehavior(5, 7, { min: 3, max: 8 })).toBe(7);
    expect(limitWithoutBehavior(3, 1, { min: 2, max: 8 })).toBe(2);
  });
});

describe('DY-40: stabilisation', () => {
  type History = readonly (readonly [replicas: number, minutesAgo: number])[];
  const remembering = (history: History): ScalingMemory => {
    const memory = new ScalingMemory();
    // Recommendations are put in one by one; a window of all time keeps each of them.
    for (const [replicas, minutes] of history) memory.stabilize(NOW_NS - minutes * 60 * S, replicas, NOW_NS);
    return memory;
  };

  test.each<readonly [History, number]>([
    [
      [
        [4, 2],
        [5, 1],
      ],
      5,
    ],
    [
      [
        [1, 2],
        [2, 1],
      ],
      3,
    ],
    [
      [
        [10, 10],
        [9, 9],
      ],
      3,
    ],
    [
      [
        [10, 10],
        [4, 1],
        [5, 2],
        [9, 9],
      ],
      5,
    ],
  ])('DY-40: without behavior, window 300 s, proposal 3: %j -> %i', (history, expected) => {
    expect(remembering(history).stabilize(NOW_NS, 3, 300 * S)).toBe(expected);
  });

  test.each<readonly [WrittenBehavior, number, number, History, number]>([
    [
      { scaleDown: { stabilizationNs: 180 * S } },
      100,
      3,
      [
        [4, 2],
        [5, 1],
      ],
      5,
    ],
    [
      { scaleUp: { stabilizationNs: 300 * S } },
      1,
      7,
      [
        [4, 2],
        [5, 1],
      ],
      4,
    ],
    [
      { scaleUp: { stabilizationNs: 300 * S } },
      1,
      100,
      [
        [10, 100],
        [6, 1],
        [5, 2],
        [9, 3],
      ],
      5,
    ],
    [
      { scaleUp: { stabilizationNs: 0 } },
      1,
      100,
      [
        [1, 2],
        [2, 1],
      ],
      100,
    ],
    [
      { scaleDown: { stabilizationNs: 0 } },
      100,
      3,
      [
        [4, 2],
        [5, 1],
      ],
      3,
    ],
  ])('DY-40: %j, %i -> %i: %j -> %i', (written, current, proposed, history, expected) => {
    const behavior = completeBehavior(written);
    expect(remembering(history).stabilizeWith(NOW_NS, current, proposed, behavior)).toBe(expected);
  });
});

describe('DY-40: several metrics', () => {
  const failing = (cpuMilli: readonly number[]): number =>
    new HorizontalPodAutoscaler(
      { minReplicas: 1, maxReplicas: 10, metrics: [cpuAt(30), value(1)], behavior: null },
      DEFAULT_HPA_FLAGS,
    ).sync(NOW_NS, {
      specReplicas: 3,
      statusReplicas: 3,
      pods: good(3),
      readings: [usages(...cpuMilli), null],
    }).replicas;

  test('DY-40: one metric fails: the others may let the workload grow, never shrink', () => {
    expect(failing([300, 400, 500])).toBe(4);
    expect(failing([10, 10, 10])).toBe(3);
  });
});

describe('ramps', () => {
  const ramp = (behavior: WrittenBehavior | null, from: number): number[] => {
    const hpa = new HorizontalPodAutoscaler({
      minReplicas: 1,
      maxReplicas: 40,
      metrics: [value(1)],
      behavior: behavior === null ? null : completeBehavior(behavior),
    });
    let replicas = from;
    return [0, 1, 2, 3].map((tick) => {
      const decision = hpa.sync(NOW_NS + tick * 15 * S, {
        specReplicas: replicas,
        statusReplicas: replicas,
        pods: good(replicas),
        readings: [is(1000)],
      });
      replicas = decision.replicas;
      return replicas;
    });
  };

  test('to 40 replicas, with and without behavior', () => {
    expect(ramp({}, 3)).toEqual([7, 14, 28, 40]);
    expect(ramp(null, 3)).toEqual([6, 12, 24, 40]);
    expect(ramp(null, 1).slice(0, 3)).toEqual([4, 8, 16]);
  });
});
