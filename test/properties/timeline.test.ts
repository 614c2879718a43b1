// Laws that hold for every small mesh, whatever is done to it while it runs.
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { MeshSimulation, simulate } from '../../models/mesh/run/simulation.js';
import type { BudgetPlan } from '../../models/plan/contract/budget-plan.js';
import type { KubeletPlan, ProbePlan } from '../../models/plan/contract/kubelet-plan.js';
import type { MeshPlan } from '../../models/plan/contract/plan.js';
import {
  isOverAtOnce,
  type PodFaultPlan,
  type TimelineAction,
  type TimelineEntryPlan,
} from '../../models/plan/contract/timeline-plan.js';
import { anyPlan } from '../support/any-plan.js';
import { growingPool } from '../support/nodes.js';
import { MS, poisson, S, smallPlan, work } from '../support/plans.js';

const CLIENT = 0;
const WEB = 1;
const NODES = 2;
const ANYWHERE = { workloads: null, localities: null };

/** One pod of `web` is to be there. */
const ONE_STAYS: BudgetPlan = {
  name: 'PodDisruptionBudget default/web',
  workloads: [WEB],
  spec: { limit: { kind: 'minAvailable', value: 1 }, unhealthyPodEvictionPolicy: 'IfHealthyBudget' },
};

const podFault: fc.Arbitrary<PodFaultPlan> = fc.oneof(
  fc.constant<PodFaultPlan>({ kind: 'kill' }),
  fc.constant<PodFaultPlan>({ kind: 'kill' }),
  fc.constant<PodFaultPlan>({ kind: 'stop', graceSeconds: null }),
  fc.constant<PodFaultPlan>({ kind: 'stop', graceSeconds: 1 }),
  fc.constant<PodFaultPlan>({ kind: 'evict' }),
  fc.constant<PodFaultPlan>({
    kind: 'leak',
    bytesPerSecond: 1_000_000,
    roomBytes: [CLIENT, WEB].map((workload) => ({ workload, bytes: 200_000 })),
  }),
  fc.constant<PodFaultPlan>({ kind: 'crash' }),
  fc.constant<PodFaultPlan>({ kind: 'hang' }),
  fc.constant<PodFaultPlan>({ kind: 'refuse' }),
  fc.constant<PodFaultPlan>({ kind: 'fail', share: 0.5, status: 500 }),
  fc.constant<PodFaultPlan>({ kind: 'slow', factor: 3, addNs: 20 * MS }),
  fc.constant<PodFaultPlan>({ kind: 'steal', share: 0.9 }),
  fc.constant<PodFaultPlan>({ kind: 'pause', lengthNs: 30 * MS, everyNs: 200 * MS }),
);

const action: fc.Arbitrary<TimelineAction> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .record({ workload: fc.constantFrom(CLIENT, WEB), count: fc.integer({ min: 1, max: 3 }), fault: podFault })
      .map(
        ({ workload, count, fault }): TimelineAction => ({
          kind: 'pods',
          target: { workloads: [workload], localities: null, ordinals: null, pods: { kind: 'count', count } },
          fault,
        }),
      ),
  },
  {
    weight: 1,
    arbitrary: fc
      .record({
        isTo: fc.boolean(),
        bothWays: fc.boolean(),
        fault: fc.constantFrom(
          { kind: 'delay' as const, addNs: 40 * MS, jitterNs: 20 * MS },
          { kind: 'loss' as const, probability: 0.4 },
          { kind: 'bandwidth' as const, bytesPerSecond: 1e6 },
          { kind: 'partition' as const },
        ),
      })
      .map(({ isTo, bothWays, fault }): TimelineAction => {
        const web = { workloads: [WEB], localities: null };
        return { kind: 'link', from: isTo ? ANYWHERE : web, to: isTo ? web : ANYWHERE, bothWays, fault };
      }),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(0, 0.5, 3).map((factor): TimelineAction => ({ kind: 'traffic', traffic: [0], factor })),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(null, 0.2, 1)
      .map((sharePerSecond): TimelineAction => ({ kind: 'clients', traffic: [0], sharePerSecond })),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom<number | 'fails'>(0, 1, 'fails')
      .map((answers): TimelineAction => ({ kind: 'dns', workloads: [WEB], isLogical: false, answers, ttlSeconds: 1 })),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom<TimelineAction>(
      { kind: 'istiod', isDown: true },
      { kind: 'istiod', isDown: false, factor: 10 },
    ),
  },
  { weight: 1, arbitrary: fc.constant<TimelineAction>({ kind: 'restart', workloads: [WEB] }) },
  {
    weight: 2,
    arbitrary: fc
      .record({
        node: fc.integer({ min: 0, max: NODES - 1 }),
        fault: fc.constantFrom(
          { kind: 'lose' as const },
          { kind: 'drain' as const },
          { kind: 'squeeze' as const, share: 0.8 },
        ),
      })
      .map(({ node, fault }): TimelineAction => ({ kind: 'nodes', nodes: [node], count: { kind: 'all' }, fault })),
  },
  {
    weight: 1,
    arbitrary: fc
      .integer({ min: 0, max: 4 })
      .map((replicas): TimelineAction => ({ kind: 'scale', workloads: [WEB], replicas })),
  },
);

const entry: fc.Arbitrary<TimelineEntryPlan> = fc
  .record({
    action,
    starts: fc.array(fc.integer({ min: 0, max: 4000 }), { maxLength: 3 }),
    lasts: fc.integer({ min: 1, max: 900 }),
    ramps: fc.boolean(),
  })
  .map(({ action: what, starts, lasts, ramps }) => {
    const isAtOnce =
      what.kind === 'restart' ||
      what.kind === 'scale' ||
      (what.kind === 'pods' && isOverAtOnce(what.fault)) ||
      (what.kind === 'clients' && what.sharePerSecond === null);
    // Whatever holds from the start does so for good: nobody would ever come back from a hang.
    const from = starts.length === 0 ? [100] : starts;
    return {
      name: 'entry',
      position: null,
      startsNs: [...from].sort((a, b) => a - b).map((ms) => ms * MS),
      durationNs: isAtOnce ? 0 : lasts * MS,
      rampNs: ramps && !isAtOnce ? (lasts * MS) / 2 : 0,
      action: what,
    };
  });

const probe: fc.Arbitrary<ProbePlan | null> = fc.option(
  fc.record({
    initialDelaySeconds: fc.integer({ min: 0, max: 2 }),
    periodSeconds: fc.integer({ min: 1, max: 3 }),
    timeoutSeconds: fc.integer({ min: 1, max: 4 }),
    successThreshold: fc.constant(1),
    failureThreshold: fc.integer({ min: 1, max: 3 }),
    graceSeconds: fc.constantFrom(null, 0, 1),
    asks: fc.constantFrom('request' as const, 'connection' as const),
  }),
);

const kubelets: fc.Arbitrary<KubeletPlan> = fc.record({
  startup: probe,
  readiness: probe,
  liveness: probe,
  graceNs: fc.constantFrom(0, S),
  bootNs: fc.constantFrom(null, { kind: 'constant' as const, value: S }),
});

/** Half of them with kubelets. */
const anyMesh: fc.Arbitrary<MeshPlan> = fc
  .tuple(anyPlan, fc.option(kubelets, { freq: 1 }))
  .map(([plan, kubelet]) =>
    kubelet === null
      ? plan
      : { ...plan, workloads: plan.workloads.map((one, index) => (index === WEB ? { ...one, kubelet } : one)) },
  );

/** The mesh with nodes, where the timeline is about nodes: two pods fill one, and a third node comes when pods wait. */
function on(plan: MeshPlan, timeline: readonly TimelineEntryPlan[]): MeshPlan {
  const isAboutNodes = timeline.some(({ action: { kind } }) => kind === 'nodes');
  const nodes = isAboutNodes
    ? growingPool(NODES, NODES + 1, plan.workloads[WEB]!.podLocalities.length, S, { cpuMilli: 1000 })
    : null;
  return { ...plan, timeline, nodes, budgets: [ONE_STAYS] };
}

function losesNodes(timeline: readonly TimelineEntryPlan[]): boolean {
  return timeline.some(({ action: own }) => own.kind === 'nodes' && own.fault.kind === 'lose');
}

const timelines = fc.array(entry, { minLength: 1, maxLength: 4 });
const options = { seed: 'laws', replication: 0, warmupNs: S, durationNs: 5 * S, intervalNs: S, maxEvents: 300_000 };

describe('every small mesh to which anything is done', () => {
  test.prop([anyMesh, timelines], { numRuns: 200 })('keeps its books', (plan, timeline) => {
    const simulation = new MeshSimulation(on(plan, timeline), options);
    simulation.runUntil(options.durationNs);
    const { calls, rows, traffic, workloads } = simulation.result();
    expect(calls.started).toBe(calls.ended + calls.inFlight);
    expect(calls.inFlight).toBeGreaterThanOrEqual(0);
    for (const row of rows) expect(row.outcomes.reduce((sum, { count }) => sum + count, 0)).toBe(row.calls);
    for (const seen of traffic) expect(seen.outcomes.reduce((sum, { count }) => sum + count, 0)).toBe(seen.completed);
    for (const { cpuUtilisation, inService, workerUtilisation } of workloads) {
      expect(cpuUtilisation).toBeLessThanOrEqual(1.05);
      expect(workerUtilisation).toBeLessThanOrEqual(1 + 1e-9);
      expect(inService).toBeGreaterThanOrEqual(0);
    }
  });

  test.prop([anyMesh, timelines], { numRuns: 100 })(
    'gives everything back: when traffic ends, nothing is left',
    (plan, timeline) => {
      fc.pre(plan.workloads[1].app.overflow.kind !== 'drop' && plan.traffic[0].arrival.kind === 'open');
      // Who waits for an answer of a machine without power, and has no time-out, waits for ever.
      fc.pre(!losesNodes(timeline) || plan.sites.every(({ route }) => route.timeoutNs > 0));
      const ending: MeshPlan = {
        ...on(plan, timeline),
        traffic: plan.traffic.map((source) => ({
          ...source,
          arrival: {
            kind: 'open',
            process: 'poisson',
            profile: [
              { atNs: 0, ratePerSecond: 50 },
              { atNs: 4 * S, ratePerSecond: 0 },
            ],
          },
        })),
      };
      const end = 2000 * S;
      const simulation = new MeshSimulation(ending, { ...options, warmupNs: 0, durationNs: end, maxEvents: 1e6 });
      simulation.runUntil(end);
      const { calls, attempts, frames } = simulation.population;
      // A probe of each kind may be under way at each pod.
      const probes = plan.workloads[WEB]!.kubelet === undefined ? 0 : 12;
      expect(calls).toBe(0);
      expect(attempts).toBeLessThanOrEqual(probes);
      expect(frames).toBeLessThanOrEqual(probes);
    },
  );

  test.prop([anyMesh, timelines, fc.array(fc.integer({ min: 0, max: 5000 }), { maxLength: 5 })], { numRuns: 30 })(
    'does not depend on where a run is interrupted',
    (plan, timeline, stops) => {
      const timed = on(plan, timeline);
      const whole = simulate(timed, options);
      const pieces = new MeshSimulation(timed, options);
      for (const stop of stops.sort((a, b) => a - b)) pieces.runUntil((stop - 1000) * MS);
      pieces.runUntil(options.durationNs);
      expect(JSON.stringify(pieces.result())).toBe(JSON.stringify(whole));
    },
  );
});

describe('two timelines', () => {
  it('have the same customers before the first event', () => {
    const run = (timeline: readonly TimelineEntryPlan[]) =>
      simulate(
        { ...smallPlan({ arrivals: [poisson(200)], pods: 3, program: [work(5 * MS)] }), timeline },
        { ...options, intervalNs: 100 * MS },
      ).series.traffic[0];
    const kill: TimelineEntryPlan = {
      name: 'kill',
      position: null,
      startsNs: [2 * S],
      durationNs: 0,
      rampNs: 0,
      action: {
        kind: 'pods',
        target: { workloads: [WEB], localities: null, ordinals: null, pods: { kind: 'count', count: 1 } },
        fault: { kind: 'kill' },
      },
    };
    const without = run([]);
    const killed = run([kill]);
    const more = run([{ ...kill, durationNs: S, action: { kind: 'traffic', traffic: [0], factor: 3 } }]);
    for (const other of [killed, more]) {
      expect(other.completed.slice(0, 20)).toEqual(without.completed.slice(0, 20));
      expect(other.latencySumNs.slice(0, 20)).toEqual(without.latencySumNs.slice(0, 20));
    }
    // A killed pod changes nobody's arrival.
    expect(killed.offered).toEqual(without.offered);
  });
});
