// Phases, impacts and happenings of hand-made runs with a timeline.
import { describe, expect, test } from 'vitest';
import type { HappeningResult } from '../../../models/mesh/recording/happenings.js';
import { phasesOf } from '../../../models/mesh/recording/phases.js';
import type { TimelineEntryPlan } from '../../../models/plan/contract/timeline-plan.js';
import type { SloSpec } from '../../../scenarios/reading/scenario.js';
import { phaseNames } from '../../../scenarios/summary/phases.js';
import { summariseTimeline } from '../../../scenarios/summary/timeline.js';
import { smallPlan } from '../../support/plans.js';
import { fakeReplication } from '../results.js';
import { entryOf, type FakeSecond, fakeTimelineRun, seconds } from '../timed-runs.js';

const S = 1e9;
const KILL = entryOf('kill 1 pod of web', [20], 0);

function summary(
  timeline: readonly TimelineEntryPlan[],
  lists: readonly (readonly FakeSecond[])[],
  slos: readonly SloSpec[] = [],
  happenings: readonly (readonly HappeningResult[])[] = [],
) {
  const plan = { ...smallPlan({}), timeline };
  const results = lists.map((list, i) => fakeTimelineRun(timeline, list, happenings[i]));
  return summariseTimeline({ plan, durationNs: lists[0].length * S, slos, results });
}

function errorsWithin(from: number, to: number, errors: number): FakeSecond[] {
  return seconds(60, (second) => (second >= from && second < to ? { errors } : {}));
}

test('a run without a timeline has nothing of it', () => {
  const results = [fakeReplication({ latenciesMs: [1, 2, 3] })];
  expect(summariseTimeline({ plan: smallPlan({}), durationNs: 10 * S, slos: [], results })).toEqual({});
});

describe('phases', () => {
  function names(timeline: readonly TimelineEntryPlan[]): string[] {
    return phaseNames(phasesOf(timeline, 60 * S), timeline);
  }

  test('are called after what holds, and after what has just ended', () => {
    expect(names([entryOf('A', [10], 20)])).toEqual(['before', 'A', 'after A']);
    expect(names([KILL])).toEqual(['before', 'after kill 1 pod of web']);
    expect(names([entryOf('A', [10], 30), entryOf('B', [20], 10)])).toEqual([
      'before',
      'A',
      'A + B',
      'A, after B',
      'after A',
    ]);
    expect(names([entryOf('A', [0], 10), entryOf('B', [10], null)])).toEqual(['A', 'B, after A']);
    expect(names([entryOf('A', [10, 20], 5)])).toEqual(['before', 'A #1', 'after A #1', 'A #2', 'after A #2']);
    const every = Array.from({ length: 40 }, (_, i) => 10 + i);
    expect(names([entryOf('A', every, 0.5)])).toEqual(['before', 'A, 40 times', 'after A, 40 times']);
  });

  test('have their rates, errors and latencies, with intervals from replications alone', () => {
    const lists = [errorsWithin(20, 30, 10), errorsWithin(20, 30, 12)];
    const [before, after] = summary([KILL], lists).phases ?? [];
    expect(before).toMatchObject({ name: 'before', fromSeconds: 0, toSeconds: 20, entries: [] });
    expect(before.all.goodputPerSecond).toEqual({ value: 100, low: 100, high: 100, reason: null });
    expect(after.all.errorShare.value).toBeCloseTo(220 / 8000, 10);
    expect(after.traffic).toHaveLength(1);
    const single = summary([KILL], lists.slice(0, 1)).phases?.[1].all.servedPerSecond;
    expect(single).toEqual({ value: 100, low: null, high: null, reason: 'one replication' });
  });
});

describe('impact', () => {
  test('requests lost are bad answers above the share of before', () => {
    const usual = (errors: number) => seconds(60, (second) => ({ errors: second >= 20 && second < 24 ? errors : 2 }));
    const [impact] = summary([KILL], [usual(50), usual(60)]).impacts ?? [];
    expect(impact).toMatchObject({ entry: 'kill 1 pod of web', times: 1, beginSeconds: 20, endSeconds: 20 });
    expect(impact.lost.value).toBeCloseTo((4 * 48 + 4 * 58) / 2, 8);
    expect(impact.worstErrors).toEqual({ atSeconds: 20, share: 0.55 });
    expect(impact.recovery).toMatchObject({
      from: 'begin',
      sinceSeconds: 20,
      recovered: 2,
      notRecovered: 0,
      left: null,
    });
    expect(impact.recovery.seconds.value).toBe(4);
  });

  test('what lasts counts from its end; what is better than before loses nothing', () => {
    const slow = entryOf('slow', [20], 10, { kind: 'slow', factor: 2, addNs: 0 });
    const [impact] =
      summary([slow], [seconds(60, (s) => (s < 20 ? { errors: 3 } : s < 33 ? { ms: 90 } : {}))]).impacts ?? [];
    expect(impact.lost.value).toBe(0);
    expect(impact.recovery).toMatchObject({ from: 'end', sinceSeconds: 30 });
    expect(impact.recovery.seconds.value).toBe(3);
  });

  test('what is not got over is said, with how it was left; the next entry is held against that', () => {
    const next = entryOf('next', [40], 0);
    const lists = [errorsWithin(20, 60, 25), seconds(60), seconds(60)];
    const [first, second] = summary([KILL, next], lists).impacts ?? [];
    expect(first.recovery).toMatchObject({
      recovered: 2,
      notRecovered: 1,
      left: { request: null, errorShare: 0.25, afterSeconds: 20, until: 'next' },
    });
    expect(first.lost.value).toBeCloseTo(500 / 3, 8);
    expect(second.lost.value).toBeCloseTo(0, 8);
    expect(second.recovery.left).toMatchObject({ errorShare: 0.25, until: null });
  });

  test('of several times the loss is that of each, and the last says whether it recovers', () => {
    const kills = entryOf('kills', [20, 30, 40], 0);
    const list = seconds(60, (second) => (second >= 20 && second < 42 ? { errors: 30 } : {}));
    const [impact] = summary([kills], [list]).impacts ?? [];
    expect(impact).toMatchObject({ times: 3, recovery: { recovered: 1, notRecovered: 0, sinceSeconds: 40 } });
    expect(impact.recovery.seconds.value).toBe(2);
  });

  test('what begins with the run is held against a run without errors', () => {
    const [impact] = summary([entryOf('A', [0], 10)], [errorsWithin(0, 12, 40)]).impacts ?? [];
    expect(impact.lost.value).toBe(480);
    expect(impact.recovery).toMatchObject({ before: null, recovered: 1 });
    expect(impact.recovery.seconds.value).toBe(2);
  });

  test('error budgets: bad or late answers, of what the objective lets fail in the whole run', () => {
    const subject = { subjectText: '', subject: { kind: 'all' as const }, position: null, objectiveShare: 0.9 };
    const slos = [
      { ...subject, name: 'up', latencyNs: null },
      { ...subject, name: 'fast', latencyNs: 50e6 },
    ];
    const list = seconds(60, (second) => (second >= 20 && second < 30 ? { errors: 30, ms: 200 } : {}));
    const [impact] = summary([KILL], [list], slos).impacts ?? [];
    const used = impact.budgets.map(({ slo, usedShare }) => [slo, Number(usedShare.value?.toFixed(6))]);
    expect(used).toEqual([
      ['up', 0.5],
      ['fast', 1.666667],
    ]);
  });
});

describe('happenings', () => {
  const readyAt = (second: number, pod: number): HappeningResult => {
    return { atNs: second * S, kind: 'pod ready', entry: -1, workload: 1, pod };
  };
  const killed: HappeningResult = { atNs: 20 * S, kind: 'pod killed', entry: 0, workload: 1, pod: 0 };

  test('alike things after one entry are one line, with medians over the replications', () => {
    const replications = [
      [killed, readyAt(21, 0), readyAt(22, 1), readyAt(22.3, 2)],
      [killed, readyAt(21.2, 0), readyAt(22, 1), readyAt(22.5, 2)],
      [killed, readyAt(21.1, 0), readyAt(22, 1), readyAt(22.4, 2)],
    ];
    const lists = replications.map(() => errorsWithin(20, 23, 50));
    const { happenings = [] } = summary([KILL], lists, [], replications);
    expect(happenings.map(({ kind, atSeconds }) => [kind, atSeconds])).toEqual([
      ['began', 20],
      ['pod killed', 20],
      ['pod ready', 21.1],
      ['recovered', 23],
    ]);
    expect(happenings[2]).toEqual({
      kind: 'pod ready',
      entry: 'kill 1 pod of web',
      time: 1,
      atSeconds: 21.1,
      lastSeconds: 22.4,
      lowSeconds: 21,
      highSeconds: 22.5,
      workload: 'web-v1.default',
      workloads: 1,
      count: 3,
      replications: 3,
    });
  });

  test('many times of an entry are told together, and what was in the warm-up not at all', () => {
    const kills = entryOf('kills', [20, 25, 30, 35, 40], 0);
    const all = [-3, 21, 26, 31.5, 36, 41].map((second) => readyAt(second, 0));
    const { happenings = [] } = summary([kills], [seconds(60)], [], [all]);
    expect(
      happenings.map(({ kind, time, count, atSeconds, lastSeconds }) => [kind, time, count, atSeconds, lastSeconds]),
    ).toEqual([
      ['began', 0, 5, 20, 40],
      ['pod ready', 0, 1, 21, 21.5],
    ]);
  });
});
