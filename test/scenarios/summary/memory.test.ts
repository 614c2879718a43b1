// The memory of proxies and of applications in a run: connections are counted on both sides, the estimate follows from their peak, and what a kernel would have
// killed is said.
import { describe, expect, it } from 'vitest';
import { MeshSimulation, simulate } from '../../../models/mesh/run/simulation.js';
import type { ProxyMemoryPlan } from '../../../models/plan/contract/plan.js';
import { loadMesh, simulate as run } from '../../../scenarios/library.js';
import { appMemory, memoryWarnings, proxyMemory } from '../../../scenarios/summary/memory.js';
import { burst, S, type SmallPlan, smallPlan, work } from '../../support/plans.js';

const OPTIONS = { seed: 'memory', replication: 0, warmupNs: 0, durationNs: 10 * S, intervalNs: S, maxEvents: 1e6 };
const MEMORY: ProxyMemoryPlan = { baseBytes: 1000, configBytes: 200, perConnectionBytes: 10, limitBytes: 1500 };

function trial(requests: number, more: SmallPlan = {}) {
  const plan = smallPlan({
    arrivals: [burst(0, requests)],
    program: [work(S)],
    clientProxy: { memory: { ...MEMORY, limitBytes: null } },
    serverProxy: { memory: MEMORY },
    ...more,
  });
  return { plan, results: [simulate(plan, OPTIONS)] };
}

describe('connections', () => {
  it('are held by both ends', () => {
    const { results } = trial(30);
    expect(results[0].workloads.map(({ peakPodConnections }) => peakPodConnections)).toEqual([30, 30]);
  });

  it('are counted in the fullest pod', () => {
    const { results } = trial(30, {
      pods: 3,
      clientPods: 2,
      cluster: { balancer: { policy: 'round_robin', choiceCount: 2 } },
    });
    const [client, server] = results[0].workloads.map(({ peakPodConnections }) => peakPodConnections);
    expect(client).toBeGreaterThanOrEqual(15);
    expect(client).toBeLessThan(30);
    expect(server).toBeLessThanOrEqual(11);
  });

  it('that have closed no longer count', () => {
    const { plan } = trial(30, { arrivals: [burst(0, 10), burst(5 * S, 20)], cluster: { idleTimeoutNs: S } });
    const simulation = new MeshSimulation(plan, OPTIONS);
    simulation.runUntil(10 * S);
    expect(simulation.result().workloads[1].peakPodConnections).toBe(20);
  });

  it('of HTTP/2 are few', () => {
    const { results } = trial(30, { cluster: { protocol: 'http2' } });
    expect(results[0].workloads[1].peakPodConnections).toBe(1);
  });
});

describe('the estimate', () => {
  it('is what there is at rest and what each connection adds', () => {
    const { plan, results } = trial(30);
    expect(proxyMemory(plan, results, [1])).toEqual({ proxyMemoryBytes: 1500, proxyMemoryLimitBytes: 1500 });
    expect(proxyMemory(plan, results, [0])).toEqual({ proxyMemoryBytes: 1500, proxyMemoryLimitBytes: null });
    expect(memoryWarnings(plan, results)).toEqual([]);
  });

  it('of several workloads is that of the one nearest to its limit', () => {
    const { plan, results } = trial(30, { clientProxy: { memory: { ...MEMORY, baseBytes: 5000, limitBytes: null } } });
    expect(proxyMemory(plan, results, [0, 1])).toEqual({ proxyMemoryBytes: 1500, proxyMemoryLimitBytes: 1500 });
  });

  it('is the highest of all replications', () => {
    const { plan, results } = trial(10);
    expect(proxyMemory(plan, [...results, ...trial(20).results], [1]).proxyMemoryBytes).toBe(1400);
  });

  it('above the limit is a warning', () => {
    const { plan, results } = trial(31);
    const [warning, ...others] = memoryWarnings(plan, results);
    expect(others).toEqual([]);
    expect(warning).toMatchObject({ code: 'proxy-memory', severity: 'warning', position: null });
    expect(warning.message).toMatch(/^the sidecar of web-v1\.default would be OOM-killed: .* 31 connections/);
  });

  it('is not there without a proxy', () => {
    const { plan, results } = trial(10, { clientProxy: null, serverProxy: null });
    expect(proxyMemory(plan, results, [0, 1])).toEqual({ proxyMemoryBytes: null, proxyMemoryLimitBytes: null });
  });
});

describe('an application', () => {
  const memory = { baseBytes: 1000, perRequestBytes: 10, limitBytes: 1290 };

  it('has what it takes at rest and for each request that it holds, waiting or served', () => {
    const { plan, results } = trial(30, { app: { memory, workers: 4 } });
    expect(results[0].workloads[1].peakPodRequests).toBe(30);
    expect(appMemory(plan, results, [1])).toEqual({ appMemoryBytes: 1300, appMemoryLimitBytes: 1290 });
    expect(memoryWarnings(plan, results)).toMatchObject([{ code: 'app-memory' }]);
  });

  it('that refuses what its queue cannot take stays below', () => {
    const { plan, results } = trial(30, { app: { memory, workers: 4, queue: 10 } });
    expect(appMemory(plan, results, [1])).toEqual({ appMemoryBytes: 1140, appMemoryLimitBytes: 1290 });
    expect(memoryWarnings(plan, results)).toEqual([]);
  });

  it('of which nobody says anything has none', () => {
    const { plan, results } = trial(30);
    expect(appMemory(plan, results, [0, 1])).toEqual({});
  });

  const mesh = (limit: string): string => `apiVersion: v1
kind: Service
metadata: { name: shop }
spec: { selector: { app: shop }, ports: [{ name: http, port: 80 }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: shop }
spec:
  selector: { matchLabels: { app: shop } }
  template:
    metadata: { labels: { app: shop } }
    spec: { containers: [{ name: app, resources: { limits: { memory: ${limit} } } }, { name: istio-proxy, resources: { limits: { memory: 1Gi } } }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: visitor }
spec: { selector: { matchLabels: { app: visitor } }, template: { metadata: { labels: { app: visitor } } } }
`;

  it.each([
    ['300Mi', true],
    ['500Mi', false],
  ])('with a limit of %s: warned of: %s', async (limit, warned) => {
    const scenario = {
      run: { duration: '20s', warmup: '1s', replications: 1, seed: 'memory' },
      traffic: [{ name: 'load', to: 'http://shop', from: 'visitor.default', rate: '100/s' }],
      services: { shop: { wait: '1s', memory: { base: '100MiB', perRequest: '2MiB' } } },
    };
    const result = await run(loadMesh([{ name: 'mesh.yaml', text: mesh(limit) }], { scenario }), { workers: 0 });
    expect(result.warnings.some(({ code }) => code === 'app-memory')).toBe(warned);
    const [shop] = result.services.filter(({ name }) => name === 'shop');
    // About 100 requests are under way (Little's law), 130 at the most: four standard deviations.
    expect(shop!.appMemoryBytes! / 1_048_576).toBeGreaterThan(300);
    expect(shop!.appMemoryBytes! / 1_048_576).toBeLessThan(400);
  });
});
