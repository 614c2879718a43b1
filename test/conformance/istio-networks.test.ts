// Networks and the gateways between them, from YAML to the pods that answer (istio: pilot/pkg/xds/endpoints/ep_filters_test.go,
// pilot/pkg/networking/core/gateway_test.go TestBuildGatewayListeners for AUTO_PASSTHROUGH).
import { describe, expect, test } from 'vitest';
import { simulate } from '../../models/mesh/run/simulation.js';
import type { MeshPlan } from '../../models/plan/contract/plan.js';
import { defaultProxyCost } from '../../models/plan/settings/proxy-cost.js';
import { Histogram } from '../../sim/statistics/histogram.js';
import {
  codes,
  compile,
  deployment,
  destinationRule,
  istio,
  namespace,
  onlyCluster,
  planOf,
  service,
  type Wish,
} from '../models/plan/support.js';
import { allOutcomes, S } from '../support/plans.js';

const NETWORK = 'topology.istio.io/network';
const FAR = 'us-east.us-east-1';

/** The address of a gateway into net2, with pods of its own. */
const gateway = (name: string, more = '{}'): string[] => [
  deployment(
    name,
    'istio-system',
    { istio: 'eastwestgateway', app: name, [NETWORK]: 'net2', 'istio-locality': FAR },
    1,
  ),
  `apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: istio-system, labels: { ${NETWORK}: net2 } }
spec: { type: LoadBalancer, selector: { app: ${name} }, ports: [{ name: tls, port: 15443 }] }
`,
  more === '{}' ? '' : more,
];

const CROSS_NETWORK = istio(
  'Gateway',
  'cross-network-gateway',
  'istio-system',
  '{ selector: { istio: eastwestgateway }, servers: [{ port: { number: 15443, name: tls, protocol: TLS }, tls: { mode: AUTO_PASSTHROUGH }, hosts: ["*.local"] }] }',
);

const local = (pods: number): string =>
  deployment('web-near', 'b', { app: 'web', version: 'v1', [NETWORK]: 'net1', 'istio-locality': 'r1.r1-a' }, pods);
const remote = (pods: number, name = 'web-far', version = 'v2'): string =>
  deployment(name, 'b', { app: 'web', version, [NETWORK]: 'net2', 'istio-locality': FAR }, pods);

const CLIENT = [
  namespace('a'),
  namespace('b'),
  deployment('client', 'a', { app: 'client', [NETWORK]: 'net1', 'istio-locality': 'r1.r1-a' }, 1),
  service('web', 'b', ['{ name: http, port: 80 }']),
];

const mesh = (...documents: readonly string[]): string =>
  [...CLIENT, ...documents].filter((text) => text !== '').join('---\n');

interface Ran {
  readonly plan: MeshPlan;
  readonly outcomes: Readonly<Record<string, number>>;
  /** Requests by the workload that answered. */
  readonly arrivals: (name: string) => number;
  readonly meanMs: number;
  readonly proxyOf: (name: string) => number;
}

function run(wish: Wish, ratePerSecond = 200): Ran {
  const plan = planOf(wish);
  const traffic = plan.traffic.map((source) => ({
    ...source,
    arrival: { kind: 'open', process: 'poisson', profile: [{ atNs: 0, ratePerSecond }] } as const,
  }));
  const result = simulate(
    { ...plan, traffic },
    { seed: 'networks', replication: 0, warmupNs: 2 * S, durationNs: 20 * S, intervalNs: 5 * S, maxEvents: 1e7 },
  );
  const of = (name: string) => result.workloads[plan.workloads.findIndex((workload) => workload.name === name)]!;
  return {
    plan,
    outcomes: allOutcomes(result),
    arrivals: (name) => of(name).arrivals,
    meanMs: Histogram.fromData(result.traffic[0]!.latency).mean / 1e6,
    proxyOf: (name) => of(name).proxyCpuNs / (20 * S),
  };
}

describe('networks', () => {
  test('case 55: one pod here, three behind two gateways: weights 2, 3 and 3', () => {
    const plan = planOf({ yaml: mesh(local(1), remote(3), ...gateway('gw1'), ...gateway('gw2'), CROSS_NETWORK) });
    const { groups } = onlyCluster(plan);
    const named = groups.map(({ workload, weight }) => [plan.workloads[workload]!.name, weight]);
    expect(named).toEqual([
      ['web-near', 2],
      ['gw1', 3],
      ['gw2', 3],
    ]);
  });

  test('the pods get their shares, and requests take the way there and back', () => {
    const { arrivals, outcomes, meanMs, proxyOf } = run({
      yaml: mesh(
        local(1),
        remote(3),
        ...gateway('gw1'),
        ...gateway('gw2'),
        CROSS_NETWORK,
        destinationRule('web', 'b', '{ host: web, trafficPolicy: { loadBalancer: { simple: ROUND_ROBIN } } }'),
      ),
    });
    expect(Object.keys(outcomes)).toEqual(['200 -']);
    // 4,000 requests in weighted rotation; connections to the gateways keep to one of the three pods each.
    const all = arrivals('web-near') + arrivals('web-far');
    expect(arrivals('web-far') / all).toBeGreaterThan(0.74);
    expect(arrivals('web-far') / all).toBeLessThan(0.76);
    // Three in four cross 60 ms of round trip.
    expect(meanMs).toBeGreaterThan(45);
    expect(meanMs).toBeLessThan(55);
    expect(proxyOf('gw1')).toBeGreaterThan(0);
    expect(Math.abs(proxyOf('gw1') - proxyOf('gw2'))).toBeLessThan(0.2 * proxyOf('gw1'));
  });

  test('a first call takes three round trips to the pod and its work, the next one round trip', () => {
    const free = { requestCpuNs: 0, responseCpuNs: 0, afterResponseCpuNs: 0, latencyNs: 0, handshakeCpuNs: 0 };
    const proxy = { ...defaultProxyCost('1.31'), ...free, resumedHandshakeCpuNs: 0 };
    const plan = planOf({ yaml: mesh(remote(1), ...gateway('gw1'), CROSS_NETWORK), input: { proxy } });
    const arrival = {
      kind: 'closed',
      connections: 1,
      ratePerSecond: 1,
      uniform: false,
      think: null,
      calls: 2,
      startNs: 0,
    } as const;
    const result = simulate(
      { ...plan, traffic: plan.traffic.map((source) => ({ ...source, arrival })) },
      { seed: 'networks', replication: 0, warmupNs: 0, durationNs: 10 * S, intervalNs: 5 * S, maxEvents: 1e7 },
    );
    const latency = Histogram.fromData(result.traffic[0]!.latency);
    // To the gateway 60 ms, from there to the pod 0.25 ms: TCP to each, TLS through both, the request.
    const [first, next] = [3 * 60.25 + 1, 60.25 + 1];
    expect(latency.count).toBe(2);
    expect(latency.mean / 1e6).toBeCloseTo((first + next) / 2, 6);
  });

  test('without a Gateway that passes TLS through, connections to the other network fail', () => {
    const yaml = mesh(remote(3), ...gateway('gw1'));
    expect(Object.keys(run({ yaml }).outcomes)).toEqual(['503 URX,UF']);
    expect(codes(compile({ yaml }).diagnostics, 'warning')).toContain('network-gateway-closed');
    const wrongHosts = CROSS_NETWORK.replace('*.local', '*.example.com');
    expect(Object.keys(run({ yaml: mesh(remote(3), ...gateway('gw1'), wrongHosts) }).outcomes)).toEqual(['503 URX,UF']);
  });

  test('without a gateway that anybody knows, pods are reached directly', () => {
    const plan = planOf({ yaml: mesh(local(1), remote(3), CROSS_NETWORK) });
    expect(onlyCluster(plan).groups.map(({ workload }) => plan.workloads[workload]!.name)).toEqual([
      'web-far',
      'web-near',
    ]);
  });

  test('an endpoint without mutual TLS is left out: a gateway goes by the server name', () => {
    const disabled = `apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: { name: default, namespace: b }
spec: { mtls: { mode: DISABLE } }
`;
    const yaml = mesh(local(1), remote(3), ...gateway('gw1'), CROSS_NETWORK, disabled);
    const { arrivals } = run({ yaml });
    expect(arrivals('web-far')).toBe(0);
    expect(codes(compile({ yaml }).diagnostics, 'warning')).toContain('network-without-mtls');
  });

  test('a subset behind the gateway: the gateway must see it too', () => {
    const subsets =
      '{ host: web, subsets: [{ name: v2, labels: { version: v2 } }, { name: v3, labels: { version: v3 } }] }';
    const route = istio(
      'VirtualService',
      'web',
      'b',
      '{ hosts: [web], http: [{ route: [{ destination: { host: web, subset: v3 } }] }] }',
    );
    const both = [remote(2), remote(2, 'web-v3', 'v3'), ...gateway('gw1'), CROSS_NETWORK, route];
    const seen = run({ yaml: mesh(...both, destinationRule('web', 'b', subsets)) });
    expect(seen.arrivals('web-v3')).toBeGreaterThan(3000);
    expect(seen.arrivals('web-far')).toBe(0);
    const hidden = mesh(...both, istio('DestinationRule', 'web', 'b', `${subsets.slice(0, -1)}, exportTo: [a] }`));
    expect(Object.keys(run({ yaml: hidden }).outcomes)).toEqual(['503 URX,UF']);
  });

  test('one gateway stands for two workloads behind it, and its ejection takes both away', () => {
    const rule = destinationRule(
      'web',
      'b',
      '{ host: web, trafficPolicy: { outlierDetection: { consecutive5xxErrors: 3, maxEjectionPercent: 100, baseEjectionTime: 60s }, loadBalancer: { localityLbSetting: { enabled: false } } } }',
    );
    const { arrivals } = run({
      yaml: mesh(local(1), remote(1), remote(1, 'web-v3', 'v3'), ...gateway('gw1'), CROSS_NETWORK, rule),
      workloads: { 'web-far.b': { errors: [{ status: 500, probability: 1 }] } },
    });
    const all = arrivals('web-near') + arrivals('web-far') + arrivals('web-v3');
    expect(arrivals('web-v3')).toBeLessThan(0.1 * all);
    expect(arrivals('web-near')).toBeGreaterThan(0.8 * all);
  });

  test('locality comes from the pods behind the gateway: with outlier detection, near ones first', () => {
    const rule = destinationRule('web', 'b', '{ host: web, trafficPolicy: { outlierDetection: {} } }');
    const { arrivals } = run({ yaml: mesh(local(1), remote(3), ...gateway('gw1'), CROSS_NETWORK, rule) });
    expect(arrivals('web-far')).toBe(0);
  });

  test('TCP goes there by connection', () => {
    const tcp = [
      deployment('db', 'b', { app: 'db', [NETWORK]: 'net2', 'istio-locality': FAR }, 2),
      service('db', 'b', ['{ name: tcp, port: 3306 }']),
    ];
    const { outcomes, arrivals, meanMs } = run({
      yaml: mesh(...tcp, ...gateway('gw1'), CROSS_NETWORK),
      to: 'tcp://db.b:3306',
    });
    expect(Object.keys(outcomes)).toEqual(['200 -']);
    expect(arrivals('db')).toBeGreaterThan(3000);
    expect(meanMs).toBeGreaterThan(60);
  });

  test('pods without a proxy do not reach the other network', () => {
    const yaml = mesh(
      local(1),
      remote(3),
      ...gateway('gw1'),
      CROSS_NETWORK,
      namespace('bare', 'team: red'),
      deployment('curl', 'bare', { app: 'curl', [NETWORK]: 'net1' }, 1),
    );
    const { arrivals } = run({ yaml, from: 'curl.bare' });
    expect(arrivals('web-far')).toBe(0);
    expect(arrivals('web-near')).toBeGreaterThan(3000);
  });

  test('the gateway is a bottleneck like any other', () => {
    const small = deployment(
      'gw1',
      'istio-system',
      { istio: 'eastwestgateway', app: 'gw1', [NETWORK]: 'net2', 'istio-locality': FAR },
      1,
      { annotations: 'proxy.istio.io/config: "concurrency: 1"' },
    );
    const [, gatewayService] = gateway('gw1');
    const yaml = mesh(remote(30), small, gatewayService!, CROSS_NETWORK);
    const calm = run({ yaml }, 500);
    const busy = run({ yaml }, 20_000);
    expect(busy.proxyOf('gw1')).toBeGreaterThan(10 * calm.proxyOf('gw1'));
  });
});

describe('whose network', () => {
  const names = (wish: Wish): string[] => {
    const plan = planOf(wish);
    return onlyCluster(plan).groups.map(({ workload }) => plan.workloads[workload]!.name);
  };

  test('the label of the system namespace is that of pods without one', () => {
    const system = `apiVersion: v1\nkind: Namespace\nmetadata: { name: istio-system, labels: { ${NETWORK}: net1 } }\n`;
    const web = deployment('web-near', 'b', { app: 'web' }, 1);
    const yaml = mesh(web, remote(1), ...gateway('gw1'), CROSS_NETWORK, system);
    expect(names({ yaml })).toEqual(['web-near', 'gw1']);
  });

  test('meshNetworks: by cluster and by address, with a gateway by its Service', () => {
    const config = `apiVersion: v1
kind: ConfigMap
metadata: { name: istio, namespace: istio-system }
data:
  mesh: "{}"
  meshNetworks: |
    networks:
      net1:
        endpoints: [{ fromRegistry: Kubernetes }]
      net2:
        endpoints: [{ fromCidr: 10.9.0.0/16 }]
        gateways: [{ registryServiceName: gw.istio-system.svc.cluster.local, port: 15443 }]
`;
    const machines = `apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: vms, namespace: b }
spec:
  hosts: [vms.example.com]
  location: MESH_INTERNAL
  resolution: STATIC
  ports: [{ number: 80, name: http, protocol: HTTP }]
  endpoints: [{ address: 10.9.0.1, serviceAccount: vm }, { address: 10.1.0.1, serviceAccount: vm }]
`;
    const gw = [
      deployment('gw', 'istio-system', { istio: 'eastwestgateway', app: 'gw', [NETWORK]: 'net2' }, 1),
      service('gw', 'istio-system', ['{ name: tls, port: 15443 }'], 'type: LoadBalancer'),
    ];
    const hosts = CROSS_NETWORK.replace('"*.local"', '"*.local", "vms.example.com"');
    const yaml = mesh(config, machines, ...gw, hosts);
    expect(names({ yaml, to: 'http://vms.example.com/' })).toEqual(['vms.example.com#2', 'gw']);
    expect(Object.keys(run({ yaml, to: 'http://vms.example.com/' }).outcomes)).toEqual(['200 -']);
  });

  test('a Gateway of the Gateway API that is labelled with a network passes its port 15443 on', () => {
    const kubernetesGateway = (port: number): string => `apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: eastwest, namespace: istio-system, labels: { ${NETWORK}: net2, networking.istio.io/gatewayPort: "35443" } }
spec:
  gatewayClassName: istio
  listeners: [{ name: cross, hostname: "*.local", port: ${port}, protocol: TLS, tls: { mode: Passthrough } }]
`;
    const yaml = mesh(local(1), remote(3), kubernetesGateway(35443));
    expect(names({ yaml })).toEqual(['web-near', 'eastwest-istio']);
    const opened = run({ yaml });
    expect(Object.keys(opened.outcomes)).toEqual(['200 -']);
    expect(opened.arrivals('web-far')).toBeGreaterThan(1000);
    const other = run({ yaml: mesh(remote(3), kubernetesGateway(15443)) });
    expect(Object.keys(other.outcomes)).toEqual(['503 URX,UF']);
  });

  test('a gateway without an address outside is none', () => {
    const [pods, address] = gateway('gw1');
    const yaml = mesh(local(1), remote(1), pods!, address!.replace('type: LoadBalancer, ', ''), CROSS_NETWORK);
    expect(names({ yaml })).toEqual(['web-far', 'web-near']);
    expect(codes(compile({ yaml }).diagnostics, 'warning')).toContain('network-gateway-address');
  });

  test('a gateway whose pods are not in the YAML is taken to be there once', () => {
    const address = `apiVersion: v1
kind: Service
metadata: { name: istio-eastwestgateway, namespace: istio-system, labels: { ${NETWORK}: net2, istio: eastwestgateway } }
spec: { type: LoadBalancer, selector: { istio: eastwestgateway }, ports: [{ name: tls, port: 15443 }] }
`;
    const yaml = mesh(local(1), remote(1), address, CROSS_NETWORK);
    expect(names({ yaml })).toEqual(['web-near', 'istio-eastwestgateway']);
    expect(Object.keys(run({ yaml }).outcomes)).toEqual(['200 -']);
    // Without a Gateway there is something of its name that takes no connections.
    const closed = mesh(remote(1), address);
    expect(names({ yaml: closed })).toEqual(['istio-eastwestgateway']);
    expect(Object.keys(run({ yaml: closed }).outcomes)).toEqual(['503 URX,UF']);
  });
});
