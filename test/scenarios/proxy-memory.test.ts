// The memory of proxies in a run: connections are counted on both sides, the estimate follows from their peak, and what a kernel would have
// killed is said.
import { describe, expect, it } from 'vitest';
import { MeshSimulation, simulate } from '../../models/mesh/simulation.js';
import type { ProxyMemoryPlan } from '../../models/plan/plan.js';
import { memoryWarnings, proxyMemory } from '../../scenarios/proxy-memory.js';
import { burst, S, type SmallPlan, smallPlan, work } from '../support/plans.js';

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
