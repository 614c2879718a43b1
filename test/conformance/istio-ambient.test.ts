// Istio's rules where the proxy of the route is a waypoint: the cases of istio-plan.test.ts that a waypoint has a part in, by their numbers, and
// what is easy to get wrong about ambient mode (istio: pilot/pkg/networking/core/listener_waypoint.go, architecture/ambient/*.md; ztunnel).
import { describe, expect, test } from 'vitest';
import { simulate } from '../../models/mesh/run/simulation.js';
import type { MeshPlan } from '../../models/plan/contract/plan.js';
import type { BehaviourSpec } from '../../models/plan/settings/input.js';
import { AMBIENT, ambientCluster, USES_WAYPOINT, waypoint } from '../models/ambient.js';
import {
  clusterOf,
  destinationRule,
  forwardOf,
  namespace,
  onlyCluster,
  outcome,
  planOf,
  request,
  siteBetween,
  siteOf,
  virtualService,
  WORK,
} from '../models/plan/support.js';
import { allOutcomes, every, MS, S } from '../support/plans.js';

const V1 = '{ destination: { host: web, subset: v1 } }';
const V2 = '{ destination: { host: web, subset: v2 } }';
const SUBSETS = destinationRule(
  'web',
  'b',
  '{ host: web, subsets: [{ name: v1, labels: { version: v1 } }, { name: v2, labels: { version: v2 } }] }',
);

/** The web of namespace b behind a waypoint, a client in namespace a, both ambient. */
function behindWaypoint(...documents: readonly string[]): string {
  return ambientCluster(USES_WAYPOINT, waypoint('waypoint', 'b'), ...documents);
}

function http(rules: string): string {
  return behindWaypoint(SUBSETS, virtualService('web', 'b', `{ hosts: [web], http: [${rules}] }`));
}

const inner = (plan: MeshPlan) => siteBetween(plan, 'waypoint', 'web');

/** Where the waypoint sends a request. */
function route(yaml: string, more: Parameters<typeof request>[0] = {}): string {
  const plan = planOf({ yaml, requests: [request(more)] });
  return outcome(plan, inner(plan));
}

interface Seen {
  readonly outcomes: Readonly<Record<string, number>>;
  readonly tries: number;
  readonly meanNs: number;
}

/** Ten requests, one every two seconds. */
function run(yaml: string, web: BehaviourSpec = { steps: [WORK] }, istioVersion = '1.31'): Seen {
  const workloads = { 'web-v1.b': web, 'web-v2.b': web };
  const compiled = planOf({ yaml, workloads, input: { istioVersion } });
  const plan = { ...compiled, traffic: compiled.traffic.map((source) => ({ ...source, arrival: every(2 * S) })) };
  const durationNs = 19.5 * S;
  const options = { seed: 's', replication: 0, warmupNs: 0, durationNs, intervalNs: durationNs, maxEvents: 1e6 };
  const result = simulate(plan, options);
  const { count, sum } = result.traffic[0]!.latency as unknown as { count: number; sum: number };
  const webs = plan.workloads.flatMap(({ service }, index) => (service === 'web' ? [result.workloads[index]!] : []));
  return {
    outcomes: allOutcomes(result),
    tries: webs.reduce((tries, { arrivals }) => tries + arrivals, 0) / count,
    meanNs: sum / count,
  };
}

describe('routes of a waypoint', () => {
  test('case 1: no VirtualService: the default cluster, no time-out, the default retry policy', () => {
    const plan = planOf({ yaml: behindWaypoint() });
    expect(onlyCluster(plan, inner(plan)).host).toBe('web.b.svc.cluster.local');
    expect(inner(plan).route).toMatchObject({
      timeoutNs: 0,
      retry: { retries: 2, statuses: [], onConnectFailure: true },
    });
  });

  const toV9 = virtualService(
    'web',
    'b',
    '{ hosts: [web], http: [{ route: [{ destination: { host: web, subset: v9 } }] }] }',
  );

  test('case 2: a subset without DestinationRule: 503 NC', () => {
    expect(route(behindWaypoint(toV9))).toBe('503 NC');
  });

  test('case 3: a subset that selects no pods: 503 UH', () => {
    const v9 = destinationRule('web', 'b', '{ host: web, subsets: [{ name: v9, labels: { version: v9 } }] }');
    expect(route(behindWaypoint(toV9, v9))).toBe('503 UH');
  });

  test('case 4, 5: a prefix is one of characters, and of their case', () => {
    const yaml = http(`{ match: [{ uri: { prefix: /foo } }], route: [${V1}] }, { route: [${V2}] }`);
    expect(route(yaml, { path: '/foobar' })).toBe('web-v1');
    expect(route(yaml, { path: '/Foo' })).toBe('web-v2');
  });

  test('case 6: no match: 404 NR', () => {
    expect(route(http(`{ match: [{ uri: { exact: /x } }], route: [${V1}] }`), { path: '/y' })).toBe('404 NR');
  });

  test('case 12: nothing comes after a catch-all', () => {
    const yaml = http(`{ route: [${V1}] }, { match: [{ uri: { prefix: /b } }], route: [${V2}] }`);
    expect(route(yaml, { path: '/b' })).toBe('web-v1');
  });

  test('case 13, of a waypoint: a block with sourceLabels is skipped, also where the caller has them', () => {
    const yaml = http(`{ match: [{ sourceLabels: { app: client } }], route: [${V1}] }`);
    expect(route(yaml)).toBe('web-v1+web-v2');
  });

  test('case 15, 16, 17: weights', () => {
    const weighted = (a: number, b: number) =>
      http(
        `{ route: [{ destination: { host: web, subset: v1 }, weight: ${a} }, { destination: { host: web, subset: v2 }, weight: ${b} }] }`,
      );
    expect(route(weighted(1, 3))).toBe('25% web-v1, 75% web-v2');
    expect(route(weighted(100, 0))).toBe('web-v1');
    expect(route(http('{ route: [{ destination: { host: web, subset: v1 }, weight: 0 }] }'))).toBe('web-v1');
  });

  test('case 27: a mirror', () => {
    const plan = planOf({ yaml: http(`{ mirror: { host: web, subset: v2 }, route: [${V1}] }`) });
    const { mirrors } = forwardOf(inner(plan).route);
    expect(mirrors.map(({ destination }) => clusterOf(plan, destination).subset)).toEqual(['v2']);
  });

  test('case 29: a direct response', () => {
    expect(route(http('{ directResponse: { status: 503 } }'))).toBe('503');
  });

  test('case 37: blocks of a subset replace those of the service', () => {
    const rule = destinationRule(
      'web',
      'b',
      '{ host: web, trafficPolicy: { connectionPool: { tcp: { maxConnections: 5 } }, loadBalancer: { simple: ROUND_ROBIN } }, subsets: [{ name: v1, labels: { version: v1 }, trafficPolicy: { connectionPool: { http: { http1MaxPendingRequests: 1 } } } }] }',
    );
    const plan = planOf({
      yaml: behindWaypoint(rule, virtualService('web', 'b', `{ hosts: [web], http: [{ route: [${V1}] }] }`)),
    });
    const cluster = onlyCluster(plan, inner(plan));
    expect(cluster.limits).toMatchObject({ maxConnections: 4294967295, maxPendingRequests: 1 });
    expect(cluster.balancer.policy).toBe('round_robin');
  });
});

describe('runs through a waypoint', () => {
  test('case 18: its time-out: 504', () => {
    const slow: BehaviourSpec = {
      steps: [{ kind: 'work', duration: { kind: 'constant', value: 5 * S }, cpuShare: 0, retryWork: 'fresh' }],
    };
    const seen = run(http(`{ timeout: 1s, route: [${V1}] }`), slow);
    expect(Object.keys(seen.outcomes)).toEqual(['504 -']);
    expect(seen.meanNs).toBeLessThan(1.01 * S);
  });

  test('case 22: an answer 503 is not retried by default; in Istio 1.23 it is', () => {
    const failing: BehaviourSpec = { steps: [WORK], errors: [{ status: 503, probability: 1 }] };
    expect(run(behindWaypoint(), failing)).toMatchObject({ outcomes: { '503 -': 9 }, tries: 1 });
    expect(run(behindWaypoint(), failing, '1.23').tries).toBe(3);
  });

  test('case 23: retryOn 503', () => {
    const failing: BehaviourSpec = { steps: [WORK], errors: [{ status: 503, probability: 1 }] };
    expect(run(http(`{ retries: { attempts: 2, retryOn: "503" }, route: [${V1}] }`), failing).tries).toBe(3);
  });

  test('case 24: a fault without a percentage does nothing', () => {
    expect(run(http(`{ fault: { abort: { httpStatus: 500 } }, route: [${V1}] }`)).outcomes).toEqual({ '200 -': 9 });
  });

  test('case 25: an injected abort is not retried, no pod sees it', () => {
    const abort = 'fault: { abort: { httpStatus: 503, percentage: { value: 100 } } }';
    const seen = run(http(`{ ${abort}, retries: { attempts: 3, retryOn: 5xx }, route: [${V1}] }`));
    expect(seen).toMatchObject({ outcomes: { '503 -': 9 }, tries: 0 });
  });

  test('case 26: the time-out does not count an injected delay', () => {
    const delay = 'fault: { delay: { fixedDelay: 1500ms, percentage: { value: 100 } } }';
    const seen = run(http(`{ ${delay}, timeout: 1s, route: [${V1}] }`));
    expect(Object.keys(seen.outcomes)).toEqual(['200 -']);
    expect(seen.meanNs).toBeGreaterThan(1.5 * S);
    expect(seen.meanNs).toBeLessThan(1.5 * S + 20 * MS);
  });
});

describe('easy to get wrong', () => {
  const fault = virtualService(
    'web',
    'b',
    '{ hosts: [web], http: [{ fault: { abort: { httpStatus: 418, percentage: { value: 100 } } }, route: [{ destination: { host: web } }] }] }',
  );

  test('a ztunnel follows no VirtualService', () => {
    expect(run(ambientCluster('', fault)).outcomes).toEqual({ '200 -': 9 });
  });

  test('32: sidecars never traverse waypoints, and follow the VirtualService themselves', () => {
    const yaml = behindWaypoint(fault).replace(namespace('a', AMBIENT), namespace('a'));
    const plan = planOf({ yaml });
    expect(outcome(plan)).toBe('web-v1+web-v2');
    expect(siteOf(plan).route.fault).toMatchObject({ abortStatus: 418 });
    expect(Object.keys(run(yaml).outcomes)).toEqual(['418 FI']);
  });
});
