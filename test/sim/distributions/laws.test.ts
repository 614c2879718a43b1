// The laws that every distribution keeps, run over one list of all.
import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import {
  compileDistribution,
  type Distribution,
  describeDistribution,
  parseDistribution,
  validateDistribution,
} from '../../../sim/distributions/index.js';
import { Sfc32 } from '../../../sim/random/sfc32.js';
import { SUBJECTS } from './specs.js';

const uniform = fc.oneof(
  fc.integer({ min: 1, max: 2 ** 32 - 1 }).map((word) => word / 2 ** 32),
  fc.double({ min: 2 ** -53, max: 1 - 2 ** -53, noNaN: true }),
  fc.double({ min: 2 ** -53, max: 1, noNaN: true, maxExcluded: true }).map((u) => Math.max(2 ** -53, 1 - u)),
);

/** Mean and variance of the quantile function, by the midpoints of pieces that shrink towards both ends. */
function momentsOf(distribution: Distribution): { mean: number; variance: number } {
  const steps = 20_000;
  const end = 36;
  const sums = [0, 0, 0];
  // u = 1 / (1 + e^-t): the weights fall off at both ends as the tails need it.
  for (let i = 0; i < steps; i++) {
    const t = -end + (2 * end * (i + 0.5)) / steps;
    const u = t < 0 ? Math.exp(t) / (1 + Math.exp(t)) : 1 / (1 + Math.exp(-t));
    const weight = ((Math.exp(-Math.abs(t)) / (1 + Math.exp(-Math.abs(t))) ** 2) * 2 * end) / steps;
    const x = distribution.sample(u) - distribution.mean;
    sums[0] += weight;
    sums[1] += weight * x;
    sums[2] += weight * x * x;
  }
  return { mean: distribution.mean + sums[1] / sums[0], variance: sums[2] / sums[0] - (sums[1] / sums[0]) ** 2 };
}

describe.each(SUBJECTS)('$name', ({ spec, inverse, accuracy }) => {
  const distribution = compileDistribution(spec);

  it('is valid, and reads again from its description', () => {
    expect(validateDistribution(spec)).toBeNull();
    const again = parseDistribution(describeDistribution(spec), (text) =>
      /^[-0-9.e+]+$/.test(text) ? Number(text) : null,
    );
    if ('error' in again) throw new Error(again.error);
    expect(compileDistribution(again.spec).sample(0.37)).toBeCloseTo(distribution.sample(0.37), 6);
    expect(compileDistribution(again.spec).mean).toBeCloseTo(distribution.mean, 6);
  });

  it('survives a way through JSON', () => {
    expect(compileDistribution(JSON.parse(JSON.stringify(spec))).sample(0.37)).toBe(distribution.sample(0.37));
  });

  it('has the mean and the variance of its samples', () => {
    // Jumps of the quantile function cost the numerical integral here up to 1e-3 of the spread.
    const { mean, variance } = momentsOf(distribution);
    const sd = Math.sqrt(distribution.variance);
    expect(Math.abs(mean - distribution.mean)).toBeLessThanOrEqual(2e-3 * sd + 1e-9 * Math.abs(distribution.mean));
    expect(Math.abs(variance - distribution.variance)).toBeLessThanOrEqual(5e-3 * distribution.variance + 1e-15);
  });

  property.prop([uniform])('stays within min and max', (u) => {
    const x = distribution.sample(u);
    expect(x).toBeGreaterThanOrEqual(distribution.min);
    expect(x).toBeLessThanOrEqual(distribution.max);
    expect(Number.isFinite(x)).toBe(true);
  });

  property.prop([fc.double({ min: -200, max: 200, noNaN: true }), fc.double({ min: 0, max: 50, noNaN: true })])(
    'has a cdf that rises from 0 to 1',
    (x, step) => {
      expect(distribution.cdf(x)).toBeGreaterThanOrEqual(0);
      expect(distribution.cdf(x + step)).toBeGreaterThanOrEqual(distribution.cdf(x) - 1e-15);
      expect(distribution.cdf(Infinity)).toBeCloseTo(1, 14);
      expect(distribution.cdf(-1e300)).toBe(0);
    },
  );

  if (inverse) {
    property.prop([uniform, uniform])('is monotone in u', (a, b) => {
      const low = distribution.sample(Math.min(a, b));
      expect(distribution.sample(Math.max(a, b))).toBeGreaterThanOrEqual(low - 1e-15 * Math.abs(low));
    });

    property.prop([uniform])('has a quantile that undoes the cdf, at atoms too', (u) => {
      const x = distribution.sample(u);
      const room = (accuracy + 4e-16) * Math.max(1e-300, Math.abs(x));
      // Rounding of u itself, as seen through the cdf.
      const slack = 1e-12 + 20 * accuracy;
      expect(distribution.cdf(x + room)).toBeGreaterThanOrEqual(u - slack);
      expect(distribution.cdf(x - room - 1e-12)).toBeLessThanOrEqual(u + slack);
    });
  } else {
    property.prop([uniform, fc.double({ min: 0, max: 200, noNaN: true })])(
      'spreads u over its parts as the cdf says',
      (phase, x) => {
        // A stratified sample: the part of each monotone stretch below x is right to one point, and there are at most three stretches.
        const count = 300;
        let below = 0;
        for (let i = 0; i < count; i++) if (distribution.sample((i + phase) / count) <= x) below++;
        expect(Math.abs(below / count - distribution.cdf(x))).toBeLessThanOrEqual(4 / count);
      },
    );
  }

  it('passes a Kolmogorov-Smirnov test on 20,000 draws', () => {
    // D sqrt(n) above 2.70 has probability 1e-6 (less where there are atoms). The seed is fixed.
    const count = 20_000;
    const generator = new Sfc32(20, 26, 7);
    const draws = Float64Array.from({ length: count }, () => distribution.sample(generator.next())).sort();
    let worst = 0;
    for (let i = 0; i < count; i++) {
      if (i + 1 < count && draws[i + 1] === draws[i]) continue;
      worst = Math.max(worst, Math.abs((i + 1) / count - distribution.cdf(draws[i])));
    }
    expect(worst * Math.sqrt(count)).toBeLessThan(2.7);
  });
});
