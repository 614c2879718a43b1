// Nodes in runs: pods find room or wait for it; nodes that are lost, drained and squeezed.
import { describe, expect, it } from 'vitest';
import type { HappeningResult } from '../../../../models/mesh/recording/happenings.js';
import type { ReplicationResult } from '../../../../models/mesh/recording/result.js';
import { simulate } from '../../../../models/mesh/run/simulation.js';
import type { ControllerPlan } from '../../../../models/plan/contract/controller-plan.js';
import type { BudgetPlan, NodesPlan } from '../../../../models/plan/contract/node-plan.js';
import type {
  NodeFaultPlan,
  TimelineAction,
  TimelineEntryPlan,
} from '../../../../models/plan/contract/timeline-plan.js';
import { controller, STATEFUL_SET } from '../../../support/controllers.js';
import { nodesFor } from '../../../support/nodes.js';
import { MS, poisson, S, type SmallPlan, smallPlan, work } from '../../../support/plans.js';

const WEB = 1;
const OPTIONS = { seed: 'nodes', replication: 0, warmupNs: 0, durationNs: 120 * S, intervalNs: S, maxEvents: 3e6 };

function entry(atNs: number, action: TimelineAction, durationNs: number | null = 0): TimelineEntryPlan {
  return { name: 'entry', position: null, startsNs: [atNs], durationNs, rampNs: 0, action };
}

function onNode(node: number, fault: NodeFaultPlan): TimelineAction {
  return { kind: 'nodes', nodes: [node], count: { kind: 'all' }, fault };
}

interface Wish extends SmallPlan {
  readonly controller?: Partial<ControllerPlan>;
  readonly seconds?: number;
  readonly rate?: number;
}

function run(nodes: NodesPlan, timeline: readonly TimelineEntryPlan[], wish: Wish = {}): ReplicationResult {
  const pods = nodes.pods[0]!.atStart.length;
  const plan = smallPlan({
    arrivals: [poisson(wish.rate ?? 5)],
    program: [work(5 * MS)],
    pods,
    clientTimeoutNs: S,
    ...wish,
  });
  const controllers = [controller({ replicas: pods, ...wish.controller })];
  return simulate({ ...plan, nodes, controllers, timeline }, { ...OPTIONS, durationNs: (wish.seconds ?? 120) * S });
}

function of({ happenings = [] }: ReplicationResult, kind: string): readonly HappeningResult[] {
  return happenings.filter((one) => one.kind === kind);
}

function times(result: ReplicationResult, kind: string): number[] {
  return of(result, kind).map(({ atNs }) => atNs / S);
}

describe('pods that come', () => {
  const scale = (replicas: number): TimelineAction => ({ kind: 'scale', workloads: [WEB], replicas });

  it('are as many as nodes have room for; the others wait', () => {
    // Two nodes of 1 CPU hold two pods of half a CPU each.
    const result = run(nodesFor(2, 2, {}, [], { cpuMilli: 1000 }), [entry(10 * S, scale(6))]);
    expect(of(result, 'pod created')).toHaveLength(2);
    expect(of(result, 'pod pending')).toHaveLength(2);
    expect(result.series.replicas![WEB]!.at(-1)).toBe(4);
  });

  it('and wait find room when others go', () => {
    const timeline = [entry(10 * S, scale(6)), entry(30 * S, scale(4))];
    const result = run(nodesFor(1, 4, {}, [], { cpuMilli: 2000 }), timeline);
    // The pods that wait are the first that are not needed any more.
    expect(of(result, 'pod leaving')).toEqual([]);
    expect(result.series.replicas![WEB]!.at(-1)).toBe(4);
    const killed: TimelineAction = {
      kind: 'pods',
      target: { workloads: [WEB], localities: null, ordinals: null, pods: { kind: 'count', count: 1 } },
      fault: { kind: 'kill' },
    };
    const other = run(nodesFor(1, 4, {}, [], { cpuMilli: 2000 }), [entry(10 * S, scale(5)), entry(30 * S, killed)]);
    expect(of(other, 'pod pending').length).toBeGreaterThan(0);
    expect(other.series.replicas![WEB]!.at(-1)).toBe(4);
  });

  it('keep apart where they must: a roll-out with a surge waits for a node', () => {
    const apart = [
      {
        selector: [{ key: 'app', operator: 'In' as const, values: ['web'] }],
        topologyKey: 'kubernetes.io/hostname',
        namespaces: 'own' as const,
      },
    ];
    const result = run(
      nodesFor(2, 2, { antiAffinity: apart }),
      [entry(10 * S, { kind: 'restart', workloads: [WEB] })],
      { seconds: 700 },
    );
    expect(of(result, 'pod pending')).toHaveLength(1);
    expect(times(result, 'rollout stuck')).toEqual([611]);
  });
});

describe('a node that is lost', () => {
  const lost = run(nodesFor(4, 4), [entry(100 * S, onNode(1, { kind: 'lose' }), null)], { seconds: 500, rate: 20 });

  it('is noticed 40 to 55 s later, and its pods are replaced 300 s after that', () => {
    const [unknown] = times(lost, 'node unknown');
    expect(unknown! - 100).toBeGreaterThanOrEqual(40);
    expect(unknown! - 100).toBeLessThanOrEqual(55);
    const [evicted] = times(lost, 'pod evicted');
    // The taint comes with the same pass, unless the pace of the zone holds it back.
    expect(evicted! - unknown!).toBeCloseTo(300, 0);
    expect(times(lost, 'pod created')).toEqual([evicted]);
  });

  it('costs those who call its pods their time-outs until proxies hear of it, and nothing afterwards', () => {
    const { errors } = lost.series.traffic[0]!;
    const sum = (from: number, to: number): number => errors.slice(from, to).reduce((all, count) => all + count, 0);
    const [unknown] = times(lost, 'node unknown');
    expect(sum(0, 100)).toBe(0);
    expect(sum(101, Math.floor(unknown!))).toBeGreaterThan(100);
    expect(sum(Math.ceil(unknown!) + 5, 500)).toBe(0);
    expect(lost.calls.started).toBe(lost.calls.ended + lost.calls.inFlight);
  });

  it('keeps the pods of a StatefulSet: nobody replaces them until it is back', () => {
    const timeline = [entry(20 * S, onNode(1, { kind: 'lose' }), 500 * S)];
    const result = run(nodesFor(3, 3), timeline, { seconds: 600, controller: { kind: STATEFUL_SET } });
    expect(times(result, 'node back')).toEqual([520]);
    expect(times(result, 'pod created')).toEqual([520]);
    expect(of(result, 'pod created').map(({ pod }) => pod)).toEqual([1]);
    expect(result.series.replicas![WEB]!.at(-1)).toBe(3);
  });

  it('starts its pods again when it is back before they are deleted', () => {
    const timeline = [entry(20 * S, onNode(1, { kind: 'lose' }), 100 * S)];
    const result = run(nodesFor(3, 3), timeline, { seconds: 500 });
    expect(of(result, 'pod evicted')).toEqual([]);
    expect(times(result, 'pod created')).toEqual([120]);
    expect(result.series.replicas![WEB]!.at(-1)).toBe(3);
  });

  it('that is back within its grace period was never gone for the control plane', () => {
    const timeline = [entry(20 * S, onNode(1, { kind: 'lose' }), 20 * S)];
    const result = run(nodesFor(3, 3), timeline, { seconds: 200 });
    expect(of(result, 'node unknown')).toEqual([]);
    expect(result.series.replicas![WEB]!.at(-1)).toBe(3);
  });

  it('with pods that tolerate it for less long loses them earlier', () => {
    const tolerations = [
      {
        key: 'node.kubernetes.io/unreachable',
        operator: 'Exists',
        value: '',
        effect: 'NoExecute',
        seconds: 10,
      } as const,
    ];
    const result = run(nodesFor(4, 4, { tolerations }), [entry(20 * S, onNode(1, { kind: 'lose' }), null)]);
    const [unknown] = times(result, 'node unknown');
    expect(times(result, 'pod evicted')[0]! - unknown!).toBeCloseTo(10, 0);
  });
});

describe('a node that is drained', () => {
  const atLeast = (value: number): BudgetPlan => ({
    name: 'PodDisruptionBudget default/web',
    workloads: [WEB],
    spec: { limit: { kind: 'minAvailable', value }, unhealthyPodEvictionPolicy: 'IfHealthyBudget' },
  });

  it('lets its pods go, which others replace at once', () => {
    const result = run(nodesFor(2, 4), [entry(10 * S, onNode(0, { kind: 'drain' }), null)]);
    expect(times(result, 'pod evicted')).toEqual([10, 10]);
    expect(times(result, 'pod created')).toEqual([10, 10]);
    expect(of(result, 'node drained')).toHaveLength(1);
    expect(result.series.replicas![WEB]!.at(-1)).toBe(4);
    expect(result.traffic[0]!.outcomes.every(({ good }) => good)).toBe(true);
  });

  it('DY-56: a budget refuses the second of two pods until the replacement of the first is Ready, asked every 5 s', () => {
    const nodes = nodesFor(2, 3, { atStart: [0, 0, 1] }, [atLeast(2)]);
    const timeline = [entry(10 * S, onNode(0, { kind: 'drain' }), null)];
    const result = run(nodes, timeline);
    const [first, second] = times(result, 'pod evicted');
    const [ready] = times(result, 'pod ready');
    expect(first).toBe(10);
    expect(times(result, 'eviction refused')).toEqual([10]);
    expect(second).toBe(10 + 5 * Math.ceil((ready! - 10) / 5));
  });

  it('never ends where a budget keeps all pods', () => {
    const result = run(nodesFor(2, 2, { atStart: [0, 0] }, [atLeast(2)]), [
      entry(10 * S, onNode(0, { kind: 'drain' }), null),
    ]);
    expect(of(result, 'pod evicted')).toEqual([]);
    expect(of(result, 'node drained')).toEqual([]);
  });

  it('takes pods again afterwards', () => {
    const timeline = [
      entry(10 * S, onNode(0, { kind: 'drain' }), 30 * S),
      entry(50 * S, { kind: 'scale', workloads: [WEB], replicas: 8 }),
    ];
    const result = run(nodesFor(2, 4, {}, [], { cpuMilli: 2000 }), timeline);
    expect(result.series.replicas![WEB]!.at(-1)).toBe(8);
  });
});

describe('a node whose CPU others use', () => {
  it('makes all its pods slower, those that come later too, until it ends', () => {
    const timeline = [entry(30 * S, onNode(0, { kind: 'squeeze', share: 0.9 }), 30 * S)];
    const busy = { program: [work(20 * MS, 1)], app: { cores: 1 } };
    const { series } = run(nodesFor(1, 2), timeline, { ...busy, seconds: 100, rate: 8 });
    const { latencySumNs, completed } = series.traffic[0]!;
    const mean = (from: number, to: number): number =>
      latencySumNs.slice(from, to).reduce((sum, ns) => sum + ns, 0) /
      completed.slice(from, to).reduce((sum, count) => sum + count, 0);
    expect(mean(31, 60)).toBeGreaterThan(5 * mean(0, 30));
    expect(mean(70, 100)).toBeLessThan(1.5 * mean(0, 30));
  });
});

describe('a run that knows of nodes', () => {
  it('is the same run every time', () => {
    const timeline = [
      entry(20 * S, onNode(1, { kind: 'lose' }), 60 * S),
      entry(30 * S, onNode(0, { kind: 'drain' }), 20 * S),
    ];
    const one = run(nodesFor(3, 5), timeline, { rate: 50 });
    expect(JSON.stringify(run(nodesFor(3, 5), timeline, { rate: 50 }))).toBe(JSON.stringify(one));
  });
});
