// Probes and restarts in runs, by number (k8s: pkg/kubelet/prober, pkg/kubelet/kuberuntime).
import { expect, test } from 'vitest';
import type { ReplicationResult } from '../../models/mesh/recording/result.js';
import { simulate } from '../../models/mesh/run/simulation.js';
import type { KubeletPlan } from '../../models/plan/contract/kubelet-plan.js';
import type { PodFaultPlan, TimelineAction, TimelineEntryPlan } from '../../models/plan/contract/timeline-plan.js';
import { allOutcomes, MS, S, type SmallPlan, smallPlan, work } from '../support/plans.js';
import { PROBE, UNPROBED } from '../support/probes.js';

const WEB = 1;
const STEADY: SmallPlan = {
  pods: 2,
  arrivals: [{ kind: 'open', process: 'constant', profile: [{ atNs: 0, ratePerSecond: 10 }] }],
  program: [work(20 * MS)],
  clientTimeoutNs: S,
  oneWayNs: MS,
};

function entry(startNs: number, durationNs: number | null, action: TimelineAction): TimelineEntryPlan {
  return { name: action.kind, position: null, startsNs: [startNs], durationNs, rampNs: 0, action };
}

function onPods(
  startNs: number,
  durationNs: number | null,
  fault: PodFaultPlan,
  ordinals: number[],
): TimelineEntryPlan {
  const target = { workloads: [WEB], localities: null, ordinals, pods: { kind: 'all' as const } };
  return entry(startNs, durationNs, { kind: 'pods', target, fault });
}

function run(
  kubelet: Partial<KubeletPlan> | null,
  timeline: readonly TimelineEntryPlan[],
  seed = 'kubelet',
  durationNs = 120 * S,
): ReplicationResult {
  const plan = smallPlan(STEADY);
  const workloads = plan.workloads.map((one, index) =>
    index === WEB && kubelet !== null ? { ...one, kubelet: { ...UNPROBED, ...kubelet } } : one,
  );
  const options = { seed, replication: 0, warmupNs: 0, durationNs, intervalNs: S, maxEvents: 1e7 };
  return simulate({ ...plan, workloads, timeline }, options);
}

function times({ happenings = [] }: ReplicationResult, kind: string): number[] {
  return happenings.filter((one) => one.kind === kind).map(({ atNs }) => atNs / S);
}

const SEEDS = ['a', 'b', 'c', 'd', 'e', 'f'];

test.each(SEEDS)('DY-38: a pod whose network is gone is no endpoint after the third failed probe (%s)', (seed) => {
  const pod = { workloads: [WEB], localities: null, ordinals: [0] };
  const anywhere = { workloads: null, localities: null };
  const fault = { kind: 'loss' as const, probability: 1 };
  const loss = entry(20 * S, 60 * S, { kind: 'link', from: anywhere, to: pod, bothWays: true, fault });
  const result = run({ readiness: PROBE }, [loss], seed);
  const [out, ...more] = times(result, 'pod unready');
  expect(more).toEqual([]);
  expect(out! - 20).toBeGreaterThanOrEqual(21);
  expect(out! - 20).toBeLessThanOrEqual(31);
  const [back] = times(result, 'pod ready again');
  expect(back! - 80).toBeLessThanOrEqual(10.1);
  // One probe later: the next of the grid.
  expect((back! - (out! - 1)) % 10).toBeLessThan(0.1);
});

test('DY-52: an application that never lives long is started at once, then 10, 20, 40, 80, 160 and 300 s after its end', () => {
  const liveness = { ...PROBE, periodSeconds: 1, failureThreshold: 1 };
  const result = run({ liveness }, [onPods(5 * S, null, { kind: 'refuse' }, [0])], 'back-off', 1000 * S);
  const ends = times(result, 'container killed');
  const starts = times(result, 'application up');
  expect(starts.map((start, index) => Math.round((start - ends[index]!) * 1000) / 1000)).toEqual(
    [0, 10, 20, 40, 80, 160, 300, 300].slice(0, starts.length),
  );
  expect(starts.length).toBeGreaterThanOrEqual(7);
});

test.each(SEEDS)(
  'DY-54: a startup probe of 5 s and 6 failures: ready with its first success, killed after 30 s (%s)',
  (seed) => {
    const kill = onPods(10 * S, 0, { kind: 'kill' }, [0]);
    const [up] = times(run(null, [kill], seed), 'pod ready');
    const probes = {
      startup: { ...PROBE, periodSeconds: 5, failureThreshold: 6 },
      readiness: { ...PROBE, periodSeconds: 60 },
    };
    const booting = (seconds: number) => ({ ...probes, bootNs: { kind: 'constant' as const, value: seconds * S } });
    // The grid has a phase of its own; readiness is probed as soon as the startup probe has succeeded.
    const started = run(booting(12), [kill], seed);
    const [ready] = times(started, 'pod ready');
    expect(ready! - up!).toBeGreaterThanOrEqual(12);
    expect(ready! - up!).toBeLessThanOrEqual(17.1);
    expect(times(started, 'container killed')).toEqual([]);
    const [killed] = times(run(booting(31), [kill], seed), 'container killed');
    expect(killed! - up!).toBeGreaterThanOrEqual(25);
    expect(killed! - up!).toBeLessThanOrEqual(30.1);
  },
);

test('CH-21: of two hosts one is not ready, then both: all go to the other, then 503 UH at once', () => {
  const kubelet = { readiness: { ...PROBE, periodSeconds: 1, failureThreshold: 1 } };
  const one = onPods(10 * S, null, { kind: 'refuse' }, [0]);
  const both = onPods(60 * S, null, { kind: 'refuse' }, [1]);
  const result = run(kubelet, [one, both]);
  const { errors } = result.series.traffic[0]!;
  expect(errors.slice(15, 60).every((count) => count === 0)).toBe(true);
  expect(errors.slice(65, 119).every((count) => count >= 9)).toBe(true);
  expect(allOutcomes(result)['503 UH']).toBeGreaterThan(500);
});
