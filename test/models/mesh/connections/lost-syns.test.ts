// SYNs that are lost: kernels with linear time-outs send the next ones after 1, 2, 3, 4, 5, 7 and 11 seconds.
import { describe, expect, it } from 'vitest';
import { Network } from '../../../../models/mesh/network/network.js';
import { simulate } from '../../../../models/mesh/run/simulation.js';
import { Calendar } from '../../../../sim/calendar.js';
import { Draws } from '../../../../sim/random/draws.js';
import { allOutcomes, burst, MS, S, smallPlan, work } from '../../../support/plans.js';

function lossy(loss: number) {
  const plan = smallPlan({ arrivals: [burst(0, 400)], program: [work(MS)], cluster: { connectTimeoutNs: 10 * S } });
  return { ...plan, network: { ...plan.network, loss: plan.network.loss.map((row) => row.map(() => loss)) } };
}

describe('lost SYNs', () => {
  it('are sent again at 1, 2, 3, 4, 5, 7, 11 … seconds', () => {
    const calendar = new Calendar();
    const path = new Network(lossy(0.5).network, calendar).path(0, 0, 0);
    const draws = new Draws('lost', 'SYN');
    const seen = new Set<number>();
    let none = 0;
    for (let i = 0; i < 4000; i++) {
      const ns = path.synNs(path, draws, 7, i);
      seen.add(ns / S);
      if (ns === 0) none++;
    }
    expect([...seen].filter((s) => s <= 11).sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 7, 11]);
    // Both ways are free with a probability of 1 / 4: 1000, give or take four standard deviations of 27.
    expect(Math.abs(none - 1000)).toBeLessThan(110);
  });

  it('a cold burst sees whole seconds, and the connect time-out ends what takes longer', () => {
    const options = { replication: 0, warmupNs: 0, durationNs: 30 * S, intervalNs: S, maxEvents: 1e6 };
    const { traffic, clusters } = simulate(lossy(0.3), { ...options, seed: 'syn' });
    expect(traffic[0].latency.max).toBeGreaterThan(4 * S);
    expect(clusters[0].upstreamCxConnectTimeout).toBeGreaterThan(0);
    const dry = simulate(lossy(0), { ...options, seed: 'syn' });
    expect(allOutcomes(dry)).toEqual({ '200 -': 400 });
    expect(dry.traffic[0].latency.max).toBeLessThan(S);
  });
});
