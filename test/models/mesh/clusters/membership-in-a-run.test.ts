// Hosts come and go at a proxy while requests, handshakes and checks are under way: nobody who has gone is called, and nothing is lost.
import { describe, expect, test } from 'vitest';
import { World } from '../../../../models/mesh/run/world.js';
import type { ClusterState } from '../../../../models/mesh/state/cluster-state.js';
import { HEALTH_CHECK } from '../../../../models/mesh/state/nothing.js';
import type { BalancerPolicy, HealthCheckPlan, MeshPlan } from '../../../../models/plan/contract/plan.js';
import { burst, MS, OUTLIER, poisson, S, smallPlan, work } from '../../../support/plans.js';

const PODS = 4;
const CHECK: HealthCheckPlan = {
  kind: 'http',
  asks: { method: 'GET', path: '/' },
  timeoutNs: S,
  intervalNs: S / 10,
  intervalJitterNs: 0,
  intervalJitterPercent: 0,
  noTrafficIntervalNs: S,
  noTrafficHealthyIntervalNs: S,
  unhealthyIntervalNs: S / 10,
  unhealthyEdgeIntervalNs: S / 10,
  healthyEdgeIntervalNs: S / 10,
  unhealthyThreshold: 3,
  healthyThreshold: 2,
  expectedStatuses: [200],
  retriableStatuses: [],
  reuseConnection: true,
  unejects: true,
  handlers: [0],
};

class Run {
  readonly world: World;
  /** Ordinals of the pods that requests, and that checks, have gone to since this was last asked. */
  private calls = new Set<number>();
  private checks = new Set<number>();

  constructor(plan: MeshPlan) {
    const options = { seed: 'living', replication: 0, warmupNs: 0, durationNs: 60 * S, intervalNs: S };
    this.world = new World(plan, { ...options, maxEvents: 1e7 });
    this.world.recorder.begin();
  }

  get cluster(): ClusterState {
    return this.world.clusters.states[0];
  }

  until(atNs: number): void {
    const { world } = this;
    while (world.calendar.advance(atNs)) {
      world.handle(world.calendar.kind, world.calendar.ref);
      world.settle();
      for (const { call, pod } of world.attempts.taken()) {
        (call === HEALTH_CHECK ? this.checks : this.calls).add(pod.ordinal);
      }
    }
  }

  /** Hosts at these places have failed a check: they are held by none. */
  fail(...places: readonly number[]): void {
    for (const place of places) this.world.clusters.host(this.cluster, place).failedCheck = true;
  }

  called(): number[] {
    const called = [...this.calls].sort();
    this.calls = new Set();
    return called;
  }

  checked(): number[] {
    const checked = [...this.checks].sort();
    this.checks = new Set();
    return checked;
  }
}

const POLICIES: readonly BalancerPolicy[] = [
  'round_robin',
  'least_request',
  'random',
  'ring_hash',
  'maglev',
  'peak_ewma',
];

describe.each(POLICIES)('%s', (policy) => {
  test.each(['http1', 'http2'] as const)('over %s calls who is there, and whoever was called answers', (protocol) => {
    const run = new Run(
      smallPlan({
        pods: PODS,
        arrivals: [poisson(200)],
        program: [work(20 * MS)],
        cluster: { balancer: { policy, choiceCount: 2 }, protocol, outlier: OUTLIER },
      }),
    );
    run.until(2 * S);
    expect(run.called()).toEqual([0, 1, 2, 3]);
    const leaving = run.cluster.endpoints.filter((_, index) => index === 1 || index === 3);
    const host = run.cluster.hosts[1];
    run.world.clusters.update(run.cluster, [], leaving);
    // What is under way there comes to its end.
    run.until(2.1 * S);
    run.called();
    expect([host?.active, host?.isMember]).toEqual([0, false]);
    run.until(4 * S);
    expect(run.called()).toEqual([0, 2]);
    run.world.clusters.update(run.cluster, leaving, []);
    run.until(6 * S);
    expect(run.called()).toEqual([0, 1, 2, 3]);
    expect(run.cluster.activeRequests).toBe(run.cluster.hosts.reduce((sum, one) => sum + (one?.active ?? 0), 0));
    const { upstreamRqTotal } = run.cluster.counters;
    expect(upstreamRqTotal).toBeGreaterThan(1000);
  });
});

test('health checks end with their host, and begin with a new one', () => {
  const run = new Run(smallPlan({ pods: PODS, arrivals: [poisson(20)], cluster: { healthCheck: CHECK } }));
  run.until(2 * S);
  expect(run.checked()).toEqual([0, 1, 2, 3]);
  const [first, ...others] = run.cluster.endpoints;
  run.fail(1, 2, 3);
  run.world.clusters.update(run.cluster, [], others);
  run.until(2.1 * S);
  run.checked();
  run.until(4 * S);
  expect(run.checked()).toEqual([first.pod.ordinal]);
  run.world.clusters.update(run.cluster, others.slice(1), []);
  run.called();
  run.until(6 * S);
  expect(run.checked()).toEqual([0, 2, 3]);
  expect(run.called()).toEqual([0, 2, 3]);
});

test('a host that comes later is not called before its first check has passed', () => {
  const run = new Run(
    smallPlan({ pods: 2, arrivals: [poisson(500)], cluster: { healthCheck: CHECK }, oneWayNs: 100 * MS }),
  );
  run.until(S);
  const [, second] = run.cluster.endpoints;
  run.fail(1);
  run.world.clusters.update(run.cluster, [], [second]);
  run.until(1.5 * S);
  run.called();
  run.world.clusters.update(run.cluster, [second], []);
  expect(run.cluster.unhealthyCount).toBe(1);
  // A connection and a check: four trips.
  run.until(1.89 * S);
  expect(run.called()).toEqual([0]);
  run.until(4 * S);
  expect([run.cluster.unhealthyCount, run.called()]).toEqual([0, [0, 1]]);
});

test('requests that wait at a proxy of Linkerd for an endpoint go to the one that comes', () => {
  const run = new Run(
    smallPlan({
      pods: 2,
      arrivals: [burst(0, 1), burst(S, 5)],
      clientProxy: { product: 'linkerd' },
      cluster: { balancer: { policy: 'peak_ewma', choiceCount: 2 } },
    }),
  );
  run.until(S / 2);
  const { world } = run;
  const { endpoints } = run.cluster;
  run.called();
  world.clusters.update(run.cluster, [], endpoints);
  run.until(2 * S);
  expect([run.called(), world.calls.inUse]).toEqual([[], 5]);
  world.clusters.update(run.cluster, endpoints.slice(1), []);
  run.until(3 * S);
  expect([run.called(), world.calls.inUse]).toEqual([[1], 0]);
  expect(run.cluster.counters.upstreamRqTotal).toBe(6);
});
