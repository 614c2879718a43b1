// Autoscalers that act in a run: a wave that an autoscaler follows, within its bounds and its policies; pods that leave lose nothing; nothing is left.
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import {
  completeBehavior,
  DEFAULT_METRICS,
  type HpaMetric,
} from '../../../../models/kubernetes/autoscaling/hpa-spec.js';
import type { ReplicationResult } from '../../../../models/mesh/recording/result.js';
import { MeshSimulation, simulate } from '../../../../models/mesh/run/simulation.js';
import type { AutoscalerPlan, ContainerPlan } from '../../../../models/plan/contract/autoscaler-plan.js';
import type { ControllerPlan } from '../../../../models/plan/contract/controller-plan.js';
import type { ArrivalPlan, MeshPlan } from '../../../../models/plan/contract/plan.js';
import { CLASSIC_PROXY, type StoppingPlan } from '../../../../models/plan/contract/stopping-plan.js';
import type { TimelineAction, TimelineEntryPlan } from '../../../../models/plan/contract/timeline-plan.js';
import { anyPlan } from '../../../support/any-plan.js';
import { controller, STATEFUL_SET } from '../../../support/controllers.js';
import { MS, poisson, S, smallPlan, work } from '../../../support/plans.js';

const WEB = 1;
const APP: ContainerPlan = { name: 'web', runs: 'application', cpuRequestMillis: 1000, memoryRequestBytes: null };
const PROXY: ContainerPlan = { name: 'istio-proxy', runs: 'proxy', cpuRequestMillis: 100, memoryRequestBytes: null };
const SECONDS = 900;
const OPTIONS = { seed: 'wave', replication: 0, warmupNs: 0, durationNs: SECONDS * S, intervalNs: S, maxEvents: 3e6 };

function scaler(more: Partial<AutoscalerPlan> = {}, spec: Partial<AutoscalerPlan['spec']> = {}): AutoscalerPlan {
  return {
    name: 'HorizontalPodAutoscaler default/web',
    position: null,
    workload: WEB,
    spec: { minReplicas: 1, maxReplicas: 5, metrics: DEFAULT_METRICS, behavior: null, ...spec },
    containers: [APP, PROXY],
    ...more,
  };
}

/** 20 requests per second, 250 from 60 s to 300 s, and 20 again. */
const WAVE: ArrivalPlan = {
  kind: 'open',
  process: 'poisson',
  profile: [
    { atNs: 0, ratePerSecond: 20 },
    { atNs: 60 * S, ratePerSecond: 20 },
    { atNs: 60 * S, ratePerSecond: 250 },
    { atNs: 300 * S, ratePerSecond: 250 },
    { atNs: 300 * S, ratePerSecond: 20 },
  ],
};

/** A hook of 2 s, in which everybody hears of the deletion; then the application ends what it has, and its sidecar after it. */
const GRACEFUL: StoppingPlan = {
  graceSeconds: 30,
  hookNs: 2 * S,
  onSigterm: 'drain',
  proxy: { ...CLASSIC_PROXY, isNative: true },
};

function ending(plan: MeshPlan, stopping: StoppingPlan): MeshPlan {
  return { ...plan, workloads: plan.workloads.map((one) => ({ ...one, stopping })) };
}

/** A pod serves 100 requests per second. */
function mesh(
  autoscalers: readonly AutoscalerPlan[],
  arrival: ArrivalPlan = WAVE,
  controllers: readonly ControllerPlan[] = [controller()],
): MeshPlan {
  const app = { cores: 1, workers: 8, queue: 100 };
  const plan = smallPlan({ arrivals: [arrival], program: [work(10 * MS, 1)], app });
  return { ...ending(plan, GRACEFUL), autoscalers, controllers };
}

function replicas({ series }: ReplicationResult): readonly number[] {
  return series.replicas![WEB]!;
}

function scalings({ happenings = [] }: ReplicationResult): { readonly atNs: number; from: number; to: number }[] {
  return happenings.flatMap(({ atNs, replicas: own }) => (own === undefined ? [] : [{ atNs, ...own }]));
}

describe('an autoscaler that follows a wave', () => {
  const result = simulate(mesh([scaler()]), OPTIONS);

  it('has pods when they are needed, and as few as before when the wave is long over', () => {
    const course = replicas(result);
    expect(course[59]).toBe(1);
    // 250/s of 10 ms are 2.5 cores; at 80 % of 1100m a pod has 0.88 of a core: 3 pods.
    expect(Math.max(...course)).toBeGreaterThanOrEqual(3);
    expect(course.at(-1)).toBe(1);
    expect(Math.min(...course)).toBeGreaterThanOrEqual(1);
    expect(Math.max(...course)).toBeLessThanOrEqual(5);
  });

  it('acts on figures of metrics-server: not before a scrape, and a sync, have seen the wave', () => {
    const [first] = scalings(result);
    expect(first!.atNs).toBeGreaterThan(60 * S);
    // Figures after 10 s at most, over 20 s at most, a scrape after 15 s, and a sync after 15 s more.
    expect(first!.atNs).toBeLessThan(120 * S);
  });

  it('does not shrink before 300 s have passed since the wave', () => {
    const last = scalings(result).findLast(({ from, to }) => to > from)!;
    const down = scalings(result).find(({ from, to }) => to < from)!;
    expect(down.atNs).toBeGreaterThan(300 * S + 270 * S);
    expect(down.atNs).toBeGreaterThan(last.atNs);
  });

  it('loses no request when pods leave', () => {
    const { outcomes } = result.traffic[0]!;
    expect(outcomes.filter(({ status }) => status !== 200 && status !== 503)).toEqual([]);
    const kinds = new Set((result.happenings ?? []).map(({ kind }) => kind));
    for (const kind of ['scaled', 'pod created', 'pod ready', 'pod leaving', 'pod ended'])
      expect(kinds).toContain(kind);
    const left = (result.happenings ?? []).find(({ kind }) => kind === 'pod leaving')!;
    const after = result.series.traffic[0]!.errors.slice(Math.floor(left.atNs / S));
    expect(after.every((errors) => errors === 0)).toBe(true);
  });

  it('is the same run every time', () => {
    expect(JSON.stringify(simulate(mesh([scaler()]), OPTIONS))).toBe(JSON.stringify(result));
  });
});

describe('what is asked for of an autoscaler', () => {
  it('policies: one pod in 60 s upwards, none downwards', () => {
    const behavior = completeBehavior({
      scaleUp: { policies: [{ kind: 'Pods', value: 1, periodNs: 60 * S }] },
      scaleDown: { selectPolicy: 'Disabled' },
    });
    const result = simulate(mesh([scaler({}, { behavior })]), OPTIONS);
    const steps = scalings(result);
    expect(steps.length).toBeGreaterThanOrEqual(2);
    for (const { from, to } of steps) expect(to).toBe(from + 1);
    for (const [index, { atNs }] of steps.entries()) {
      if (index > 0) expect(atNs - steps[index - 1]!.atNs).toBeGreaterThanOrEqual(60 * S);
    }
    expect(replicas(result).at(-1)).toBe(Math.max(...replicas(result)));
  });

  it('bounds: it comes up to its minimum at once, and stays below its maximum', () => {
    const course = replicas(simulate(mesh([scaler({}, { minReplicas: 2, maxReplicas: 2 })]), OPTIONS));
    expect(course[20]).toBe(2);
    expect(course.slice(20).every((count) => count === 2)).toBe(true);
  });

  it.each([
    ['without a CPU request of the sidecar nothing is known', [APP, { ...PROXY, cpuRequestMillis: null }], null, 1],
    [
      'a sidecar that requests as much as the application hides it',
      [APP, { ...PROXY, cpuRequestMillis: 1000 }],
      null,
      1,
    ],
    ['the container of the application alone is seen', [APP, { ...PROXY, cpuRequestMillis: null }], 'web', 3],
  ])('requests: %s', (_, containers, container, most) => {
    const metric: HpaMetric = {
      kind: 'resource',
      resource: 'cpu',
      container,
      target: { kind: 'utilization', percent: 80 },
    };
    const plan = mesh([scaler({ containers }, { metrics: [metric] })]);
    expect(Math.max(...replicas(simulate(plan, OPTIONS)))).toBe(most);
  });

  it('requests per second, of each pod and of all', () => {
    const each: HpaMetric = { kind: 'pods', targetMilli: 100_000 };
    const all: HpaMetric = { kind: 'external', target: { kind: 'averageValue', milli: 100_000 } };
    for (const metric of [each, all]) {
      const course = replicas(simulate(mesh([scaler({}, { metrics: [metric] })]), OPTIONS));
      expect(course.slice(120, 300).every((count) => count === 3)).toBe(true);
    }
  });

  it('pods without a place stay away', () => {
    const course = replicas(
      simulate(mesh([scaler({}, { minReplicas: 4 })], WAVE, [controller({ spareLocalities: [0] })]), OPTIONS),
    );
    expect(Math.max(...course)).toBe(2);
  });

  it('pods of a StatefulSet come and go one after the other, by their ordinals', () => {
    const result = simulate(mesh([scaler()], WAVE, [controller({ kind: STATEFUL_SET })]), OPTIONS);
    const of = (kind: string) => (result.happenings ?? []).filter((one) => one.kind === kind);
    const created = of('pod created');
    expect(created.map(({ pod }) => pod)).toEqual(created.map((_, index) => index + 1));
    for (const [index, { atNs }] of created.entries()) {
      if (index > 0) expect(atNs).toBeGreaterThanOrEqual(of('pod ready')[index - 1]!.atNs);
    }
    const left = of('pod leaving').map(({ pod }) => pod);
    expect(left).toEqual([...left].sort((a, b) => b - a));
    expect(left.length).toBeGreaterThan(0);
  });
});

describe('pods that leave', () => {
  /** Three pods, one of which is asked for; requests take 5 s each. */
  const run = (graceNs: number): ReplicationResult => {
    const waiting = ending(smallPlan({ arrivals: [poisson(5)], program: [work(5 * S)], pods: 3 }), GRACEFUL);
    const behavior = completeBehavior({ scaleDown: { stabilizationNs: 0 } });
    const autoscalers = [scaler({}, { behavior })];
    const controllers = [controller({ graceNs, replicas: 3 })];
    return simulate({ ...waiting, autoscalers, controllers }, { ...OPTIONS, durationNs: 120 * S });
  };
  const failed = ({ traffic }: ReplicationResult): number =>
    traffic[0]!.outcomes.filter(({ good }) => !good).reduce((sum, { count }) => sum + count, 0);
  const times = ({ happenings = [] }: ReplicationResult, kind: string): readonly number[] =>
    happenings.filter((one) => one.kind === kind).map(({ atNs }) => atNs);

  it('end what they have, as long as their grace period lets them', () => {
    const result = run(30 * S);
    expect(failed(result)).toBe(0);
    const left = times(result, 'pod leaving');
    const ended = times(result, 'pod ended');
    expect(left).toHaveLength(2);
    expect(ended).toHaveLength(2);
    // The last request that came before everybody knew takes 5 s.
    for (const [index, atNs] of ended.entries()) {
      expect(atNs - left[index]!).toBeGreaterThan(2 * S);
      // It looks whether all is done every half second, and the kubelet every second, twice.
      expect(atNs - left[index]!).toBeLessThan(9 * S);
    }
  });

  it('are killed when it is over, with the requests that they still have', () => {
    const result = run(S);
    expect(failed(result)).toBeGreaterThan(2);
    // The hook takes the second, and the sidecar waits no longer for the application; the kubelet sees both exits within a second.
    for (const [index, atNs] of times(result, 'pod ended').entries()) {
      expect(atNs - times(result, 'pod leaving')[index]!).toBeGreaterThanOrEqual(S);
      expect(atNs - times(result, 'pod leaving')[index]!).toBeLessThan(3 * S);
    }
  });
});

describe('a run whose autoscaler finds nothing to do', () => {
  it('has the customers that it has without one', () => {
    const plain = simulate(mesh([], poisson(50)), { ...OPTIONS, durationNs: 60 * S });
    const { series, ...scaled } = simulate(mesh([scaler()], poisson(50)), { ...OPTIONS, durationNs: 60 * S });
    const { replicas: course, ...others } = series;
    expect({ ...scaled, events: plain.events, series: others }).toEqual(plain);
    expect(course![WEB]!.every((count) => count === 1)).toBe(true);
  });
});

/** Pods are killed while others come and go. */
const KILLS: TimelineEntryPlan = {
  name: 'kill',
  position: null,
  startsNs: [20 * S, 35 * S, 50 * S, 70 * S],
  durationNs: 0,
  rampNs: 0,
  action: {
    kind: 'pods',
    target: { workloads: [WEB], localities: null, ordinals: null, pods: { kind: 'count', count: 1 } },
    fault: { kind: 'kill' },
  },
};

/** Others crash, and hang. */
const CRASH: TimelineEntryPlan = {
  ...KILLS,
  name: 'crash',
  startsNs: [25 * S, 62 * S],
  durationNs: 8 * S,
  action: { ...KILLS.action, fault: { kind: 'crash' } } as TimelineAction,
};
const HANG: TimelineEntryPlan = {
  ...CRASH,
  name: 'hang',
  action: { ...KILLS.action, fault: { kind: 'hang' } } as TimelineAction,
};

/** An autoscaler that changes its mind at each sync. */
const NERVOUS = completeBehavior({ scaleDown: { stabilizationNs: 0 } });

describe('every small mesh that is scaled', () => {
  const scaled = fc.record({
    minReplicas: fc.integer({ min: 1, max: 3 }),
    ordered: fc.boolean(),
    graceNs: fc.constantFrom(0, S, 30 * S),
    percent: fc.constantFrom(1, 20, 80),
  });

  test.prop([anyPlan, scaled], { numRuns: 30 })(
    'keeps to its bounds and its books, and gives everything back',
    (plan, { minReplicas, ordered, graceNs, percent }) => {
      fc.pre(plan.workloads[WEB]!.app.overflow.kind !== 'drop');
      const metrics: HpaMetric[] = [
        { kind: 'resource', resource: 'cpu', container: null, target: { kind: 'utilization', percent } },
      ];
      const maxReplicas = 5;
      const pods = plan.workloads[WEB]!.podLocalities.length;
      const ending: MeshPlan = {
        ...plan,
        timeline: [KILLS, CRASH, HANG],
        autoscalers: [scaler({}, { minReplicas, maxReplicas, metrics, behavior: NERVOUS })],
        controllers: [controller({ graceNs, replicas: pods, ...(ordered ? { kind: STATEFUL_SET } : {}) })],
        traffic: plan.traffic.map((source) => ({
          ...source,
          arrival: {
            kind: 'open',
            process: 'poisson',
            profile: [
              { atNs: 0, ratePerSecond: 20 },
              { atNs: 30 * S, ratePerSecond: 60 },
              { atNs: 60 * S, ratePerSecond: 1 },
              { atNs: 90 * S, ratePerSecond: 0 },
            ],
          },
        })),
      };
      const durationNs = 2000 * S;
      const simulation = new MeshSimulation(ending, { ...OPTIONS, durationNs, intervalNs: S, maxEvents: 1e6 });
      simulation.runUntil(durationNs);
      const { calls, attempts, frames } = simulation.population;
      expect({ calls, attempts, frames }).toEqual({ calls: 0, attempts: 0, frames: 0 });
      const result = simulation.result();
      expect(result.calls.started).toBe(result.calls.ended + result.calls.inFlight);
      for (const { to } of scalings(result)) {
        expect(to).toBeGreaterThanOrEqual(minReplicas);
        expect(to).toBeLessThanOrEqual(maxReplicas);
      }
      for (const count of replicas(result)) expect(count).toBeLessThanOrEqual(maxReplicas);
      expect(replicas(result).at(-1)).toBeGreaterThanOrEqual(minReplicas);
    },
  );
});
