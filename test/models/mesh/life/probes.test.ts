// The kubelets of a run: probes that ask the application, what becomes of pods that fail them, and the spiral that this can be.
import { describe, expect, test } from 'vitest';
import type { ReplicationResult } from '../../../../models/mesh/recording/result.js';
import { simulate } from '../../../../models/mesh/run/simulation.js';
import type { KubeletPlan } from '../../../../models/plan/contract/kubelet-plan.js';
import type { MeshPlan } from '../../../../models/plan/contract/plan.js';
import type { PodFaultPlan, TimelineEntryPlan } from '../../../../models/plan/contract/timeline-plan.js';
import { MS, poisson, S, type SmallPlan, smallPlan, work } from '../../../support/plans.js';
import { PROBE, UNPROBED } from '../../../support/probes.js';

const WEB = 1;

/** Ten requests a second, evenly spaced. */
const STEADY: SmallPlan = {
  arrivals: [{ kind: 'open', process: 'constant', profile: [{ atNs: 0, ratePerSecond: 10 }] }],
  program: [work(20 * MS)],
  oneWayNs: MS,
};

function onPods(startNs: number, durationNs: number | null, fault: PodFaultPlan, count = 1): TimelineEntryPlan {
  const target = { workloads: [WEB], localities: null, ordinals: null, pods: { kind: 'count' as const, count } };
  const action = { kind: 'pods' as const, target, fault };
  return { name: fault.kind, position: null, startsNs: [startNs], durationNs, rampNs: 0, action };
}

function traffic(startNs: number, durationNs: number, factor: number): TimelineEntryPlan {
  const action = { kind: 'traffic' as const, traffic: [0], factor };
  return { name: 'more', position: null, startsNs: [startNs], durationNs, rampNs: 0, action };
}

function run(
  kubelet: KubeletPlan | null,
  timeline: readonly TimelineEntryPlan[],
  small: SmallPlan = {},
  durationNs = 120 * S,
  seed = 'probes',
): ReplicationResult {
  const plan: MeshPlan = smallPlan({ ...STEADY, ...small });
  const workloads = plan.workloads.map((one, index) => (index === WEB && kubelet !== null ? { ...one, kubelet } : one));
  const options = { seed, replication: 0, warmupNs: S, durationNs, intervalNs: S, maxEvents: 1e7 };
  return simulate({ ...plan, workloads, timeline }, options);
}

/** Seconds at which things of a kind happened. */
function times({ happenings = [] }: ReplicationResult, kind: string): number[] {
  return happenings.filter((one) => one.kind === kind).map(({ atNs }) => atNs / S);
}

const errorsOf = ({ series }: ReplicationResult): readonly number[] => series.traffic[0]!.errors;
const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);

describe('readiness', () => {
  test('of a pod that is well stays as it is, and nobody notices the probes', () => {
    const probed = run({ ...UNPROBED, readiness: PROBE, liveness: { ...PROBE, periodSeconds: 1 } }, []);
    const plain = run(null, []);
    expect(probed.happenings ?? []).toEqual([]);
    expect(sum(errorsOf(probed))).toBe(0);
    expect(probed.workloads[WEB]!.arrivals).toBe(plain.workloads[WEB]!.arrivals);
    expect(probed.workloads[WEB]!.completed).toBe(plain.workloads[WEB]!.completed);
  });

  test.each([
    ['hang', { kind: 'hang' }, 'request'],
    ['refuse', { kind: 'refuse' }, 'request'],
    ['fail', { kind: 'fail', share: 1, status: 503 }, 'request'],
    ['refuse, by connection', { kind: 'refuse' }, 'connection'],
  ] as const)('%s: lost after the third failed probe, back one probe after the end', (_, fault, asks) => {
    const result = run({ ...UNPROBED, readiness: { ...PROBE, asks } }, [onPods(20 * S, 60 * S, fault)], { pods: 2 });
    const [lost, ...more] = times(result, 'pod unready');
    expect(more).toEqual([]);
    expect(lost).toBeGreaterThanOrEqual(40);
    expect(lost).toBeLessThanOrEqual(51);
    const [back] = times(result, 'pod ready again');
    expect(back).toBeGreaterThanOrEqual(80);
    expect(back).toBeLessThanOrEqual(90.1);
    // The proxies have heard of the one that is lost, and leave it alone.
    expect(sum(errorsOf(result).slice(Math.ceil(lost!) + 1, 79))).toBe(0);
  });

  test('by connection alone says nothing of an application that hangs', () => {
    const result = run({ ...UNPROBED, readiness: { ...PROBE, asks: 'connection' } }, [
      onPods(20 * S, 60 * S, { kind: 'hang' }),
    ]);
    expect(times(result, 'pod unready')).toEqual([]);
  });

  test('of an application that is slower than the time-out, and only of that', () => {
    const slow = (addNs: number) => onPods(20 * S, 60 * S, { kind: 'slow', factor: 1, addNs });
    const readiness = { ...PROBE, periodSeconds: 2 };
    expect(times(run({ ...UNPROBED, readiness }, [slow(900 * MS)]), 'pod unready')).toEqual([]);
    expect(times(run({ ...UNPROBED, readiness }, [slow(1100 * MS)]), 'pod unready')).toHaveLength(1);
    const patient = { ...readiness, timeoutSeconds: 2 };
    expect(times(run({ ...UNPROBED, readiness: patient }, [slow(1100 * MS)]), 'pod unready')).toEqual([]);
  });
});

describe('liveness', () => {
  const liveness = { ...PROBE, periodSeconds: 5 };

  test('starts an application anew that hangs, which is the end of that: SIGKILL after the grace period', () => {
    const kubelet = { ...UNPROBED, liveness, graceNs: 8 * S };
    const result = run(kubelet, [onPods(20 * S, null, { kind: 'hang' })], { pods: 2 });
    const [killed, ...more] = times(result, 'container killed');
    expect(more).toEqual([]);
    expect(killed).toBeGreaterThanOrEqual(30);
    expect(killed).toBeLessThanOrEqual(36);
    expect(times(result, 'application up')).toEqual([killed! + 8]);
    expect(sum(errorsOf(result).slice(Math.ceil(killed! + 10)))).toBe(0);
  });

  test('starts what stays broken again and again, with the back-off of the kubelet', () => {
    const quick = { ...PROBE, periodSeconds: 1, failureThreshold: 1 };
    const result = run({ ...UNPROBED, liveness: quick }, [onPods(20 * S, null, { kind: 'refuse' })], {}, 240 * S);
    const ups = times(result, 'application up');
    const downs = times(result, 'container killed');
    const waits = downs.slice(0, 5).map((down, index) => Math.round(ups[index]! - down));
    expect(waits).toEqual([0, 10, 20, 40, 80]);
  });

  test('is nothing to a pod that only fails readiness', () => {
    const kubelet = { ...UNPROBED, readiness: PROBE };
    expect(times(run(kubelet, [onPods(20 * S, 60 * S, { kind: 'hang' })]), 'container killed')).toEqual([]);
  });
});

test('a crash is noticed by the kubelet at its next relist, and the pod is ready again after a probe', () => {
  const readiness = { ...PROBE, periodSeconds: 5 };
  const result = run({ ...UNPROBED, readiness }, [onPods(20 * S, 5 * S, { kind: 'crash' })], { pods: 2 });
  const [unready] = times(result, 'pod unready');
  expect(unready).toBeGreaterThan(20);
  expect(unready).toBeLessThanOrEqual(21);
  const [up] = times(result, 'application up');
  const [back] = times(result, 'pod ready again');
  // The readiness probe runs as soon as the container does.
  expect(back! - up!).toBeLessThan(0.01);
});

describe('a new pod', () => {
  const kill = onPods(20 * S, 0, { kind: 'kill' });

  test('is ready when its readiness probe says so, after its application has come up', () => {
    const kubelet = {
      ...UNPROBED,
      readiness: { ...PROBE, periodSeconds: 5 },
      bootNs: { kind: 'constant' as const, value: 12 * S },
    };
    const [ready] = times(run(kubelet, [kill], { pods: 2 }), 'pod ready');
    // 12 s from the start of the container, about a second after the kill, and at most one period.
    expect(ready).toBeGreaterThanOrEqual(32);
    expect(ready).toBeLessThanOrEqual(40);
  });

  test('is ready with its container where nothing probes, and refuses until its application has come up', () => {
    const result = run({ ...UNPROBED, bootNs: { kind: 'constant', value: 12 * S } }, [kill], { pods: 2 });
    const [ready] = times(result, 'pod ready');
    expect(ready).toBeLessThan(24);
    expect(sum(errorsOf(result).slice(25, 31))).toBeGreaterThan(10);
    expect(sum(errorsOf(result).slice(36))).toBe(0);
  });

  test('is condemned by its liveness probe where it takes longer to come up, and never gets there', () => {
    const bootNs = { kind: 'constant' as const, value: 40 * S };
    const result = run({ ...UNPROBED, readiness: PROBE, liveness: PROBE, bootNs }, [kill], { pods: 2 }, 200 * S);
    expect(times(result, 'container killed').length).toBeGreaterThanOrEqual(3);
    expect(times(result, 'pod ready')).toEqual([]);
    const startup = { ...PROBE, failureThreshold: 10 };
    const cured = run(
      { ...UNPROBED, startup, readiness: PROBE, liveness: PROBE, bootNs },
      [kill],
      { pods: 2 },
      200 * S,
    );
    expect(times(cured, 'container killed')).toEqual([]);
    expect(times(cured, 'pod ready')).toHaveLength(1);
  });
});

describe('the death spiral', () => {
  // Four pods can bear 160 requests a second, and 130 come; for 20 s it is 195.
  const LOADED: SmallPlan = {
    pods: 4,
    arrivals: [poisson(130)],
    program: [work(100 * MS)],
    app: { workers: 4, queue: 200, cores: 1000 },
    clientTimeoutNs: 5 * S,
  };
  const surge = [traffic(20 * S, 20 * S, 1.5)];
  const readiness = { ...PROBE, periodSeconds: 5 };
  const liveness = { ...PROBE, periodSeconds: 5, failureThreshold: 4 };
  const surged = (kubelet: Partial<KubeletPlan>): { readonly late: number; readonly killed: number } => {
    const bootNs = { kind: 'constant' as const, value: 15 * S };
    const result = run({ ...UNPROBED, ...kubelet, bootNs }, surge, LOADED, 240 * S);
    const { errors, completed } = result.series.traffic[0]!;
    const late = sum(errors.slice(180)) / sum(completed.slice(180));
    return { late, killed: times(result, 'container killed').length };
  };

  test('a surge takes pods away one after the other, and what is left can never bear the load', () => {
    const { late, killed } = surged({ readiness, liveness });
    expect(late).toBeGreaterThan(0.5);
    expect(killed).toBeGreaterThan(10);
  });

  test('without a liveness probe, or with longer time-outs, the same surge passes', () => {
    expect(surged({ readiness })).toEqual({ late: 0, killed: 0 });
    const patient = { timeoutSeconds: 10, periodSeconds: 10 };
    expect(surged({ readiness: { ...readiness, ...patient }, liveness: { ...liveness, ...patient } })).toEqual({
      late: 0,
      killed: 0,
    });
  });
});
