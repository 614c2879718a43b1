// Who hears when of pods that come and go: exact times, but for the delays that are drawn.
import { describe, expect, test, vi } from 'vitest';
import { Istiod } from '../../../../models/control-plane/istiod.js';
import { World } from '../../../../models/mesh/run/world.js';
import { EVENT } from '../../../../models/mesh/state/events.js';
import type { MeshPlan } from '../../../../models/plan/contract/plan.js';
import type { PodFaultPlan, TimelineEntryPlan } from '../../../../models/plan/contract/timeline-plan.js';
import { MS, poisson, S, type SmallPlan, smallPlan, work } from '../../../support/plans.js';

const CLIENT = 0;
const WEB = 1;
const ONE_WAY_NS = 0.25 * MS;
/** Debounce, context, one message. */
const ISTIOD_NS = 100 * MS + 10 * MS + 2 * MS;

function entry(atNs: number, kind: 'kill' | 'crash', ordinal = 0, workload = WEB): TimelineEntryPlan {
  const fault: PodFaultPlan = { kind };
  return {
    name: kind,
    position: null,
    startsNs: [atNs],
    durationNs: kind === 'kill' ? 0 : S,
    rampNs: 0,
    action: {
      kind: 'pods',
      target: { workloads: [workload], localities: null, ordinals: [ordinal], pods: { kind: 'all' } },
      fault,
    },
  };
}

interface Heard {
  readonly pod: number;
  readonly atNs: number;
  readonly known: number;
}

class Run {
  readonly world: World;
  readonly heard: Heard[] = [];
  readonly kinds = new Set<number>();

  constructor(wish: SmallPlan, timeline: readonly TimelineEntryPlan[], more: Partial<MeshPlan> = {}) {
    const plan = { ...smallPlan({ arrivals: [poisson(50)], program: [work(MS)], ...wish }), ...more, timeline };
    const options = { seed: 'news', replication: 0, warmupNs: 0, durationNs: 60 * S, intervalNs: S };
    this.world = new World(plan, { ...options, maxEvents: 1e7 });
  }

  until(atNs: number): this {
    const { world } = this;
    const { calendar, pods } = world;
    while (calendar.advance(atNs)) {
      const before = pods.all.map(({ heard }) => heard);
      world.handle(calendar.kind, calendar.ref);
      world.settle();
      this.kinds.add(calendar.kind);
      before.forEach((heard, pod) => {
        const known = pods.all[pod].heard;
        if (known !== heard) this.heard.push({ pod, atNs: calendar.nowNs, known });
      });
    }
    return this;
  }

  /** When the pods of a workload hear for the first time. */
  firstHeard(workload: number): number[] {
    const { all } = this.world.pods;
    const firsts = new Map<number, number>();
    for (const { pod, atNs } of this.heard) {
      if (all[pod].workload === workload && !firsts.has(pod)) firsts.set(pod, atNs);
    }
    return [...firsts.values()];
  }

  get hosts(): number[] {
    return this.world.clusters.states[0].endpoints.map(({ pod }) => pod.ordinal);
  }
}

describe('istiod', () => {
  test('tells a proxy of a killed pod after informers, debounce, context, message and the network', () => {
    const run = new Run({ pods: 3 }, [entry(S, 'kill')]).until(S + 220 * MS);
    const [atNs] = run.firstHeard(CLIENT);
    const informerNs = atNs - S - ISTIOD_NS - ONE_WAY_NS;
    expect(informerNs).toBeGreaterThanOrEqual(10 * MS);
    expect(informerNs).toBeLessThanOrEqual(100 * MS);
    expect(run.hosts).toEqual([1, 2]);
  });

  test('gathers what comes within the debounce into one message', () => {
    const run = new Run({ pods: 3 }, [entry(S, 'kill', 0), entry(S + 20 * MS, 'kill', 1)]).until(S + 400 * MS);
    expect(run.heard.filter(({ pod }) => pod === 0).map(({ known }) => known)).toEqual([2]);
    expect(run.hosts).toEqual([2]);
  });

  test('tells 25 proxies at once, the others when these are served', () => {
    // 60 clients and two servers: 62 proxies.
    const run = new Run({ pods: 3, clientPods: 60 }, [entry(S, 'kill')]).until(S + 400 * MS);
    const times = run.firstHeard(CLIENT);
    expect(times).toHaveLength(60);
    const turns = [...new Set(times)].sort((a, b) => a - b);
    expect(turns.map((atNs) => atNs - turns[0])).toEqual([0, 2 * MS, 4 * MS]);
    expect(times.filter((atNs) => atNs === turns[0]).length).toBeLessThanOrEqual(25);
  });

  test('tells a pod that is new, and others of it', () => {
    const run = new Run({ pods: 3 }, [entry(S, 'kill')]).until(10 * S);
    expect(run.hosts).toEqual([0, 1, 2]);
    expect(run.world.clusters.states[0].endpoints[0].pod.incarnation).toBe(1);
    const known = run.world.happenings.all.filter(({ kind }) => kind === 'endpoints known');
    expect(known).toHaveLength(2);
  });

  test('waits for nobody who is gone meanwhile', () => {
    const run = new Run({ pods: 3, clientPods: 2 }, [entry(S, 'kill'), entry(S + 5 * MS, 'kill', 1, CLIENT)]);
    run.until(S + 400 * MS);
    expect(run.world.happenings.all.filter(({ kind }) => kind === 'endpoints known')).toHaveLength(2);
  });

  test('changes are heard of in their order, however many there are', () => {
    const timeline = Array.from({ length: 40 }, (_, i) =>
      entry(S + i * 70 * MS, i % 3 === 0 ? 'crash' : 'kill', i % 5),
    );
    const run = new Run({ pods: 5, clientPods: 3 }, timeline).until(30 * S);
    const { all } = run.world.pods;
    for (const pod of all) {
      const known = run.heard.filter((heard) => heard.pod === pod.id).map((heard) => heard.known);
      expect(known).toEqual([...known].sort((a, b) => a - b));
    }
    expect(run.hosts).toEqual([0, 1, 2, 3, 4]);
    expect(run.world.clusters.states[0].unhealthyCount).toBe(0);
  });
});

describe('an istiod that is slow', () => {
  const slow = (fromNs: number, durationNs: number): TimelineEntryPlan => {
    const action = { kind: 'istiod', isDown: false, factor: 10 } as const;
    return { name: 'slow', position: null, startsNs: [fromNs], durationNs, rampNs: 0, action };
  };

  test('takes so many times as long for contexts and messages, not for its debounce', () => {
    const heardNs = (...more: readonly TimelineEntryPlan[]) =>
      new Run({ pods: 3 }, [...more, entry(S, 'kill')]).until(2 * S).firstHeard(CLIENT)[0]!;
    const plain = heardNs();
    expect(heardNs(slow(0.5 * S, 10 * S)) - plain).toBe(9 * (10 * MS + 2 * MS));
    expect(heardNs(slow(0.1 * S, 0.5 * S))).toBe(plain);
  });
});

/** istiod is down from `atNs` on, for so long. */
function istiodDown(atNs: number, durationNs: number): TimelineEntryPlan {
  const action = { kind: 'istiod', isDown: true } as const;
  return { name: 'istiod', position: null, startsNs: [atNs], durationNs, rampNs: 0, action };
}

describe('istiod is down', () => {
  test('nobody hears; afterwards everybody comes back, and hears what is new', () => {
    const run = new Run({ pods: 3 }, [istiodDown(S, 20 * S), entry(2 * S, 'kill')]).until(21 * S);
    expect(run.heard).toEqual([]);
    expect(run.hosts).toEqual([0, 1, 2]);
    // The pod that was created in its place has no configuration, and is not ready.
    expect(run.world.pods.of[WEB].map(({ ordinal }) => ordinal)).toEqual([1, 2]);
    run.until(60 * S);
    expect(run.hosts).toEqual([0, 1, 2]);
    expect(run.world.clusters.states[0].endpoints[0].pod.incarnation).toBe(1);
    // Each wait is below 30 s.
    const [atNs] = run.firstHeard(CLIENT);
    expect(atNs).toBeGreaterThan(21 * S);
    expect(atNs).toBeLessThan(52 * S);
  });

  test('what istiod has not told when it ends comes with the next one', () => {
    // The debounce has not ended when istiod does.
    const run = new Run({ pods: 3 }, [entry(S, 'kill'), istiodDown(S + 105 * MS, 300 * MS)]).until(S + 405 * MS);
    expect(run.heard).toEqual([]);
    run.until(30 * S);
    expect(run.hosts).toEqual([0, 1, 2]);
  });

  test('nobody notices who has heard of everything: 200 proxies are back after 8 s or more', () => {
    const wish = { pods: 2, clientPods: 198 };
    const run = new Run(wish, [istiodDown(10 * S, 5 * S)]).until(14 * S);
    const { connect } = Istiod.prototype;
    const readmitted: number[] = [];
    vi.spyOn(Istiod.prototype, 'connect').mockImplementation(function (this: Istiod, ...given) {
      readmitted.push(run.world.calendar.nowNs);
      connect.apply(this, given);
    });
    run.until(59 * S);
    vi.restoreAllMocks();
    const without = new Run(wish, []).until(59 * S);
    expect(run.heard).toEqual([]);
    const totals = ({ world }: Run) => world.clusters.states.map(({ counters }) => counters.upstreamCxTotal);
    expect(totals(run)).toEqual(totals(without));
    expect(readmitted).toHaveLength(200);
    expect(Math.max(...readmitted) - Math.min(...readmitted)).toBeGreaterThanOrEqual(7.96 * S);
  });
});

describe('who has no proxy of Istio', () => {
  test("Linkerd's controller tells at once", () => {
    const run = new Run({ pods: 3, clientProxy: { product: 'linkerd' } }, [entry(S, 'kill')]).until(2 * S);
    const [atNs] = run.firstHeard(CLIENT);
    expect(atNs - S - ONE_WAY_NS).toBeGreaterThanOrEqual(10 * MS);
    expect(atNs - S - ONE_WAY_NS).toBeLessThanOrEqual(100 * MS);
  });

  test('kube-proxy syncs within a second', () => {
    const run = new Run({ pods: 3, clientPods: 40, clientProxy: null }, [entry(S, 'kill')]).until(3 * S);
    const times = run.firstHeard(CLIENT).map((atNs) => atNs - S);
    expect(times).toHaveLength(40);
    expect(Math.min(...times)).toBeGreaterThanOrEqual(10 * MS);
    expect(Math.max(...times)).toBeLessThanOrEqual(1100 * MS);
    // Uniform over a second: 40 draws span less than half of it with a probability of 4e-11.
    expect(Math.max(...times) - Math.min(...times)).toBeGreaterThan(500 * MS);
  });
});

describe('a pod that is not ready', () => {
  const unready = (wish: SmallPlan, istioVersion = '1.31') =>
    new Run({ pods: 3, ...wish }, [entry(S, 'crash')], { istioVersion }).until(S + 500 * MS);

  test('stays among the hosts from Istio 1.31 on', () => {
    const run = unready({});
    expect([run.hosts, run.world.clusters.states[0].unhealthyCount]).toEqual([[0, 1, 2], 1]);
  });

  test('leaves the hosts before, and comes back as a new one', () => {
    const run = unready({}, '1.30');
    expect([run.hosts, run.world.clusters.states[0].unhealthyCount]).toEqual([[1, 2], 0]);
    run.until(30 * S);
    expect(run.hosts).toEqual([0, 1, 2]);
  });

  test('leaves the hosts of a proxy of Linkerd', () => {
    expect(unready({ clientProxy: { product: 'linkerd' } }).hosts).toEqual([1, 2]);
  });
});

test('a mesh to which nothing is done has nobody who tells anything', () => {
  const run = new Run({ pods: 3 }, []).until(3 * S);
  for (const kind of [EVENT.news, EVENT.informed, EVENT.istiod]) expect(run.kinds).not.toContain(kind);
});
