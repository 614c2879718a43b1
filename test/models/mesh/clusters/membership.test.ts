// A cluster whose hosts come and go: whatever has happened before, everything is as in a cluster that was built with the same hosts, but for what Envoy
// keeps (envoy: source/common/upstream/upstream_impl.cc, updateDynamicHostList; test/common/upstream/upstream_impl_test.cc).
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { Balancer, learnHealth } from '../../../../models/mesh/balancing/balancer.js';
import { Clusters } from '../../../../models/mesh/clusters/clusters.js';
import { OutlierDetector } from '../../../../models/mesh/clusters/outlier.js';
import { Network } from '../../../../models/mesh/network/network.js';
import type { HostSource } from '../../../../models/mesh/policies/host-source.js';
import { Recorder } from '../../../../models/mesh/recording/recorder.js';
import { buildRuntimePlan } from '../../../../models/mesh/run/runtime-plan.js';
import { Call } from '../../../../models/mesh/state/call.js';
import type { ClusterState, HostState } from '../../../../models/mesh/state/cluster-state.js';
import type { Endpoint } from '../../../../models/mesh/state/endpoint.js';
import { Pod, podAddress } from '../../../../models/mesh/state/pod.js';
import type { BalancerPolicy, ClusterPlan, MeshPlan } from '../../../../models/plan/contract/plan.js';
import { Calendar } from '../../../../sim/calendar.js';
import { Draws } from '../../../../sim/random/draws.js';
import { OUTLIER, S, smallPlan } from '../../../support/plans.js';

const LOCALITIES = [0, 1, 2];
/** Of the client, and of each of the two workloads behind the cluster. */
const CLIENTS = [0, 1, 2];
const PODS = [2, 0, 1, 0, 2];
const ALL = 2 * PODS.length;
const PICKS = 40;

type Wish = Partial<Omit<ClusterPlan, 'limits'>>;

const policy = (name: BalancerPolicy): Wish => ({ balancer: { policy: name, choiceCount: 3, tableSize: 101 } });
const WEIGHTED = [1, 3];
const RANKS = [
  [0, 1, 1],
  [1, 0, -1],
];

/** Every balancer, and everything that tells hosts apart. */
const CASES: Readonly<Record<string, { readonly cluster: Wish; readonly weights?: readonly number[] }>> = {
  'round robin': { cluster: policy('round_robin') },
  'round robin by weight': { cluster: policy('round_robin'), weights: WEIGHTED },
  'round robin with slow start': {
    cluster: {
      balancer: {
        policy: 'round_robin',
        choiceCount: 2,
        slowStart: { windowNs: S, aggression: 1, minWeightPercent: 10 },
      },
    },
  },
  'round robin by zones': { cluster: { ...policy('round_robin'), zoneAware: { minClusterSize: 2 } } },
  'round robin by priority': {
    cluster: { ...policy('round_robin'), localityViews: [{ priorities: RANKS, weights: null }] },
  },
  'least request': { cluster: policy('least_request') },
  'least request by weight': { cluster: policy('least_request'), weights: WEIGHTED },
  'least request by locality weights': {
    cluster: {
      ...policy('least_request'),
      localityViews: [
        {
          priorities: [
            [0, 0, 0],
            [0, 0, 0],
          ],
          weights: [[1, 2, 3]],
        },
      ],
    },
  },
  random: { cluster: policy('random') },
  'random by priority': { cluster: { ...policy('random'), localityViews: [{ priorities: RANKS, weights: null }] } },
  'ring hash': { cluster: policy('ring_hash') },
  'ring hash by priority': {
    cluster: { ...policy('ring_hash'), localityViews: [{ priorities: RANKS, weights: null }] },
  },
  maglev: { cluster: policy('maglev'), weights: WEIGHTED },
  'peak EWMA': { cluster: policy('peak_ewma') },
  'connections of a ztunnel': { cluster: { ...policy('random'), perConnection: true }, weights: WEIGHTED },
};

function planOf(cluster: Wish, weights: readonly number[]): MeshPlan {
  const plan = smallPlan({ cluster: { outlier: { ...OUTLIER, maxEjectionPercent: 100 }, ...cluster } });
  const [client, web] = plan.workloads;
  const square = (value: number): number[][] => LOCALITIES.map(() => LOCALITIES.map(() => value));
  return {
    ...plan,
    localities: LOCALITIES.map((zone) => ({ region: 'r', zone: 'bca'[zone] })),
    network: { ...plan.network, oneWayNs: square(1), jitter: square(0), loss: square(0), bytesPerSecond: square(0) },
    workloads: [
      { ...client, podLocalities: CLIENTS },
      { ...web, podLocalities: PODS },
      { ...web, name: 'web-v2', podLocalities: PODS },
    ],
    clusters: plan.clusters.map((one) => ({
      ...one,
      groups: weights.map((weight, group) => ({ workload: group + 1, weight, passage: null })),
    })),
  };
}

/** A cluster at one proxy, whose first assignment has these endpoints of all (by their places). */
class Lab {
  readonly calendar = new Calendar();
  readonly state: ClusterState;
  readonly clusters: Clusters;
  readonly caller: Pod;
  readonly drained: number[] = [];
  private readonly balancer: Balancer;
  readonly detector: OutlierDetector;
  private readonly call = new Call(0);

  constructor(name: string, has: (pod: Pod) => boolean = () => true) {
    const { cluster, weights = [1, 1] } = CASES[name];
    const plan = planOf(cluster, weights);
    const { calendar } = this;
    const runtime = buildRuntimePlan(plan, calendar);
    let id = 0;
    const podsOf = plan.workloads.map((workload, w) =>
      workload.podLocalities.map((_, ordinal) => new Pod(id++, w, ordinal, runtime, null, 0)),
    );
    const known = podsOf.map((pods, w) => (w === 0 ? pods : pods.filter(has)));
    const recorder = new Recorder(plan, calendar, 0, S, S);
    const network = new Network(plan.network, calendar);
    const pools = Array.from({ length: ALL }, (_, number) => ({
      hasFree: false,
      hasConnection: false,
      leave: () => this.drained.push(number),
    }));
    this.clusters = new Clusters(calendar, network, known, plan.localities, recorder, 'lab', plan.envoy, pools);
    this.caller = podsOf[0][0];
    this.state = this.clusters.at(this.caller, runtime.sites[0].destinations[0])!;
    this.balancer = new Balancer(this.clusters, new Draws('lab', 'balancer'));
    this.detector = new OutlierDetector(calendar, 'lab');
    this.call.worker = 0;
  }

  host(index: number): HostState {
    return this.clusters.host(this.state, index);
  }

  pick(key: number): HostState | null {
    return this.balancer.pick(this.state, this.call, key, 7, 0);
  }

  /** Names of the hosts of the next picks. */
  picks(): (string | null)[] {
    return Array.from({ length: PICKS }, (_, key) => nameOf(this.pick(key)?.endpoint ?? null));
  }

  eject(host: HostState): void {
    for (let errors = 0; errors < OUTLIER.consecutive5xx; errors++) this.detector.response(host, 500);
    this.detector.updateHosts(this.state);
  }

  /** The same rotations, streams and ejections as another cluster with the same hosts has. */
  becomeLike({ state }: Lab): void {
    state.endpoints.forEach((_, index) => {
      const host = state.hosts[index];
      if (host === null) return;
      this.host(index).active = host.active;
      this.host(index).ejected = host.ejected;
    });
    this.state.ejectedCount = state.ejectedCount;
    this.state.unhealthyCount = state.unhealthyCount;
    this.state.alike.rotation.set(state.alike.rotation);
    this.state.sets?.priorities.forEach((set, priority) => {
      const like = state.sets?.priorities[priority];
      if (like === undefined) throw new Error('a priority is missing');
      const pairs: [HostSource, HostSource][] = [
        [set.all, like.all],
        [set.healthy, like.healthy],
        ...set.byLocality.map((source, locality): [HostSource, HostSource] => [source, like.byLocality[locality]]),
      ];
      for (const [source, other] of pairs) source.rotation.set(other.rotation);
    });
    learnHealth(this.state, 0);
  }
}

function nameOf(endpoint: Endpoint | null): string | null {
  return endpoint === null ? null : podAddress(endpoint.pod);
}

/** What happens between two comparisons: who leaves, who comes, who is busy, who fails. Numbers are places among all endpoints. */
interface Step {
  readonly leave: readonly number[];
  readonly come: readonly number[];
  readonly busy: readonly number[];
  readonly fail: readonly number[];
}

const places = (maxLength: number): fc.Arbitrary<number[]> =>
  fc.uniqueArray(fc.integer({ min: 0, max: ALL - 1 }), { maxLength }).map((found) => found.sort((a, b) => a - b));

const STEPS: fc.Arbitrary<Step[]> = fc.array(
  fc.record({ leave: places(4), come: places(4), busy: places(3), fail: places(2) }),
  { minLength: 1, maxLength: 6 },
);

describe.each(Object.keys(CASES))('%s:', (name) => {
  const all = new Lab(name).state.endpoints;
  const universe = new Map(all.map((endpoint) => [podAddress(endpoint.pod), endpoint]));

  test.prop([STEPS], { numRuns: 15 })('hosts that come and go leave nothing behind', (steps) => {
    const lab = new Lab(name);
    const { state } = lab;
    const endpointOf = (place: number): Endpoint => {
      const own = new Map(ownEndpoints(lab).map((endpoint) => [nameOf(endpoint), endpoint]));
      const found = own.get(nameOf(all[place]));
      if (found === undefined) throw new Error('an endpoint is missing');
      return found;
    };
    const members = new Set(all.keys());
    for (const { leave, come, busy, fail } of steps) {
      const before = new Map(state.hosts.flatMap((host) => (host === null ? [] : [[nameOf(host.endpoint), host]])));
      const leaving = leave.filter((place) => members.has(place));
      const coming = come.filter((place) => !members.has(place));
      for (const place of leaving) members.delete(place);
      for (const place of coming) members.add(place);
      lab.clusters.update(state, coming.map(endpointOf), leaving.map(endpointOf));

      const expected = all.filter((_, place) => members.has(place)).map(nameOf);
      expect(state.endpoints.map(nameOf)).toEqual(expected);
      expectConsistent(lab, before);

      const fresh = new Lab(name, (pod) => expected.includes(podAddress(pod)));
      expect(fresh.state.endpoints.map(nameOf)).toEqual(expected);
      expect(state.memberCount).toBe(fresh.state.memberCount);
      fresh.becomeLike(lab);
      const picks = lab.picks();
      expect(picks).toEqual(fresh.picks());
      for (const pick of picks) if (pick !== null) expect(expected).toContain(pick);

      for (const place of busy) if (members.has(place)) hostOf(lab, nameOf(all[place])).active++;
      for (const place of fail) if (members.has(place)) lab.eject(hostOf(lab, nameOf(all[place])));
    }
  });

  it('without hosts there is no pick; with one, that one', () => {
    const lab = new Lab(name);
    const own = ownEndpoints(lab);
    lab.clusters.update(lab.state, [], own);
    expect(lab.state.endpoints).toEqual([]);
    expect(lab.pick(1)).toBeNull();
    // The last in the order: zone b of the first workload, which every caller is given.
    const only = own[own.length - 1];
    lab.clusters.update(lab.state, [only], []);
    if (lab.state.memberCount > 0) expect(lab.pick(1)?.endpoint).toBe(only);
    expect(universe.size).toBe(ALL);
  });
});

const ENDPOINTS = new WeakMap<Lab, readonly Endpoint[]>();

/** All endpoints of a lab, with its own pods. */
function ownEndpoints(lab: Lab): readonly Endpoint[] {
  const known = ENDPOINTS.get(lab) ?? lab.state.endpoints;
  ENDPOINTS.set(lab, known);
  return known;
}

function hostOf({ state, clusters }: Lab, name: string | null): HostState {
  return clusters.host(state, state.endpoints.map(nameOf).indexOf(name));
}

/** Every structure is about the hosts that there are, and those that stay are the same objects with the same numbers. */
function expectConsistent({ state }: Lab, before: ReadonlyMap<string | null, HostState>): void {
  expect(state.hosts).toHaveLength(state.endpoints.length);
  let ejected = 0;
  let tainted = 0;
  state.hosts.forEach((host, index) => {
    if (host === null) {
      expect([state.activeAt(index), state.isHealthyAt(index)]).toEqual([0, true]);
      return;
    }
    expect(host.index).toBe(index);
    expect(host.endpoint).toBe(state.endpoints[index]);
    expect(before.get(nameOf(host.endpoint))).toBe(host);
    expect(state.activeAt(index)).toBe(host.active);
    expect(state.isHealthyAt(index)).toBe(!host.ejected);
    if (host.ejected) ejected++;
    if (host.ejections > 0) tainted++;
  });
  expect([state.ejectedCount, state.unhealthyCount, state.tainted]).toEqual([ejected, ejected, tainted]);
  for (const host of before.values()) expect(host.isMember).toBe(state.hosts.includes(host));
}

describe('a host that has gone', () => {
  it('keeps its streams, drains its pools, and is spoken of no more', () => {
    const lab = new Lab('least request');
    const host = lab.host(3);
    host.active = 2;
    host.usePool(0, 5);
    lab.eject(lab.host(4));
    lab.state.session = host;
    const { endpoint } = host;
    lab.clusters.update(lab.state, [], [endpoint]);
    expect([host.active, host.isMember, host.pools, lab.drained]).toEqual([2, false, [5], [5]]);
    expect(lab.state.session).toBeNull();
    // What its last streams meet does not count at the cluster.
    lab.eject(host);
    host.active--;
    expect([host.active, host.ejected, lab.state.ejectedCount, lab.state.counters.ejectionsDetected]).toEqual([
      1,
      false,
      1,
      1,
    ]);
    // Back again: a new host under the same address.
    lab.clusters.update(lab.state, [endpoint], []);
    expect(lab.host(3)).not.toBe(host);
    expect([lab.host(3).active, lab.host(3).pools, lab.host(4).ejected]).toEqual([0, [], true]);
  });

  it('that was ejected counts no more among the ejected', () => {
    const lab = new Lab('round robin');
    lab.eject(lab.host(0));
    lab.eject(lab.host(1));
    lab.clusters.update(lab.state, [], [lab.host(0).endpoint]);
    expect([lab.state.ejectedCount, lab.state.unhealthyCount, lab.state.tainted]).toEqual([1, 1, 1]);
    expect(lab.state.alike.count).toBe(ALL - 2);
  });
});

describe('an endpoint that is named again', () => {
  it('keeps its host where only its weight has changed', () => {
    const lab = new Lab('round robin by weight');
    const host = lab.host(2);
    host.active = 1;
    lab.clusters.update(lab.state, [{ ...host.endpoint, weight: 9 }], []);
    expect(lab.host(2)).toBe(host);
    expect([host.active, host.endpoint.weight, lab.state.sets?.weights[2]]).toEqual([1, 9, 9]);
  });

  it('tells hosts apart that were alike', () => {
    const lab = new Lab('least request');
    const busy = lab.host(0);
    busy.active = 3;
    expect(lab.state.sets).toBeNull();
    lab.clusters.update(lab.state, [{ ...busy.endpoint, weight: 20 }], []);
    // Least request among unequal hosts is a schedule by weight / (active + 1): 5 against nine times 1.
    const share = lab.picks().filter((name) => name === nameOf(busy.endpoint)).length / PICKS;
    expect(Math.abs(share - 5 / 14)).toBeLessThan(2 / PICKS);
    expect(lab.host(0)).toBe(busy);
  });

  it('has a new host where its locality has changed, or where it was removed at the same time', () => {
    const lab = new Lab('round robin by zones');
    const host = lab.host(2);
    const elsewhere = lab.state.endpoints.find(({ locality }) => locality !== host.endpoint.locality);
    if (elsewhere === undefined) throw new Error('there are several localities');
    const { locality, rank } = elsewhere;
    lab.clusters.update(lab.state, [{ ...host.endpoint, locality, rank }], []);
    expect(host.isMember).toBe(false);
    const other = lab.host(0);
    lab.clusters.update(lab.state, [other.endpoint], [other.endpoint]);
    expect([other.isMember, lab.state.endpoints.length]).toEqual([false, ALL]);
  });
});

describe('a change of the list', () => {
  it('brings changes of health with it that would have been merged with later ones', () => {
    const lab = new Lab('round robin');
    const fail = (host: HostState) => {
      for (let errors = 0; errors < OUTLIER.consecutive5xx; errors++) lab.detector.response(host, 500);
    };
    fail(lab.host(0));
    fail(lab.host(1));
    expect([lab.state.unhealthyCount, lab.state.alike.count]).toEqual([2, ALL - 1]);
    lab.clusters.update(lab.state, [], [lab.host(5).endpoint]);
    expect(lab.state.alike.count).toBe(ALL - 3);
    // The window has begun anew.
    fail(lab.host(2));
    expect([lab.state.unhealthyCount, lab.state.alike.count]).toEqual([3, ALL - 3]);
  });
});

describe('rotations', () => {
  it('go on where they stood, over the hosts that there are now', () => {
    const lab = new Lab('round robin');
    const start = lab.pick(0)?.index ?? -1;
    for (let i = 1; i < 7; i++) lab.pick(i);
    const { rotation } = lab.state.alike;
    const next = rotation[0];
    lab.clusters.update(lab.state, [], [lab.host(start).endpoint]);
    expect(lab.pick(7)?.index).toBe(next % (ALL - 1));
  });
});

describe('the own cluster of a caller', () => {
  it('moves the shares of the zones as its pods come and go', () => {
    const lab = new Lab('round robin by zones');
    const zones = () => lab.state.sets?.priorities[0].zones ?? null;
    expect(zones()?.local).toBeGreaterThan(0);
    const own = CLIENTS.map((locality, ordinal) => ({
      group: 0,
      pod: { id: ordinal, ordinal } as unknown as Pod,
      locality,
      rank: locality,
      weight: 1,
    }));
    // Callers in a single zone: zones do not count.
    lab.clusters.updateOwn(lab.caller, [], own.slice(1));
    expect(zones()).toBeNull();
    lab.clusters.updateOwn(lab.caller, own.slice(1, 2), []);
    expect(zones()).not.toBeNull();
  });
});
