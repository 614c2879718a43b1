// Changes, cases CH-14 to CH-18: what a proxy does with assignments that change weights, come amid ejections, take away hosts that pass their checks, or
// put a host into another locality; and what becomes of a queue at a host that is gone. Sources: envoy: source/common/upstream/{upstream_impl,
// cluster_manager_impl}.cc, source/extensions/clusters/eds/eds.cc, source/common/http/http1/conn_pool.cc. Each is recorded beside a real Envoy as well
// (lab/cases/{hosts-change,faults}.ts).
import { describe, expect, test } from 'vitest';
import { NO_CHANGE } from '../../models/mesh/balancing/assignments.js';
import { World } from '../../models/mesh/run/world.js';
import type { HostState } from '../../models/mesh/state/cluster-state.js';
import { ChangeRun } from '../support/change-run.js';
import { checkEverySecond } from '../support/health-checks.js';
import { burst, MS, poisson, S, smallPlan, work } from '../support/plans.js';

const [A, B, C] = [0, 1, 2];
const ONE_ERROR = 'outlierDetection: { consecutive5xxErrors: 1, baseEjectionTime: 30s, maxEjectionPercent: 100 }';

function every(gapMs: number, count: number, fromMs: number): number[] {
  return Array.from({ length: count }, (_, i) => (fromMs + gapMs * i) * MS);
}

function hostOf(run: ChangeRun, place: number): HostState {
  return run.world.clusters.host(run.cluster, place);
}

describe('CH-14: weights A 1 and B 2, one pick, then an update', () => {
  const picksOf = (updates: boolean): readonly number[] => {
    const run = new ChangeRun({ requestsNs: every(10, 8, 0), workNs: MS });
    run.until(5 * MS);
    const [a, b, c] = run.cluster.endpoints;
    run.world.clusters.update(
      run.cluster,
      [
        { ...a!, weight: 1 },
        { ...b!, weight: 2 },
      ],
      [c!],
    );
    run.until(15 * MS);
    if (updates)
      run.world.clusters.update(
        run.cluster,
        [a!].map((one) => ({ ...one, weight: 1 })),
        [],
      );
    run.until(S);
    return run.picks.slice(1);
  };

  test('the picks begin again', () => {
    const plain = picksOf(false);
    expect(plain.slice(0, 6).filter((pick) => pick === B)).toHaveLength(4);
    expect(plain.slice(0, 3)).not.toEqual(plain.slice(1, 4));
    expect(picksOf(true)).toEqual([plain[0], ...plain.slice(0, 6)]);
  });
});

describe('CH-15: A is ejected, and B 300 ms later', () => {
  const ejected = (arrivesMs: number | null) => {
    const run = new ChangeRun({ pods: 4, requestsNs: [0, ...every(50, 60, 1500)], workNs: MS, policy: ONE_ERROR });
    const [n] = run.web.slice(3);
    run.until(MS / 10);
    run.world.clusters.hear(run.client, [{ ...NO_CHANGE, workload: n!.workload, removed: [n!] }]);
    // The last update was long ago.
    run.until(2 * S);
    run.world.outlier.response(hostOf(run, A), 500);
    run.until(2.3 * S);
    const [from, idle] = [run.picks.length, run.connections(run.web[B]!).idle];
    run.world.outlier.response(hostOf(run, B), 500);
    expect([idle, run.connections(run.web[B]!).idle]).toEqual([1, 0]);
    if (arrivesMs !== null) {
      run.until((2000 + arrivesMs) * MS);
      run.world.clusters.hear(run.client, [{ ...NO_CHANGE, workload: n!.workload, added: [n!] }]);
    }
    run.until(5 * S);
    const picks = run.tries.slice(from);
    expect(picks.some(({ pod }) => pod === A)).toBe(false);
    return { run, lastOfB: picks.findLast(({ pod }) => pod === B)?.atMs ?? 0, picks };
  };

  test('B is picked, cold, until 1300 ms', () => {
    const { lastOfB } = ejected(null);
    expect(lastOfB).toBeGreaterThan(3150);
    expect(lastOfB).toBeLessThan(3301);
  });

  test('a host that comes at 800 ms takes B out with it', () => {
    const { run, lastOfB, picks } = ejected(800);
    expect(lastOfB).toBeGreaterThan(2650);
    expect(lastOfB).toBeLessThan(2801);
    expect(picks.find(({ pod }) => pod === 3)!.atMs).toBeLessThan(2901);
    expect(run.cluster.merging.cancelled).toBe(1);
  });
});

describe('CH-17: an assignment leaves out a host that passes its checks', () => {
  const CHECK = checkEverySecond('http', [0]);

  test('it stays until it fails them', () => {
    const plan = smallPlan({ pods: 3, arrivals: [poisson(100)], program: [work(MS)], cluster: { healthCheck: CHECK } });
    const world = new World(plan, {
      seed: 'held',
      replication: 0,
      warmupNs: 0,
      durationNs: 60 * S,
      intervalNs: S,
      maxEvents: 1e7,
    });
    world.recorder.begin();
    const until = (atNs: number): void => {
      while (world.calendar.advance(atNs)) {
        world.handle(world.calendar.kind, world.calendar.ref);
        world.settle();
      }
    };
    until(3 * S);
    const state = world.clusters.states[0]!;
    const { pod } = state.endpoints[B]!;
    const host = world.clusters.host(state, B);
    world.clusters.hear(state.caller, [{ ...NO_CHANGE, workload: pod.workload, removed: [pod] }]);
    until(10 * S);
    expect([state.memberCount, host.isMember]).toEqual([3, true]);
    world.pods.apps[pod.id]!.suffer({ fault: { kind: 'fail', share: 1, status: 503 }, sinceNs: 10 * S, rampNs: 0 });
    until(15 * S);
    expect([state.memberCount, host.isMember, state.unhealthyCount]).toEqual([2, false, 0]);
  });
});

describe('CH-18: a host with four errors of five is put elsewhere; then one error more', () => {
  const FIVE = 'outlierDetection: { consecutive5xxErrors: 5, baseEjectionTime: 30s, maxEjectionPercent: 100 }';

  test('(b) into another locality: a new host, cold, with one error', () => {
    const run = new ChangeRun({ requestsNs: every(1, 6, 0), workNs: MS, policy: FIVE });
    run.until(100 * MS);
    const before = hostOf(run, A);
    for (let i = 0; i < 4; i++) run.world.outlier.response(before, 500);
    const idle = run.connections(run.web[A]!).idle;
    const [endpoint] = run.cluster.endpoints;
    run.world.clusters.update(run.cluster, [{ ...endpoint!, locality: endpoint!.locality + 1 }], []);
    const after = hostOf(run, A);
    run.world.outlier.response(after, 500);
    expect(idle).toBeGreaterThan(0);
    expect(run.connections(run.web[A]!).idle).toBe(0);
    expect([after === before, before.isMember, after.consecutive5xx, after.ejected]).toEqual([false, false, 1, false]);
  });
});

describe('CH-19: A is unready and ready again, with an Envoy that hears assignments at once', () => {
  test('it is picked again without a wait', () => {
    const run = new ChangeRun({
      envoyVersion: '1.40',
      requestsNs: [...every(1, 3, 0), ...every(10, 3, 2310), ...every(10, 3, 2810)],
      workNs: MS,
    });
    const [a] = run.web;
    run.until(2300 * MS);
    run.world.clusters.hear(run.client, [{ ...NO_CHANGE, workload: a!.workload, unready: [a!] }]);
    run.until(2800 * MS);
    run.world.clusters.hear(run.client, [{ ...NO_CHANGE, workload: a!.workload, ready: [a!] }]);
    run.turnTo(A);
    run.until(4 * S);
    expect(run.picks.slice(3, 6)).not.toContain(A);
    expect(run.picks.slice(6)).toEqual([A, B, C]);
  });
});

test('who waits for a host that is gone needs a connection of HTTP/1.1 each', () => {
  const plan = smallPlan({
    pods: 1,
    arrivals: [burst(0, 4)],
    program: [work(100 * MS)],
    limits: { maxConnections: 1 },
  });
  const options = { seed: 'queue', replication: 0, warmupNs: 0, durationNs: 10 * S, intervalNs: S, maxEvents: 1e6 };
  const world = new World(plan, options);
  world.recorder.begin();
  const until = (atNs: number): void => {
    while (world.calendar.advance(atNs)) {
      world.handle(world.calendar.kind, world.calendar.ref);
      world.settle();
    }
  };
  until(50 * MS);
  const state = world.clusters.states[0]!;
  world.clusters.update(state, [], state.endpoints);
  until(5 * S);
  expect([state.counters.upstreamRqTotal, state.counters.upstreamCxTotal, state.connections]).toEqual([4, 4, 0]);
});
