// Utilisation over time: each interval's shares, and that together they are the utilisation of the whole window.
import { describe, expect, it } from 'vitest';
import type { ReplicationResult } from '../../../../models/mesh/recording/result.js';
import { simulate } from '../../../../models/mesh/run/simulation.js';
import { burst, MS, poisson, S, type SmallPlan, smallPlan, work } from '../../../support/plans.js';

function run(plan: SmallPlan, durationNs: number): ReplicationResult {
  return simulate(smallPlan({ oneWayNs: 0, ...plan }), {
    seed: 'busy',
    replication: 0,
    warmupNs: S,
    durationNs,
    intervalNs: S,
    maxEvents: 1e6,
  });
}

describe('utilisation over time', () => {
  it('work of 2.5 s on one core from the second 1 of the window on: idle, full, full, half', () => {
    const { series } = run(
      { arrivals: [burst(S, 1)], program: [work(2500 * MS, 1)], app: { cpuLimitMillis: 1000 } },
      4 * S,
    );
    const served = series.busy.find(({ cpu }) => cpu.some((share) => share > 0))!;
    expect(served.cpu.map((share) => Number(share.toFixed(6)))).toEqual([0, 1, 1, 0.5]);
  });

  it('the intervals, weighted by their lengths, make up the window; the last of them is shorter', () => {
    const { series, workloads } = run(
      { arrivals: [poisson(20)], program: [work(10 * MS, 1)], app: { workers: 4 } },
      7.5 * S,
    );
    expect(series.busy).toHaveLength(workloads.length);
    const weights = [1, 1, 1, 1, 1, 1, 1, 0.5];
    const mean = (shares: readonly number[]): number =>
      shares.reduce((sum, share, i) => sum + share * weights[i], 0) / 7.5;
    for (const [i, { cpu, workers, proxy }] of series.busy.entries()) {
      expect(cpu).toHaveLength(8);
      expect(mean(cpu)).toBeCloseTo(workloads[i].cpuUtilisation, 9);
      expect(mean(workers)).toBeCloseTo(workloads[i].workerUtilisation, 9);
      expect(mean(proxy)).toBeCloseTo(workloads[i].proxyUtilisation, 9);
    }
  });
});
