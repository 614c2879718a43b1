// Sizes of bodies on their way through the plan: what the scenario says arrives at call sites and handlers, also behind gateways and routes.
import { describe, expect, test } from 'vitest';
import { simulate } from '../../../models/mesh/run/simulation.js';
import { BODY_OF_CALL, DEFAULT_BODY_BYTES, type MeshPlan } from '../../../models/plan/contract/plan.js';
import {
  call,
  compile,
  deployment,
  forwardOf,
  input,
  istio,
  planOf,
  request,
  siteBetween,
  siteOf,
  virtualService,
  WORK,
  withCluster,
} from './support.js';

const KIB = 1024;

function responseOf(plan: MeshPlan, workload: string): number[] {
  return plan.handlers
    .filter((handler) => plan.workloads[handler.workload]!.name === workload)
    .map(({ responseBytes }) => responseBytes);
}

describe('sizes', () => {
  test('that nobody says are those of the published tests, on lines without limits', () => {
    const plan = planOf({ yaml: withCluster() });
    expect(siteOf(plan).requestBytes).toBe(DEFAULT_BODY_BYTES);
    expect(plan.handlers[0]!.responseBytes).toBe(DEFAULT_BODY_BYTES);
    expect(plan.network.bytesPerSecond.flat().every((limit) => limit === 0)).toBe(true);
  });

  test('of requests belong to the site of the request, of calls to that of the call', () => {
    const plan = planOf({
      yaml: withCluster(),
      requests: [
        request({ name: 'small', requestBytes: 0 }),
        request({ name: 'large', requestBytes: 40 * KIB }),
        request({ name: 'said by nobody' }),
      ],
      services: { 'web.b': { steps: [call('two', { requestBytes: 3 * KIB }), call('two')] } },
    });
    expect([0, 1, 2].map((index) => siteOf(plan, index).requestBytes)).toEqual([0, 40 * KIB, DEFAULT_BODY_BYTES]);
    const calls = plan.sites.filter((site) => plan.edges[site.edge]!.toName === 'two');
    expect(calls.map(({ requestBytes }) => requestBytes)).toEqual([
      3 * KIB,
      DEFAULT_BODY_BYTES,
      3 * KIB,
      DEFAULT_BODY_BYTES,
    ]);
    // The application does not look at the size: one handler for all.
    expect(plan.handlers.filter(({ workload }) => plan.workloads[workload]!.name === 'two')).toHaveLength(1);
  });

  test('of answers are those of the operation, else of the workload, its service, the defaults', () => {
    const operations = [
      { name: 'a', at: { file: 's', line: 1, column: 1 }, match: { path: '/a' }, steps: [WORK], responseBytes: 7 },
      { name: 'b', at: { file: 's', line: 1, column: 1 }, match: { path: '/b' }, steps: [WORK] },
    ];
    const plan = planOf({
      yaml: withCluster(),
      requests: ['/a', '/b', '/c'].map((path) => request({ name: path, path })),
      services: { 'web.b': { operations, responseBytes: 100 } },
      workloads: { 'web-v2.b': { responseBytes: 200 } },
    });
    expect(responseOf(plan, 'web-v1')).toEqual([7, 100, 100]);
    expect(responseOf(plan, 'web-v2')).toEqual([7, 200, 200]);
  });

  test('pass a gateway and a rewriting route as they are', () => {
    const gateway = istio(
      'Gateway',
      'gw',
      'b',
      '{ selector: { istio: ingressgateway }, servers: [{ port: { number: 80, name: h, protocol: HTTP }, hosts: ["*"] }] }',
    );
    const route = virtualService(
      'web',
      'b',
      '{ hosts: ["*"], gateways: [gw], http: [{ rewrite: { uri: /new }, route: [{ destination: { host: web } }] }] }',
    );
    const plan = planOf({
      yaml: withCluster(gateway, route),
      from: null,
      to: 'http://shop.example.com/',
      requests: [request({ requestBytes: 9 * KIB })],
      services: { 'web.b': { responseBytes: 500 * KIB } },
    });
    expect(siteOf(plan).requestBytes).toBe(9 * KIB);
    expect(siteBetween(plan, 'istio-ingressgateway', 'web').requestBytes).toBe(9 * KIB);
    expect(responseOf(plan, 'istio-ingressgateway')).toEqual([BODY_OF_CALL]);
    // 1 KiB of either body is in the cost of the request; the gateway is charged once for each.
    const cpuOf = (own: MeshPlan) => {
      const times = { warmupNs: 0, durationNs: 20e9, intervalNs: 1e9, maxEvents: 1e7 };
      const { workloads, rows } = simulate(own, { seed: 's', replication: 0, ...times });
      const at = own.workloads.findIndex(({ name }) => name === 'istio-ingressgateway');
      return workloads[at]!.proxyCpuNs / rows.find(({ calls }) => calls > 0)!.calls;
    };
    const base = planOf({ yaml: withCluster(gateway, route), from: null, to: 'http://shop.example.com/' });
    expect((cpuOf(plan) - cpuOf(base)) / (1.5e3 * (8 + 499))).toBeCloseTo(1, 1);
  });

  test('of a mirror are those of what it copies', () => {
    const route = virtualService(
      'web',
      'b',
      '{ hosts: [web], http: [{ route: [{ destination: { host: web } }], mirror: { host: two } }] }',
    );
    const plan = planOf({ yaml: withCluster(route), requests: [request({ requestBytes: 11 * KIB })] });
    expect(forwardOf(siteOf(plan).route).mirrors).toHaveLength(1);
    const base = planOf({ yaml: withCluster(route) });
    const cpuOf = (own: MeshPlan) => {
      const times = { warmupNs: 0, durationNs: 20e9, intervalNs: 1e9, maxEvents: 1e7 };
      const { workloads } = simulate(own, { seed: 's', replication: 0, ...times });
      const at = own.workloads.findIndex(({ name }) => name === 'two');
      return workloads[at]!.proxyCpuNs / workloads[at]!.completed;
    };
    expect((cpuOf(plan) - cpuOf(base)) / (10 * 1.5e3)).toBeCloseTo(1, 1);
  });
});

describe('bandwidth', () => {
  const zones = [
    { region: 'r1', zone: 'r1-a' },
    { region: 'r1', zone: 'r1-b' },
  ];

  test('holds for a pair, or between all', () => {
    const at = { file: 's', line: 1, column: 1 };
    const wish = { yaml: withCluster(deployment('other', 'a', { app: 'other' }, 2)) };
    const { network } = input(wish);
    const pair = { at, a: 'r1-a', b: 'r1-b', rttNs: 1e6, jitter: 0, loss: 0 };
    const matrixOf = (more: object) =>
      compile({ ...wish, input: { placement: zones, network: { ...network, ...more } } }).plan!.network.bytesPerSecond;
    expect(matrixOf({ between: [{ ...pair, bytesPerSecond: 5 }] })).toEqual([
      [0, 5],
      [5, 0],
    ]);
    expect(matrixOf({ bytesPerSecond: 9, between: [{ ...pair, bytesPerSecond: 5 }] })).toEqual([
      [9, 5],
      [5, 9],
    ]);
    expect(matrixOf({})).toEqual([
      [0, 0],
      [0, 0],
    ]);
  });
});
