// Fields at their edges do what a cluster does with them, and never end in a fault.
import { describe, expect, test } from 'vitest';
import { formatFlags } from '../../models/mesh/recording/flags.js';
import { simulate } from '../../models/mesh/run/simulation.js';
import { stableJson } from '../../reports/json.js';
import type { ScenarioSpec } from '../../scenarios/document/schema.js';
import { meshOf, runOf, SPEC } from './support-edges.js';

const codesOf = (diagnostics: readonly { readonly code: string }[]): string[] => diagnostics.map(({ code }) => code);

describe('replicas: 0', () => {
  test('of a caller: nothing is sent, and a warning says so', async () => {
    const mesh = meshOf({ clientReplicas: 0 });
    expect(codesOf(mesh.diagnostics)).toContain('traffic-without-pods');
    const result = await runOf(mesh);
    expect(result.traffic[0]!.offeredPerSecond.value).toBe(0);
    expect(() => stableJson(result)).not.toThrow();
  });

  test('of a caller with connections of its own (closed loop)', async () => {
    const spec: ScenarioSpec = {
      ...SPEC,
      traffic: [{ name: 'calls', from: 'client.default', to: 'http://server/', connections: 4 }],
    };
    expect((await runOf(meshOf({ clientReplicas: 0 }, spec))).traffic[0]!.offeredPerSecond.value).toBe(0);
  });

  test('of a server: 503 UH', async () => {
    const { traffic } = await runOf(meshOf({ serverReplicas: 0 }));
    expect(traffic[0]!.errorShare.value).toBe(1);
  });
});

describe('a CPU limit of 0 is none', () => {
  test.each([
    ['Istio, by annotation', { annotations: '{ sidecar.istio.io/proxyCPULimit: "0" }' }, 4],
    ['Istio, 0m', { annotations: '{ sidecar.istio.io/proxyCPULimit: 0m }' }, 4],
    ['Linkerd, by annotation', { annotations: '{ config.linkerd.io/proxy-cpu-limit: "0" }', mesh: 'linkerd' }, 1],
  ] as const)('%s', async (_, edge, workers) => {
    const mesh = meshOf(edge);
    const { proxy } = mesh.plan.workloads.find(({ name }) => name === 'server')!;
    expect(proxy).toMatchObject({ cpuLimitMillis: null, workers });
    expect((await runOf(mesh)).traffic[0]!.errorShare.value).toBe(0);
  });

  test('of a container', () => {
    const { app } = meshOf({ limits: '{ cpu: 0, memory: 0 }' }).plan.workloads.find(({ name }) => name === 'server')!;
    expect(app).toMatchObject({ cpuLimitMillis: null, cores: 4 });
  });
});

describe('durations that no run lasts', () => {
  const route = `---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: server }
spec:
  hosts: [server]
  http:
    - fault: { delay: { fixedDelay: 9999h, percentage: { value: 50 } } }
      timeout: 99999h
      retries: { attempts: 2, perTryTimeout: 99999h }
      route: [{ destination: { host: server } }]
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: server }
spec:
  host: server
  trafficPolicy:
    connectionPool: { tcp: { connectTimeout: 99999h, maxConnectionDuration: 99999h }, http: { idleTimeout: 99999h } }
    outlierDetection: { interval: 99999h, baseEjectionTime: 99999h, consecutive5xxErrors: 1 }
`;
  const annotations = '{ timeout.linkerd.io/request: 999999999d, balancer.linkerd.io/failure-accrual: consecutive }';

  test('act as very long ones', async () => {
    const result = await runOf(meshOf({}, { ...SPEC, services: { server: { errors: { 500: '10%' } } } }, route));
    expect(result.traffic[0]!.servedPerSecond.value).toBeGreaterThan(0);
    expect((await runOf(meshOf({ mesh: 'linkerd', annotations }))).traffic[0]!.errorShare.value).toBe(0);
  });
});

const TCP_ROUTE = `---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: entry }
spec: { gatewayClassName: istio, listeners: [{ name: tcp, port: 9000, protocol: TCP }] }
---
apiVersion: gateway.networking.k8s.io/v1alpha2
kind: TCPRoute
metadata: { name: raw }
spec: { parentRefs: [{ name: entry }], rules: [{ backendRefs: [{ name: server, port: 80, weight: 0 }] }] }
`;

test('a TCPRoute whose weights are all 0 closes its connections', async () => {
  const spec: ScenarioSpec = {
    ...SPEC,
    traffic: [{ name: 'raw', to: 'tcp://entry-istio.default:9000', rate: '20/s' }],
  };
  const mesh = meshOf({}, spec, TCP_ROUTE);
  expect(codesOf(mesh.diagnostics)).toContain('backend-not-usable');
  const { traffic } = await runOf(mesh);
  expect(traffic[0]!.errorShare.value).toBe(1);
});

describe('network.loss', () => {
  test.each(['65%', '90%', '99%', '100%'])('of %s ends, with numbers', async (loss) => {
    const spec: ScenarioSpec = { ...SPEC, network: { loss } };
    const result = await runOf(meshOf({}, spec));
    expect(() => stableJson(result)).not.toThrow();
  });

  test('what the kernel gives up after 924.6 s is a closed connection', async () => {
    const spec: ScenarioSpec = {
      ...SPEC,
      run: { duration: '3000s', warmup: '0s', replications: 1 },
      traffic: [{ name: 'calls', from: 'client.default', to: 'http://server/', rate: '1/s' }],
      // Of seven SYNs within the 10 s that a connection has, one is answered with a probability of 7 %; all 16 transmissions of a message are lost with 19 %.
      network: { loss: '90%' },
    };
    const { plan } = meshOf({}, spec);
    const options = { seed: 'loss', replication: 0, warmupNs: 0, durationNs: 3e12, intervalNs: 3e12, maxEvents: 1e6 };
    const { rows } = simulate(plan, options);
    const outcomes = rows.flatMap((row) => row.outcomes);
    expect(outcomes.map(({ status, flags }) => `${status} ${formatFlags(flags)}`)).toContain('503 UC');
    const first = rows.find((row) => row.outcomes.length > 0)!;
    expect(first.calls).toBeGreaterThan(0);
  });
});
