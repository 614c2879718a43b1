// Hand-made runs with a timeline: what each interval had is given, phases and series follow from it.
import type { HappeningResult } from '../../models/mesh/recording/happenings.js';
import { phasesOf } from '../../models/mesh/recording/phases.js';
import type { ReplicationResult, SeriesResult } from '../../models/mesh/recording/result.js';
import type { PodFaultPlan, TimelineEntryPlan } from '../../models/plan/contract/timeline-plan.js';
import { Histogram } from '../../sim/statistics/index.js';
import { fakeReplication } from './results.js';

const SECOND = 1e9;
const NS_PER_MS = 1e6;

/** What one second had: requests that came and that ended, how many of these badly, and the latency of the good ones. */
export interface FakeSecond {
  readonly offered?: number;
  readonly completed: number;
  readonly errors?: number;
  readonly ms?: number;
}

/** 100 requests a second, all good within 10 ms, but for the seconds that say otherwise. */
export function seconds(count: number, other: (second: number) => Partial<FakeSecond> = () => ({})): FakeSecond[] {
  return Array.from({ length: count }, (_, second) => ({ completed: 100, ...other(second) }));
}

function latencyOf({ completed, errors = 0, ms = 10 }: FakeSecond, resolution?: number): Histogram {
  const histogram = new Histogram(resolution);
  histogram.recordMany(ms * NS_PER_MS, completed - errors);
  return histogram;
}

export function fakeSeries(
  flows: readonly (readonly FakeSecond[])[],
): Pick<SeriesResult, 'intervalNs' | 'intervals' | 'traffic'> {
  return {
    intervalNs: SECOND,
    intervals: flows[0].length,
    traffic: flows.map((list) => ({
      offered: list.map(({ offered, completed }) => offered ?? completed),
      completed: list.map(({ completed }) => completed),
      errors: list.map(({ errors }) => errors ?? 0),
      latencySumNs: list.map(() => 0),
      latency: list.map((second) => latencyOf(second, 8).toData()),
    })),
  };
}

export function entryOf(
  name: string,
  startsS: readonly number[],
  durationS: number | null,
  fault: PodFaultPlan = { kind: 'kill' },
): TimelineEntryPlan {
  return {
    name,
    position: null,
    startsNs: startsS.map((second) => second * SECOND),
    durationNs: durationS === null ? null : durationS * SECOND,
    rampNs: 0,
    action: {
      kind: 'pods',
      target: { workloads: [1], localities: null, ordinals: null, pods: { kind: 'all' } },
      fault,
    },
  };
}

/** A replication of one request. Entries begin and end at whole seconds. */
export function fakeTimelineRun(
  timeline: readonly TimelineEntryPlan[],
  list: readonly FakeSecond[],
  happenings: readonly HappeningResult[] = [],
): ReplicationResult {
  const base = fakeReplication({ latenciesMs: Array.from({ length: 100 }, () => 10), intervals: list.length });
  const phases = phasesOf(timeline, list.length * SECOND).map(({ fromNs, toNs }) => {
    const own = list.slice(fromNs / SECOND, toNs / SECOND);
    const sum = (of: (second: FakeSecond) => number): number => own.reduce((total, second) => total + of(second), 0);
    const goodLatency = new Histogram();
    for (const second of own) goodLatency.merge(latencyOf(second));
    const completed = sum((second) => second.completed);
    const good = completed - sum(({ errors }) => errors ?? 0);
    return [
      {
        offered: sum((second) => second.offered ?? second.completed),
        completed,
        good,
        goodLatency: goodLatency.toData(),
      },
    ];
  });
  const { traffic, ...series } = fakeSeries([list]);
  return { ...base, happenings, phases, series: { ...base.series, ...series, traffic } };
}
