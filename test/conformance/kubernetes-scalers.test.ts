// KEDA, Karpenter and the Cluster Autoscaler against their documented behaviour (keda:
// pkg/scaling/executor/scale_scaledobjects.go, pkg/fallback/fallback.go; karpenter:
// pkg/controllers/provisioning/batcher.go; autoscaler: cluster-autoscaler/FAQ.md).
import { describe, expect, test } from 'vitest';
import {
  type Capacity,
  ClusterAutoscaler,
  type ClusterObservation,
  type ScaleDownNode,
} from '../../models/kubernetes/autoscaling/cluster-autoscaler.js';
import { parseCron } from '../../models/kubernetes/autoscaling/cron.js';
import { HorizontalPodAutoscaler } from '../../models/kubernetes/autoscaling/hpa.js';
import type { HpaMetric } from '../../models/kubernetes/autoscaling/hpa-spec.js';
import { KarpenterBatcher } from '../../models/kubernetes/autoscaling/karpenter.js';
import { DEFAULT_KEDA_SPEC, hpaBounds, KedaLoop, type KedaSpec } from '../../models/kubernetes/autoscaling/keda.js';
import { cronReading, KedaTrigger } from '../../models/kubernetes/autoscaling/keda-triggers.js';
import { SchedulingQueue } from '../../models/kubernetes/scheduling/queue.js';
import { MINUTE_NS, SECOND_NS } from '../../models/kubernetes/terms/units.js';
import { simulate } from '../../models/mesh/run/simulation.js';
import { controller } from '../support/controllers.js';
import { hpaPod } from '../support/hpa.js';
import { growingPool } from '../support/nodes.js';
import { poisson, smallPlan, work } from '../support/plans.js';

const S = SECOND_NS;
const external = (target: number): HpaMetric => ({
  kind: 'external',
  target: { kind: 'averageValue', milli: 1000 * target },
});
const hpaOf = (spec: KedaSpec, target: number): HorizontalPodAutoscaler => {
  const { min, max } = hpaBounds(spec);
  return new HorizontalPodAutoscaler({
    minReplicas: min,
    maxReplicas: max,
    metrics: [external(target)],
    behavior: null,
  });
};
const seen = (replicas: number, value: number | null) => ({
  specReplicas: replicas,
  statusReplicas: replicas,
  pods: Array.from({ length: replicas }, () => hpaPod()),
  readings: [value === null ? null : ({ kind: 'value', milli: 1000 * value } as const)],
});
const trigger = (target: number, activation = 0): KedaTrigger =>
  new KedaTrigger({ target, activation, fallback: null });

describe('KEDA', () => {
  test('DY-41: from zero to one at a poll, and further at a sync of the HPA', () => {
    const loop = new KedaLoop(DEFAULT_KEDA_SPEC, 0);
    const prometheus = trigger(5);
    const hpa = hpaOf(DEFAULT_KEDA_SPEC, 5);
    const valueAt = (second: number): number => (second >= 1 ? 12 : 0);
    let replicas = 0;
    const history: [number, number][] = [];
    for (let second = 0; second <= 60; second += 15) {
      if (second % 30 === 0) {
        const { active } = prometheus.read(valueAt(second), replicas);
        replicas = loop.poll(second * S, replicas, { active, failed: false }).replicas ?? replicas;
      }
      if (second >= 45) replicas = hpa.sync(second * S, seen(replicas, valueAt(second))).replicas;
      history.push([second, replicas]);
    }
    expect(history).toEqual([
      [0, 0],
      [15, 0],
      [30, 1],
      [45, 3],
      [60, 3],
    ]);
  });

  test('DY-42: the way to zero waits for strictly more than the cooldown', () => {
    const loop = new KedaLoop(DEFAULT_KEDA_SPEC, 0);
    const replicas: [number, number | null][] = [];
    for (let second = 0; second <= 630; second += 30) {
      const decision = loop.poll(second * S, 1, { active: second <= 300, failed: false });
      if (second >= 570) replicas.push([second, decision.replicas]);
    }
    expect(replicas).toEqual([
      [570, null],
      [600, null],
      [630, 0],
    ]);
  });

  test('DY-43: a trigger is active strictly above its activation threshold', () => {
    expect(trigger(5, 10).read(10, 1)).toEqual({ value: 10, active: false });
    expect(trigger(5, 10).read(10.1, 1)).toEqual({ value: 10.1, active: true });
  });

  test('DY-44: the fallback holds from the fourth failure on', () => {
    const failing = new KedaTrigger({
      target: 5,
      activation: 0,
      fallback: { failureThreshold: 3, replicas: 6, behavior: 'static' },
    });
    const readings = [1, 2, 3, 4].map(() => failing.read(null, 2));
    expect(readings.map(({ value }) => value)).toEqual([null, null, null, 30]);
    expect(readings[3]!.active).toBe(true);
    const hpa = hpaOf(DEFAULT_KEDA_SPEC, 5);
    const replicas = readings.map(({ value }, at) => hpa.sync(at * 15 * S, seen(2, value)).proposals[0]);
    expect(replicas.slice(0, 3)).toEqual([{ error: 'no value' }, { error: 'no value' }, { error: 'no value' }]);
    expect(replicas[3]).toMatchObject({ replicas: 6 });
  });

  test('DY-45: a cron window, and the stabilisation after its end', () => {
    const hour = 60 * MINUTE_NS;
    const spec = { ...DEFAULT_KEDA_SPEC, minReplicas: 2 };
    const hpa = hpaOf(spec, 1);
    const window = { start: parseCron('0 8 * * *')!, end: parseCron('0 20 * * *')!, offsetSeconds: 0 };
    const at = (nowNs: number) => cronReading(window, nowNs / S, 10).value;
    let replicas = 2;
    const history = new Map<number, number>();
    for (let nowNs = 8 * hour - 25 * S; nowNs <= 20 * hour + 330 * S; nowNs += 15 * S) {
      replicas = hpa.sync(nowNs, seen(replicas, at(nowNs))).replicas;
      history.set(nowNs, replicas);
    }
    // From 2 replicas the older rules let the first sync go to 4 only, the next ones to 8 and 10.
    expect(history.get(8 * hour - 10 * S)).toBe(2);
    expect(history.get(8 * hour + 5 * S)).toBe(4);
    expect(history.get(8 * hour + 35 * S)).toBe(10);
    expect(history.get(20 * hour + 290 * S)).toBe(10);
    expect(history.get(20 * hour + 305 * S)).toBe(2);
  });
});

describe('Karpenter', () => {
  const closing = (pods: readonly number[]): number => {
    const batcher = new KarpenterBatcher();
    for (const second of pods) {
      if (batcher.closesNs !== null && second * S >= batcher.closesNs) break;
      batcher.trigger(second * S);
    }
    const closesNs = batcher.closesNs!;
    expect(batcher.close(closesNs - 1)).toBe(false);
    expect(batcher.close(closesNs)).toBe(true);
    expect(batcher.closesNs).toBe(null);
    return closesNs / S;
  };

  test('DY-46: a batch closes after a second of silence, or after ten seconds', () => {
    expect(closing([0, 0.8, 1.6])).toBeCloseTo(2.6);
    expect(closing(Array.from({ length: 30 }, (_, at) => 0.9 * at))).toBe(10);
  });
});

const LARGE: Capacity = { cpuMilli: 4000, memoryBytes: 8e9, pods: 110 };
const GROUP = { name: 'pool', size: 3, min: 1, max: 10, allocatable: LARGE, upcoming: 0 };
const observed = (fields: Partial<ClusterObservation>): ClusterObservation => ({
  pending: [],
  groups: [GROUP],
  nodes: [],
  ...fields,
});

describe('Cluster Autoscaler', () => {
  const removedAt = (utilization: number): number | null => {
    const autoscaler = new ClusterAutoscaler();
    const node: ScaleDownNode = {
      name: 'n',
      group: 'pool',
      utilization,
      movablePods: 2,
      removable: true,
      deleting: false,
    };
    for (let second = 3; second < 3600; second += 10) {
      // The node is little used from second 42 on.
      const nodes = [second >= 42 ? node : { ...node, utilization: 0.9 }];
      if (autoscaler.scan(second * S, observed({ nodes })).remove.length > 0) return second;
    }
    return null;
  };

  test('DY-47: a node that is little used goes at the first scan after ten minutes; another never', () => {
    expect(removedAt(0.49)).toBe(43 + 600);
    expect(removedAt(0.51)).toBe(null);
  });

  test('DY-48: from a pending pod to a running one', () => {
    const autoscaler = new ClusterAutoscaler();
    const pending = [{ pendingSinceNs: 0, requests: { cpuMilli: 1000, memoryBytes: 1e9 }, groups: new Set(['pool']) }];
    const decision = autoscaler.scan(7 * S, observed({ pending }));
    expect(decision.grow).toEqual([{ group: 'pool', nodes: 1 }]);
    const again = autoscaler.scan(decision.nextNs, observed({ pending, groups: [{ ...GROUP, size: 4, upcoming: 1 }] }));
    expect(again.grow).toEqual([]);

    // The pod has failed at 0; the node is there after a boot of 180 s, and pull and start take 5 s.
    const queue = new SchedulingQueue(undefined, 0.4 * S);
    queue.add(0, 'pod', 0);
    expect(queue.pop(0)).toBe('pod');
    queue.failed(0, 'pod');
    const readyNs = (7 + 180) * S;
    queue.clusterChanged(readyNs);
    const boundNs = queue.nextNs!;
    expect(queue.pop(Math.max(boundNs, readyNs))).toBe('pod');
    const runningSecond = Math.max(boundNs, readyNs) / S + 5;
    expect(runningSecond).toBeGreaterThanOrEqual(192);
    expect(runningSecond).toBeLessThanOrEqual(193);
  });

  test('DY-48, as a run: a scan within 10 s, the boot, a second of the scheduler, and the start of the pod', () => {
    const plan = smallPlan({ pods: 2, arrivals: [poisson(1)], program: [work(1e6)] });
    const nodes = growingPool(1, 2, 2, 180 * S, { cpuMilli: 1000 });
    const action = { kind: 'scale', workloads: [1], replicas: 3 } as const;
    const timeline = [{ name: 'scale', position: null, startsNs: [20 * S], durationNs: 0, rampNs: 0, action }];
    const { happenings = [] } = simulate(
      { ...plan, nodes, controllers: [controller({ replicas: 2 })], timeline },
      { seed: 'DY-48', replication: 0, warmupNs: 0, durationNs: 300 * S, intervalNs: S, maxEvents: 1e6 },
    );
    const second = (kind: string): number => happenings.find((one) => one.kind === kind)!.atNs / S;
    expect(second('pod pending')).toBe(20);
    const scanned = second('node added') - 180;
    expect(scanned).toBeGreaterThan(20);
    expect(scanned).toBeLessThanOrEqual(30);
    const bound = second('pod created');
    expect(bound).toBeGreaterThanOrEqual(scanned + 180);
    expect(bound).toBeLessThanOrEqual(scanned + 181);
    expect(second('pod ready')).toBeGreaterThan(bound);
    expect(second('pod ready')).toBeLessThan(bound + 10);
  });
});
