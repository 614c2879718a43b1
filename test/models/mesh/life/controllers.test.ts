// Controllers in runs: whatever is killed comes back, templates are rolled out within their bounds, StatefulSets keep their order.
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import type { HappeningResult } from '../../../../models/mesh/recording/happenings.js';
import { MeshSimulation, simulate } from '../../../../models/mesh/run/simulation.js';
import type { ControllerPlan } from '../../../../models/plan/contract/controller-plan.js';
import type { MeshPlan } from '../../../../models/plan/contract/plan.js';
import { CLASSIC_PROXY } from '../../../../models/plan/contract/stopping-plan.js';
import type { TimelineAction, TimelineEntryPlan } from '../../../../models/plan/contract/timeline-plan.js';
import { controller, DEPLOYMENT, STATEFUL_SET } from '../../../support/controllers.js';
import { MS, poisson, S, smallPlan, work } from '../../../support/plans.js';

const WEB = 1;
const RESTART: TimelineAction = { kind: 'restart', workloads: [WEB] };
const OPTIONS = { seed: 'keep', replication: 0, warmupNs: 0, durationNs: 120 * S, intervalNs: S, maxEvents: 3e6 };

function entry(atNs: number, action: TimelineAction, durationNs: number | null = 0): TimelineEntryPlan {
  return { name: 'entry', position: null, startsNs: [atNs], durationNs, rampNs: 0, action };
}

function kill(count: number, ordinals: readonly number[] | null = null): TimelineAction {
  const target = { workloads: [WEB], localities: null, ordinals, pods: { kind: 'count', count } as const };
  return { kind: 'pods', target, fault: { kind: 'kill' } };
}

function mesh(
  pods: number,
  controllers: readonly ControllerPlan[],
  timeline: readonly TimelineEntryPlan[],
  rate = 50,
): MeshPlan {
  return { ...smallPlan({ arrivals: [poisson(rate)], program: [work(5 * MS)], pods }), controllers, timeline };
}

function happened(plan: MeshPlan, options: Partial<typeof OPTIONS> = {}): readonly HappeningResult[] {
  return simulate(plan, { ...OPTIONS, ...options }).happenings ?? [];
}

function of(happenings: readonly HappeningResult[], kind: string): readonly HappeningResult[] {
  return happenings.filter((one) => one.kind === kind);
}

/** After each happening: pods that are asked for (not on their way out), and those that serve. */
function courses(happenings: readonly HappeningResult[], pods: number): { there: number[]; ready: number[] } {
  let there = pods;
  let ready = pods;
  const course = { there: [] as number[], ready: [] as number[] };
  const serving = new Map<number, number>();
  for (let ordinal = 0; ordinal < pods; ordinal++) serving.set(ordinal, 1);
  for (const { kind, pod } of happenings) {
    if (kind === 'pod created') there++;
    if (kind === 'pod ready') ready++;
    if (kind === 'pod ready') serving.set(pod, (serving.get(pod) ?? 0) + 1);
    if (kind === 'pod leaving' || kind === 'pod killed') {
      there--;
      if ((serving.get(pod) ?? 0) > 0) {
        serving.set(pod, serving.get(pod)! - 1);
        ready--;
      }
    }
    course.there.push(there);
    course.ready.push(ready);
  }
  return course;
}

describe('a Deployment', () => {
  it('has another pod in the place of one that is killed, at once', () => {
    const list = happened(mesh(3, [controller({ replicas: 3 })], [entry(10 * S, kill(2))]));
    expect(of(list, 'pod created').map(({ atNs, pod }) => [atNs, pod])).toEqual(
      of(list, 'pod killed').map(({ atNs, pod }) => [atNs, pod]),
    );
    expect(of(list, 'pod ready')).toHaveLength(2);
  });

  it('does so without a plan for its controller too, in the same way', () => {
    const timeline = [entry(10 * S, kill(2))];
    expect(happened(mesh(3, [], timeline))).toEqual(happened(mesh(3, [controller({ replicas: 3 })], timeline)));
  });

  it('restarts all pods, and loses no request where these have a hook', () => {
    const plan = mesh(4, [controller({ replicas: 4 })], [entry(10 * S, RESTART)]);
    // In 2 s everybody has heard of the deletion.
    const stopping = { graceSeconds: 30, hookNs: 2 * S, onSigterm: 'drain' as const, proxy: CLASSIC_PROXY };
    const result = simulate({ ...plan, workloads: plan.workloads.map((one) => ({ ...one, stopping })) }, OPTIONS);
    const list = result.happenings ?? [];
    expect(of(list, 'rollout began')).toHaveLength(1);
    expect(of(list, 'rollout done')).toHaveLength(1);
    expect(of(list, 'pod created')).toHaveLength(4);
    expect(of(list, 'pod leaving')).toHaveLength(4);
    expect(result.traffic[0]!.outcomes.every(({ good }) => good)).toBe(true);
    expect(result.series.replicas![WEB]!.at(-1)).toBe(4);
  });

  it('with Recreate has no pods for a while', () => {
    const recreate = controller({ replicas: 3, kind: { ...DEPLOYMENT, strategy: { kind: 'Recreate' } } });
    const list = happened(mesh(3, [recreate], [entry(10 * S, RESTART)]));
    const ended = of(list, 'pod ended').map(({ atNs }) => atNs);
    expect(ended).toHaveLength(3);
    for (const { atNs } of of(list, 'pod created')) expect(atNs).toBeGreaterThanOrEqual(Math.max(...ended));
    expect(of(list, 'rollout done')).toHaveLength(1);
  });

  it('waits for minReadySeconds before it goes on', () => {
    const kind = {
      ...DEPLOYMENT,
      strategy: { kind: 'RollingUpdate', update: { maxSurge: 1, maxUnavailable: 0 } } as const,
    };
    const slow = controller({ replicas: 2, minReadySeconds: 20, kind });
    const list = happened(mesh(2, [slow], [entry(10 * S, RESTART)]));
    const [first, second] = of(list, 'pod ready');
    const [leaving] = of(list, 'pod leaving');
    expect(leaving!.atNs).toBe(Math.ceil(first!.atNs + 20 * S));
    expect(second!.atNs).toBeGreaterThan(leaving!.atNs);
  });

  it('is scaled by hand', () => {
    const scale: TimelineAction = { kind: 'scale', workloads: [WEB], replicas: 5 };
    const down: TimelineAction = { kind: 'scale', workloads: [WEB], replicas: 1 };
    const plan = mesh(2, [controller({ replicas: 2 })], [entry(10 * S, scale), entry(60 * S, down)]);
    const result = simulate(plan, OPTIONS);
    const list = result.happenings ?? [];
    expect(of(list, 'scaled').map(({ entry: by, replicas }) => [by, replicas])).toEqual([
      [0, { from: 2, to: 5 }],
      [1, { from: 5, to: 1 }],
    ]);
    expect(result.series.replicas![WEB]![50]).toBe(5);
    expect(result.series.replicas![WEB]!.at(-1)).toBe(1);
  });

  it('leaves pods without a place pending, and gives them the places of those that go', () => {
    const scale: TimelineAction = { kind: 'scale', workloads: [WEB], replicas: 4 };
    const plan = mesh(2, [controller({ replicas: 2, spareLocalities: [] })], [entry(10 * S, scale)]);
    const list = happened(plan);
    expect(of(list, 'pod pending')).toHaveLength(2);
    expect(of(list, 'pod created')).toHaveLength(0);
  });
});

describe('DY-50: pods of a new template that never get ready', () => {
  it('leave the old ones alone, and the roll-out is stuck after 600 s', () => {
    const kind = {
      ...DEPLOYMENT,
      strategy: { kind: 'RollingUpdate', update: { maxSurge: 2, maxUnavailable: 0 } } as const,
    };
    // Without istiod the proxies of new pods get no configuration, and are not ready.
    const down: TimelineAction = { kind: 'istiod', isDown: true };
    const timeline = [entry(5 * S, down, null), entry(10 * S, RESTART)];
    const plan = mesh(10, [controller({ replicas: 10, kind, spareLocalities: [0, 0] })], timeline, 5);
    const result = simulate(plan, { ...OPTIONS, durationNs: 700 * S });
    const list = result.happenings ?? [];
    expect(of(list, 'pod created')).toHaveLength(2);
    expect(of(list, 'pod leaving')).toHaveLength(0);
    expect(of(list, 'rollout stuck').map(({ atNs }) => atNs)).toEqual([(10 + 601) * S]);
    expect(result.series.replicas![WEB]!.every((count) => count === 10)).toBe(true);
  });
});

describe('a StatefulSet', () => {
  it('replaces what is killed in the order of its ordinals, one after the other', () => {
    const own = controller({ replicas: 3, kind: STATEFUL_SET });
    const list = happened(mesh(3, [own], [entry(10 * S, kill(3))]));
    expect(of(list, 'pod created').map(({ pod }) => pod)).toEqual([0, 1, 2]);
    const ready = of(list, 'pod ready').map(({ atNs }) => atNs);
    const created = of(list, 'pod created').map(({ atNs }) => atNs);
    expect(created[1]).toBe(ready[0]);
    expect(created[2]).toBe(ready[1]);
  });

  it('in parallel replaces them at once', () => {
    const own = controller({ replicas: 3, kind: { ...STATEFUL_SET, podManagement: 'Parallel' } });
    const list = happened(mesh(3, [own], [entry(10 * S, kill(3))]));
    expect(of(list, 'pod created').map(({ atNs }) => atNs)).toEqual([10 * S, 10 * S, 10 * S]);
  });

  it('restarts from the highest ordinal down, and keeps pods below its partition', () => {
    const own = controller({ replicas: 4, kind: { ...STATEFUL_SET, partition: 1 } });
    const list = happened(mesh(4, [own], [entry(10 * S, RESTART)]));
    expect(of(list, 'pod leaving').map(({ pod }) => pod)).toEqual([3, 2, 1]);
    expect(of(list, 'pod created').map(({ pod }) => pod)).toEqual([3, 2, 1]);
    expect(of(list, 'rollout done')).toHaveLength(1);
  });

  it('DY-51: Parallel, partition 1, maxUnavailable 2: never more than two are away', () => {
    const kind = { ...STATEFUL_SET, podManagement: 'Parallel', partition: 1, maxUnavailable: 2 } as const;
    const list = happened(mesh(5, [controller({ replicas: 5, kind })], [entry(10 * S, RESTART)]));
    const leaving = of(list, 'pod leaving');
    expect(leaving.map(({ pod }) => pod)).toEqual([4, 3, 2, 1]);
    expect(leaving.slice(0, 2).every(({ atNs }) => atNs === 10 * S)).toBe(true);
    expect(leaving[2]!.atNs).toBe(of(list, 'pod ready')[0]!.atNs);
    expect(Math.min(...courses(list, 5).ready)).toBe(3);
  });
});

describe('a DaemonSet', () => {
  const kind = { kind: 'DaemonSet', update: 'RollingUpdate', maxSurge: 0, maxUnavailable: 1 } as const;

  it('replaces its pods node by node', () => {
    const list = happened(mesh(3, [controller({ replicas: 3, kind })], [entry(10 * S, RESTART)]));
    expect(of(list, 'pod created').map(({ pod }) => pod)).toEqual([0, 1, 2]);
    expect(Math.min(...courses(list, 3).ready)).toBe(2);
    expect(of(list, 'rollout done')).toHaveLength(1);
  });

  it('with a surge has the new pod of a node before the old one goes', () => {
    const surging = controller({ replicas: 3, kind: { ...kind, maxSurge: 1, maxUnavailable: 0 } });
    const list = happened(mesh(3, [surging], [entry(10 * S, RESTART)]));
    const { there, ready } = courses(list, 3);
    expect(Math.max(...there)).toBe(4);
    expect(Math.min(...ready)).toBe(3);
  });
});

describe('a Pod that nobody keeps', () => {
  it('is gone when it is killed', () => {
    const bare = controller({ replicas: 2, kind: { kind: 'Pod' } });
    const list = happened(mesh(2, [bare], [entry(10 * S, kill(1))]));
    expect(of(list, 'pod created')).toEqual([]);
  });
});

const amount = fc.oneof(
  fc.integer({ min: 0, max: 3 }),
  fc.constantFrom({ percent: 0 }, { percent: 25 }, { percent: 50 }, { percent: 100 }),
);

describe('any roll-out of a Deployment', () => {
  test.prop([fc.integer({ min: 1, max: 6 }), amount, amount, fc.constantFrom(0, 3)], { numRuns: 60 })(
    'never has more pods than its surge, and never fewer than may be unavailable',
    (pods, maxSurge, maxUnavailable, minReadySeconds) => {
      const kind = {
        ...DEPLOYMENT,
        strategy: { kind: 'RollingUpdate', update: { maxSurge, maxUnavailable } } as const,
      };
      const own = controller({ replicas: pods, minReadySeconds, kind, spareLocalities: new Array(12).fill(0) });
      const timeline = [entry(5 * S, RESTART), entry(6 * S, RESTART)];
      const list = happened(mesh(pods, [own], timeline, 5), { durationNs: 200 * S });
      const count = (value: typeof amount extends fc.Arbitrary<infer T> ? T : never, up: boolean): number => {
        if (typeof value === 'number') return value;
        const exact = (value.percent * pods) / 100;
        return up ? Math.ceil(exact) : Math.floor(exact);
      };
      const surge = count(maxSurge, true);
      const unavailable = surge === 0 ? Math.max(1, count(maxUnavailable, false)) : count(maxUnavailable, false);
      const { there, ready } = courses(list, pods);
      expect(Math.max(...there)).toBeLessThanOrEqual(pods + surge);
      expect(Math.min(...ready)).toBeGreaterThanOrEqual(pods - unavailable);
      expect(of(list, 'rollout done')).toHaveLength(1);
    },
  );

  test.prop([fc.integer({ min: 1, max: 4 }), fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 3 })], {
    numRuns: 40,
  })('that is scaled and killed in its middle ends with as many pods as are asked for', (pods, replicas, killed) => {
    const timeline = [
      entry(5 * S, RESTART),
      entry(6 * S, { kind: 'scale', workloads: [WEB], replicas }),
      entry(7 * S, kill(killed)),
    ];
    const own = controller({ replicas: pods, spareLocalities: new Array(12).fill(0) });
    const simulation = new MeshSimulation(mesh(pods, [own], timeline, 5), { ...OPTIONS, durationNs: 100 * S });
    simulation.runUntil(100 * S);
    const { series, happenings = [] } = simulation.result();
    expect(series.replicas![WEB]!.at(-1)).toBe(replicas);
    expect(of(happenings, 'rollout done')).toHaveLength(1);
  });
});
