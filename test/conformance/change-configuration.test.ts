// Changes, cases CH-1 to CH-8, CH-23 and CH-34, as runs: what a proxy does with clusters and routes that change, message by message. Sources:
// envoy: source/common/upstream/{cluster_manager_impl,cds_api_helper}.cc, source/common/conn_pool/conn_pool_base.cc, source/common/router/router.cc,
// source/common/http/conn_manager_impl.cc; istio: pilot/pkg/xds/{ads,delta}.go.
import { describe, expect, test } from 'vitest';
import { ChangeRun, type ChangeWish, rule } from '../support/change-run.js';
import { MS, S } from '../support/plans.js';

const [A, B, C] = [0, 1, 2];
const LIMIT = 'connectionPool: { http: { http2MaxRequests: 1 } }';
const OUTLIER =
  'outlierDetection: { consecutive5xxErrors: 1, baseEjectionTime: 30s, interval: 3s, maxEjectionPercent: 100 }';

function at(...times: readonly number[]): number[] {
  return times.map((ms) => ms * MS);
}

/** So many requests to each of three pods at once: as many connections to each. */
function warmUp(connections: number): number[] {
  return at(...Array.from({ length: 3 * connections }, (_, ms) => ms));
}

function route(subset: string, more = ''): string {
  return `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: web, namespace: b }
spec: { hosts: [web], http: [{ ${more}route: [{ destination: { host: web${subset === '' ? '' : `, subset: ${subset}`} } }] }] }
`;
}

const NO_SERVICE = `apiVersion: v1
kind: Service
metadata: { name: web, namespace: b }
spec: { selector: { app: web }, ports: [{ name: http, port: 81 }] }
`;
const SUBSETS = ', subsets: [{ name: v3, labels: { app: web } }]';

function connectTimeout(ms: number): string {
  return rule(`connectionPool: { tcp: { connectTimeout: ${ms}ms } }`);
}

function warm(wish: Partial<ChangeWish> & Pick<ChangeWish, 'requestsNs'>): ChangeRun {
  return new ChangeRun({ workNs: 50 * MS, ...wish, requestsNs: [...warmUp(5), ...wish.requestsNs] }).until(990 * MS);
}

function connectionsOf(run: ChangeRun): number {
  return run.web.reduce((sum, pod) => sum + run.connections(pod).idle + run.connections(pod).busy, 0);
}

test('CH-1: a message that repeats what the proxy has changes nothing', () => {
  const run = warm({ requestsNs: at(1100, 1200), later: [rule('')] });
  const { cluster } = run;
  run.turnTo(B);
  run.hear(1, 'cds', 'eds');
  expect([run.cluster, connectionsOf(run)]).toEqual([cluster, 15]);
  run.until(2 * S);
  expect(run.picks.slice(15)).toEqual([B, C]);
});

test('CH-2: a changed cluster takes the place of the old one when its endpoints come', () => {
  const run = warm({ requestsNs: at(1010, 1030), later: [connectTimeout(700)] });
  const { counters } = run.cluster;
  run.until(1000 * MS).hear(1, 'cds');
  run.until(1015 * MS);
  expect([run.cluster.generation, connectionsOf(run)]).toEqual([0, 15]);
  run.until(1020 * MS);
  expect(counters.upstreamCxTotal).toBe(15);
  run.hear(1, 'eds');
  // The request of 1.01 s goes on at the old cluster.
  expect([run.cluster.generation, connectionsOf(run)]).toEqual([1, 1]);
  run.until(1040 * MS);
  expect(counters.upstreamCxTotal).toBe(16);
  run.until(2 * S);
  expect([run.ends.slice(15), connectionsOf(run)]).toEqual([['200 -', '200 -'], 1]);
  expect(run.cluster.counters).toBe(counters);
});

test('CH-3: what has changed and changes back before it holds is a new cluster all the same', () => {
  const run = warm({ requestsNs: at(1100), later: [connectTimeout(700)] });
  run.until(1000 * MS).hear(1, 'cds');
  run.until(1005 * MS).hear(0, 'cds');
  run.until(1025 * MS).hear(0, 'eds');
  expect([run.cluster.generation, connectionsOf(run)]).toEqual([1, 0]);
});

test('CH-4: a response that streams goes on to its end at the old cluster', () => {
  const run = new ChangeRun({ requestsNs: at(0), workNs: 10 * S, later: [connectTimeout(700)] });
  run.until(3 * S).hear(1, 'cds', 'eds');
  expect(connectionsOf(run)).toBe(1);
  run.until(9.9 * S);
  expect([run.ends, connectionsOf(run)]).toEqual([[''], 1]);
  run.until(11 * S);
  expect([run.ends, connectionsOf(run)]).toEqual([['200 -'], 0]);
});

test('CH-5: the new cluster counts its own requests', () => {
  const run = new ChangeRun({
    requestsNs: at(0, 1000, 1001),
    workNs: 5 * S,
    policy: LIMIT,
    later: [rule(`${LIMIT.slice(0, -2)}, tcp: { connectTimeout: 700ms } }`)],
  });
  run.until(500 * MS).hear(1, 'cds', 'eds');
  run.until(20 * S);
  expect(run.ends).toEqual(['200 -', '200 -', '503 UO']);
});

test('CH-6: ejections do not survive', () => {
  const run = warm({
    requestsNs: at(6000, 6100, 6200),
    policy: OUTLIER,
    later: [rule(`${OUTLIER}, connectionPool: { tcp: { connectTimeout: 700ms } }`)],
  });
  const host = run.world.clusters.host(run.cluster, A);
  run.world.outlier.response(host, 500);
  run.until(3 * S);
  expect([host.ejected, run.cluster.ejectedCount]).toEqual([true, 1]);
  run.until(5 * S).hear(1, 'cds', 'eds');
  run.until(7 * S);
  expect([run.cluster.ejectedCount, run.picks.slice(15).sort()]).toEqual([0, [A, B, C]]);
  const again = run.world.clusters.host(run.cluster, A);
  run.world.outlier.response(again, 500);
  expect([again.ejected, again.history.ejections]).toEqual([true, 1]);
});

test('CH-8: a retry of a cluster that has gone gets UH, a new request NC', () => {
  const retries = 'retries: { attempts: 3, retryOn: 5xx, backoff: 300ms }, ';
  const run = new ChangeRun({
    requestsNs: at(1000, 2500),
    workNs: MS,
    later: [route('', retries), NO_SERVICE],
    timeline: (plan) => [failing(plan)],
  });
  run.until(900 * MS).hear(1, 'rds');
  run.until(1010 * MS);
  expect([run.tries.length, run.ends[0]]).toEqual([1, '']);
  run.hear(2, 'cds');
  run.until(3 * S);
  expect([run.ends, run.tries.length]).toEqual([['503 UH', '503 NC'], 1]);
});

function failing(plan: ChangeRun['plan']): ChangeRun['plan']['timeline'][number] {
  const workload = plan.workloads.findIndex(({ name }) => name === 'web');
  const target = { workloads: [workload], localities: null, ordinals: null, pods: { kind: 'all' } } as const;
  return {
    name: 'fail',
    position: null,
    startsNs: [],
    durationNs: null,
    rampNs: 0,
    action: { kind: 'pods', target, fault: { kind: 'fail', share: 1, status: 503 } },
  };
}

describe('CH-23: a request keeps the routes that it began with', () => {
  test('one that a fault holds, and its retries; the next one goes by the new routes', () => {
    const fault = 'fault: { delay: { percentage: { value: 100 }, fixedDelay: 5s } }, ';
    const run = new ChangeRun({
      requestsNs: at(1000, 2100),
      workNs: MS,
      later: [route('', fault), route('')],
    });
    run.until(500 * MS).hear(1, 'rds');
    run.until(2 * S).hear(2, 'rds');
    run.until(3 * S);
    expect(run.ends).toEqual(['', '200 -']);
    run.until(7 * S);
    expect([run.ends, run.tries.map(({ atMs }) => Math.round(atMs))]).toEqual([
      ['200 DI', '200 -'],
      [2100, 6000],
    ]);
  });
});

describe('CH-34: a route that comes before its cluster', () => {
  test('503 NC from the routes on until the endpoints come that the proxy has asked for', () => {
    const run = new ChangeRun({
      requestsNs: at(1005, 1012.5, 1013.5),
      workNs: MS,
      later: [`${rule('', SUBSETS)}---\n${route('v3')}`],
    });
    run.until(1001 * MS).hear(1, 'cds', 'eds');
    run.until(1012 * MS).hear(1, 'rds');
    run.until(1013 * MS).hear(1, 'eds!');
    run.until(2 * S);
    expect(run.ends).toEqual(['200 -', '503 NC', '200 -']);
  });
});

describe('CH-24 to CH-26: a policy in front of a server', () => {
  const DENY = `apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: nobody, namespace: b }
spec: { selector: { matchLabels: { app: web } }, action: DENY, rules: [{}] }
`;

  test('CH-26: the next request of a connection that is there is let through, and the connection ends; then 403', () => {
    const run = new ChangeRun({ pods: 1, requestsNs: at(0, 1000, 2000, 3000), workNs: MS, later: [DENY] });
    run.until(500 * MS).listen(1);
    run.until(1500 * MS);
    expect(connectionsOf(run)).toBe(0);
    run.until(4 * S);
    expect(run.ends).toEqual(['200 -', '200 -', '403 -', '403 -']);
  });

  test('CH-26: a new connection is refused at once', () => {
    const run = new ChangeRun({ pods: 1, requestsNs: at(500), workNs: MS, later: [DENY] });
    run.until(100 * MS).listen(1);
    run.until(S);
    expect(run.ends).toEqual(['403 -']);
  });

  test('CH-24: a stream that goes on is cut after 45 s', () => {
    const run = new ChangeRun({ pods: 1, requestsNs: at(0), workNs: 600 * S, later: [DENY] });
    run.until(S).listen(1);
    run.until(45.9 * S);
    expect(run.ends).toEqual(['']);
    run.until(46.1 * S);
    expect(run.ends).toEqual(['503 UC']);
  });

  test('CH-25: a connection without a request hears nothing for 45 s, and is closed then', () => {
    const run = new ChangeRun({ pods: 1, port: 'http2', requestsNs: at(0), workNs: MS, later: [DENY] });
    run.until(S).listen(1);
    run.until(45.9 * S);
    expect(connectionsOf(run)).toBe(1);
    run.until(46.1 * S);
    expect(connectionsOf(run)).toBe(0);
  });

  test('connections of chains that stay as they are stay too', () => {
    const run = new ChangeRun({ pods: 1, requestsNs: at(0, 2000), workNs: MS, later: [connectTimeout(700)] });
    run.until(S).listen(1);
    run.until(60 * S);
    expect([run.ends, connectionsOf(run)]).toEqual([['200 -', '200 -'], 1]);
  });
});
