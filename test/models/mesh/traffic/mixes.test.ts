import { describe, expect, it } from 'vitest';
import { simulate } from '../../../../models/mesh/run/simulation.js';
import { type MixWindow, mixAt } from '../../../../models/mesh/traffic/mixes.js';
import type { MeshPlan } from '../../../../models/plan/contract/plan.js';
import { poisson, S, smallPlan, work } from '../../../support/plans.js';

/** Cumulated weights of two requests that are 3 and 1 without a timeline. */
function at(atNs: number, ...windows: readonly MixWindow[]): number[] {
  const below = new Float64Array(2);
  mixAt([3, 1], windows, atNs, below);
  return [...below];
}

describe('the requests of a source under a timeline', () => {
  const swap: MixWindow = { fromNs: 10 * S, toNs: 20 * S, rampNs: 0, shares: [0, 1] };

  it('are as they were before and after, and as the entry says meanwhile', () => {
    for (const outside of [0, 9.9 * S, 20 * S]) expect(at(outside, swap)).toEqual([3, 4]);
    for (const inside of [10 * S, 19.9 * S]) expect(at(inside, swap)).toEqual([0, 4]);
  });

  it('change evenly with a ramp', () => {
    const slow = { ...swap, rampNs: 4 * S };
    expect([10, 11, 12, 14, 15].map((second) => at(second * S, slow))).toEqual([
      [3, 4],
      [2.25, 4],
      [1.5, 4],
      [0, 4],
      [0, 4],
    ]);
  });

  it('are those of the entry that began last', () => {
    const even: MixWindow = { fromNs: 12 * S, toNs: 14 * S, rampNs: 0, shares: [0.5, 0.5] };
    expect([11, 12, 14].map((second) => at(second * S, even, swap))).toEqual([
      [0, 4],
      [2, 4],
      [0, 4],
    ]);
  });

  it('are sent so in a run, and what a customer wants before is as it was', () => {
    const plan = smallPlan({ arrivals: [poisson(200)], program: [work(1)] });
    const [source] = plan.traffic;
    const [get] = source!.requests;
    const two = {
      ...source!,
      requests: [
        { ...get!, weight: 3 },
        { ...get!, name: 'put' },
      ],
    };
    const run = (timeline: MeshPlan['timeline']) => {
      const options = { seed: 'mix', replication: 0, warmupNs: S, durationNs: 20 * S, intervalNs: S, maxEvents: 1e6 };
      return simulate({ ...plan, traffic: [two], timeline }, options).series.traffic.map(({ offered }) => offered);
    };
    const plain = run([]);
    const mixed = run([
      {
        name: 'mix',
        position: null,
        startsNs: [10 * S],
        durationNs: 5 * S,
        rampNs: 0,
        action: { kind: 'traffic', traffic: [0], factor: 1, mix: [0, 1] },
      },
    ]);
    for (const request of [0, 1]) {
      expect(mixed[request]!.slice(0, 10)).toEqual(plain[request]!.slice(0, 10));
      expect(mixed[request]!.slice(15)).toEqual(plain[request]!.slice(15));
    }
    expect(mixed[0]!.slice(10, 15)).toEqual([0, 0, 0, 0, 0]);
    const both = (all: readonly (readonly number[])[]) => all[0]!.map((count, second) => count + all[1]![second]!);
    expect(both(mixed)).toEqual(both(plain));
  });
});
