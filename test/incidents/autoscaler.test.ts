// Incident 19: the request of the sidecar decides whether an autoscaler by CPU sees anything. One run each of six minutes, with the scenario's own load;
// the bounds are what the arithmetic of the autoscaler gives, not statistics.
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ReplicationResult } from '../../models/mesh/recording/result.js';
import { simulate } from '../../models/mesh/run/simulation.js';
import { loadMesh, simulate as simulateAll } from '../../scenarios/library.js';
import { loadScenario } from '../../scenarios/loading/load-scenario.js';

const ROOT = join(import.meta.dirname, '../../examples/incidents/19-blinded-autoscaler');
const S = 1_000_000_000;
const SECONDS = 360;

interface Course {
  /** At the end of each second. */
  readonly replicas: readonly number[];
  readonly result: ReplicationResult;
  /** Of the last two minutes. */
  readonly errorShare: number;
}

function run(folder: string): Course {
  const { plan } = loadScenario([join(ROOT, folder, 'scenario.yaml')]);
  const options = {
    seed: 'incident 19',
    replication: 0,
    warmupNs: 0,
    durationNs: SECONDS * S,
    intervalNs: S,
    maxEvents: 1e7,
  };
  const result = simulate(plan!, options);
  const workload = plan!.workloads.findIndex(({ name }) => name === 'cart');
  const { completed, errors } = result.series.traffic[0]!;
  const late = (values: readonly number[]): number => values.slice(240).reduce((sum, value) => sum + value, 0);
  return { replicas: result.series.replicas![workload]!, result, errorShare: late(errors) / late(completed) };
}

/** Mean CPU of the application over the last two minutes, of its limit. */
function cpu({ series }: ReplicationResult): number {
  const own = series.busy[0]!.cpu.slice(240);
  return own.reduce((sum, value) => sum + value, 0) / own.length;
}

describe('19: an autoscaler that is blind', () => {
  test('a sidecar without a CPU request: nothing is scaled, with the application at its limit', () => {
    const { replicas, result, errorShare } = run('.');
    expect(new Set(replicas)).toEqual(new Set([1]));
    expect(result.happenings).toBeUndefined();
    expect(cpu(result)).toBeGreaterThan(0.98);
    expect(errorShare).toBeGreaterThan(0.5);
  });

  test('a sidecar with as much as the application: 55 % at a target of 60 %, and nothing is scaled', () => {
    const { replicas, result, errorShare } = run('diluted');
    expect(new Set(replicas)).toEqual(new Set([1]));
    expect(cpu(result)).toBeGreaterThan(0.98);
    const { appCpuNs, proxyCpuNs } = result.workloads[0]!;
    // 240 requests per second of the sidecar's, and 100 of the application's.
    expect(proxyCpuNs / appCpuNs).toBeGreaterThan(0.07);
    expect(proxyCpuNs / appCpuNs).toBeLessThan(0.13);
    expect(errorShare).toBeGreaterThan(0.5);
  });

  test('the container of the application alone: five pods, and no error', () => {
    const { replicas, errorShare } = run('container-resource');
    // 1200m of work at 60 % of 500m a pod.
    expect(replicas.at(-1)).toBeGreaterThanOrEqual(4);
    expect(Math.max(...replicas)).toBeLessThanOrEqual(6);
    expect(errorShare).toBe(0);
  });

  test('results say how many pods there were, and only where autoscalers act', async () => {
    const seen = await simulateAll(loadMesh(join(ROOT, 'container-resource')), { workers: 0 });
    const { replicas } = seen.series.workloads.find(({ name }) => name === 'cart.shop')!;
    expect(replicas![0]).toBe(1);
    expect(replicas!.at(-1)).toBeGreaterThanOrEqual(4);
    const steady = await simulateAll(loadMesh(join(ROOT, '../13-circuit-breaking-task')), {
      workers: 0,
      replications: 1,
    });
    for (const workload of steady.series.workloads) expect(workload).not.toHaveProperty('replicas');
  });
});
