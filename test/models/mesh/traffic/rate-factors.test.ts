import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { type RatePoint, RateProfile } from '../../../../models/mesh/traffic/arrivals.js';
import {
  type FactorWindow,
  factorAt,
  highestFactor,
  shapedProfile,
} from '../../../../models/mesh/traffic/rate-factors.js';

const S = 1e9;

/** Expected arrivals until `untilNs`, by steps of a profile. */
function expected(points: readonly RatePoint[], untilNs: number): number {
  const profile = new RateProfile(points);
  const at = Float64Array.of(0);
  let count = 0;
  for (;;) {
    profile.goOn(at, 0.01);
    if (at[0]! > untilNs) return count;
    count += 0.01;
  }
}

describe('the rate of a source under a timeline', () => {
  it('is as it was without one', () => {
    const points = [{ atNs: 0, ratePerSecond: 5 }];
    expect(shapedProfile(points, [])).toBe(points);
    expect(highestFactor([])).toBe(1);
    expect(factorAt([], 3 * S)).toBe(1);
  });

  it('jumps where a window begins and where it ends', () => {
    const window = { fromNs: 2 * S, toNs: 5 * S, rampNs: 0, factor: 3 };
    const shaped = shapedProfile([{ atNs: 0, ratePerSecond: 10 }], [window]);
    const profile = new RateProfile(shaped);
    expect([0, 1.99, 2, 4.99, 5, 9].map((second) => profile.rateAt(second * S))).toEqual([10, 10, 30, 30, 10, 10]);
    expect(expected(shaped, 10 * S)).toBeCloseTo(7 * 10 + 3 * 30, 0);
  });

  it('grows over a ramp, also where the rate itself changes meanwhile', () => {
    const window = { fromNs: 2 * S, toNs: 8 * S, rampNs: 4 * S, factor: 3 };
    const points = [
      { atNs: 0, ratePerSecond: 10 },
      { atNs: 10 * S, ratePerSecond: 20 },
    ];
    const profile = new RateProfile(shapedProfile(points, [window]));
    expect(profile.rateAt(4 * S)).toBeCloseTo(14 * 2, 1);
    expect(profile.rateAt(7 * S)).toBeCloseTo(17 * 3, 6);
    expect(profile.rateAt(9 * S)).toBeCloseTo(19, 6);
  });

  const windows = fc.array(
    fc
      .record({
        from: fc.integer({ min: -2, max: 8 }),
        length: fc.integer({ min: 1, max: 5 }),
        ramp: fc.constantFrom(0, 0.5, 1),
        factor: fc.constantFrom(0, 0.5, 2, 4),
      })
      .map(({ from, length, ramp, factor }): FactorWindow => {
        const lengthNs = length * S;
        return { fromNs: from * S, toNs: from * S + lengthNs, rampNs: ramp * lengthNs, factor };
      }),
    { maxLength: 3 },
  );

  test.prop([windows, fc.boolean()], { numRuns: 100 })('is the rate times all factors, at every time', (all, rises) => {
    const points = rises
      ? [
          { atNs: 0, ratePerSecond: 10 },
          { atNs: 7 * S, ratePerSecond: 40 },
        ]
      : [{ atNs: 0, ratePerSecond: 10 }];
    const plain = new RateProfile(points);
    const shaped = new RateProfile(shapedProfile(points, all));
    for (let at = -1.95; at < 15; at += 0.1) {
      const product = plain.rateAt(at * S) * factorAt(all, at * S);
      expect(Math.abs(shaped.rateAt(at * S) - product)).toBeLessThanOrEqual(0.03 * Math.max(1, product));
      expect(factorAt(all, at * S)).toBeLessThanOrEqual(highestFactor(all) + 1e-9);
    }
  });
});
