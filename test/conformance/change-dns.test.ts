// Changes, case CH-13, as a run: what a proxy makes of the answers for a host of a ServiceEntry (models/mesh/life/dns-clusters.ts; envoy:
// source/extensions/clusters/dns/dns_cluster.cc; istio: pilot/pkg/networking/core/cluster_builder.go).
import { describe, expect, test } from 'vitest';
import { World } from '../../models/mesh/run/world.js';
import { EVENT } from '../../models/mesh/state/events.js';
import type { MeshPlan } from '../../models/plan/contract/plan.js';
import type { DnsActionPlan } from '../../models/plan/contract/timeline-plan.js';
import { call, deployment, istio, namespace, planOf, service, WORK } from '../models/plan/support.js';
import { S } from '../support/plans.js';

type Answer = readonly [fromS: number, toS: number, answers: DnsActionPlan['answers']];

class Run {
  readonly plan: MeshPlan;
  readonly world: World;
  /** When the proxy has asked, in seconds, and the ordinals of the hosts that it has from then on. */
  readonly queries: { readonly atS: number; readonly hosts: readonly number[] }[] = [];

  constructor(answers: readonly Answer[], resolution = 'DNS', seed = 'dns') {
    const plan = planOf({
      yaml: [
        namespace('a'),
        namespace('b'),
        deployment('client', 'a', { app: 'client' }, 1),
        deployment('web', 'b', { app: 'web' }, 1),
        service('web', 'b', ['{ name: http, port: 80 }']),
        istio(
          'ServiceEntry',
          'partner',
          'b',
          `{ hosts: [api.partner.com], location: MESH_EXTERNAL, resolution: ${resolution}, ports: [{ number: 80, name: http, protocol: HTTP }] }`,
        ),
      ].join('---\n'),
      services: { 'web.b': { steps: [WORK, call('http://api.partner.com/')] } },
      workloads: { 'api.partner.com': { replicas: 2 } },
      input: { istioVersion: '1.31' },
    });
    const workload = plan.workloads.findIndex(({ name }) => name === 'api.partner.com');
    this.plan = {
      ...plan,
      timeline: answers.map(([fromS, toS, count]) => ({
        name: 'dns',
        position: null,
        startsNs: [fromS * S],
        durationNs: (toS - fromS) * S,
        rampNs: 0,
        action: {
          kind: 'dns',
          workloads: [workload],
          isLogical: resolution !== 'DNS',
          answers: count,
          ttlSeconds: 30,
        },
      })),
    };
    const options = { seed, replication: 0, warmupNs: 0, durationNs: 300 * S, intervalNs: S, maxEvents: 1e7 };
    this.world = new World(this.plan, options);
    this.world.recorder.begin();
  }

  until(atNs: number): this {
    const { calendar } = this.world;
    while (calendar.advance(atNs)) {
      this.world.handle(calendar.kind, calendar.ref);
      this.world.settle();
      if (calendar.kind === EVENT.dnsQuery) this.queries.push({ atS: calendar.nowNs / S, hosts: this.hosts });
    }
    return this;
  }

  get cluster() {
    return this.world.clusters.states.find(({ plan }) => plan.host === 'api.partner.com')!;
  }

  get hosts(): number[] {
    return this.cluster.endpoints.map(({ pod }) => pod.ordinal);
  }
}

/** One address from 20 s, an error from 50 s, nothing from 85 s on; all again from 200 s on. */
const STORY: readonly Answer[] = [
  [20, 50, 1],
  [50, 85, 'fails'],
  [85, 200, 0],
];

describe('CH-13: answers for a host that is resolved (STRICT_DNS), each for 30 s', () => {
  test.each(['one', 'two', 'three'])(
    'B is out at once, an error keeps A for 60 s, nothing empties the cluster (seed %s)',
    (seed) => {
      const run = new Run(STORY, 'DNS', seed).until(299 * S);
      const [first, second, third, fourth] = run.queries;
      expect(first!.atS).toBeGreaterThan(20);
      expect(first!.atS).toBeLessThan(50);
      expect(run.queries.slice(0, 4).map(({ hosts }) => hosts)).toEqual([[0], [0], [], []]);
      // Whole milliseconds below 100 after a success; after an error exactly the refresh rate.
      const jitterS = second!.atS - first!.atS - 30;
      expect(jitterS).toBeGreaterThanOrEqual(0);
      expect(jitterS).toBeLessThan(0.1);
      expect(third!.atS - second!.atS).toBeCloseTo(60, 6);
      expect(fourth!.atS - third!.atS).toBeGreaterThanOrEqual(60);
      expect(fourth!.atS - third!.atS).toBeLessThan(60.1);
      // Within a minute of its return the name is back.
      expect(run.hosts).toEqual([0, 1]);
      expect(run.cluster.counters.upstreamCxNoneHealthy).toBeGreaterThan(0);
    },
  );

  test('connections to an address that is gone end as their requests do, and nobody picks it', () => {
    const run = new Run([[20, 300, 1]]).until(19 * S);
    const before = run.cluster.hosts.filter((host) => host !== null).length;
    expect(before).toBe(2);
    run.until(100 * S);
    expect(run.hosts).toEqual([0]);
    const open = run.world.connections.all.filter(
      ({ state, pool }) => state !== 4 && pool.host.cluster === run.cluster && pool.host.pod.ordinal === 1,
    );
    expect(open).toEqual([]);
    expect(run.cluster.counters.upstreamCxNoneHealthy).toBe(0);
  });
});

test('DNS_ROUND_ROBIN (LOGICAL_DNS) keeps its host where a name resolves to nothing', () => {
  const run = new Run([[20, 299, 0]], 'DNS_ROUND_ROBIN').until(200 * S);
  expect(run.queries.length).toBeGreaterThan(1);
  expect(run.hosts).toEqual([0, 1]);
  expect(run.cluster.counters.upstreamCxNoneHealthy).toBe(0);
});

test('nobody asks before an entry is about the name, and a run without one is as it was', () => {
  const run = new Run([[20, 30, 1]]).until(19.99 * S);
  expect(run.queries).toEqual([]);
  const plain = new Run([]).until(19.99 * S);
  expect(run.world.recorder.started).toBe(plain.world.recorder.started);
});
