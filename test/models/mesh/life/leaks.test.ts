// Applications that leak memory: when they are killed, when they are back, and what stays with the end of a leak.
import { describe, expect, it } from 'vitest';
import type { ReplicationResult } from '../../../../models/mesh/recording/result.js';
import { simulate } from '../../../../models/mesh/run/simulation.js';
import type { PodFaultPlan, TimelineEntryPlan } from '../../../../models/plan/contract/timeline-plan.js';
import { MS, poisson, S, smallPlan, work } from '../../../support/plans.js';

const WEB = 1;

/** 100 bytes of room. */
function leak(bytesPerSecond: number): PodFaultPlan {
  return { kind: 'leak', bytesPerSecond, roomBytes: [{ workload: WEB, bytes: 100 }] };
}

function entry(atSeconds: number, forSeconds: number | null, fault: PodFaultPlan): TimelineEntryPlan {
  return {
    name: 'entry',
    position: null,
    startsNs: [atSeconds * S],
    durationNs: forSeconds === null ? null : forSeconds * S,
    rampNs: 0,
    action: {
      kind: 'pods',
      target: { workloads: [WEB], localities: null, ordinals: null, pods: { kind: 'all' } },
      fault,
    },
  };
}

function run(...timeline: TimelineEntryPlan[]): ReplicationResult {
  const plan = smallPlan({ arrivals: [poisson(100)], program: [work(5 * MS)], clientTimeoutNs: S });
  return simulate(
    { ...plan, timeline },
    { seed: 'leak', replication: 0, warmupNs: 0, durationNs: 60 * S, intervalNs: S, maxEvents: 1e6 },
  );
}

function times({ happenings = [] }: ReplicationResult, kind: string): number[] {
  return happenings.filter((one) => one.kind === kind).map(({ atNs }) => atNs / S);
}

describe('an application that leaks memory', () => {
  it('DY-55: is killed at its limit, is back within a second, then after a back-off of 10 s, and leaks on', () => {
    const result = run(entry(10, null, leak(10)));
    const [first, second, third] = times(result, 'out of memory');
    const [up, later] = times(result, 'application up');
    expect(first).toBeCloseTo(20, 6);
    expect(up! - first!).toBeGreaterThanOrEqual(0);
    expect(up! - first!).toBeLessThanOrEqual(1);
    expect(second! - up!).toBeCloseTo(10, 6);
    expect(later! - second!).toBeCloseTo(10, 6);
    expect(third! - later!).toBeCloseTo(10, 6);
    expect(times(result, 'application down')).toEqual(times(result, 'out of memory'));
    // Only the container is killed: the pod stays.
    expect(times(result, 'pod created')).toEqual([]);
    expect(result.traffic[0]!.outcomes.some(({ good }) => !good)).toBe(true);
  });

  it('keeps what has leaked when a leak ends, and two leaks add up', () => {
    expect(times(run(entry(10, 9, leak(10))), 'out of memory')).toEqual([]);
    // 90 bytes, then 1 byte a second.
    expect(times(run(entry(10, 9, leak(10)), entry(30, null, leak(1))), 'out of memory')[0]).toBeCloseTo(40, 6);
    expect(times(run(entry(10, null, leak(10)), entry(15, null, leak(40))), 'out of memory')[0]).toBeCloseTo(16, 6);
  });

  it('has a new process after a crash', () => {
    const crashed = run(entry(10, null, leak(10)), entry(12, 1, { kind: 'crash' }));
    expect(times(crashed, 'out of memory')[0]).toBeCloseTo(times(crashed, 'application up')[0]! + 10, 6);
  });
});
