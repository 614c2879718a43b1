// Worked numbers: closed forms, evaluated by hand or with mpmath.
import { describe, expect, it } from 'vitest';
import { compileDistribution, type DistributionSpec } from '../../../sim/distributions/index.js';

const bimodal = (weights: readonly number[], values: readonly number[]): DistributionSpec => ({
  kind: 'mixture',
  weights,
  parts: values.map((value) => ({ kind: 'constant', value })),
});

describe('moments', () => {
  it.each<[string, DistributionSpec, number, number]>([
    ['exponential', { kind: 'exponential', mean: 3 }, 3, 9],
    ['uniform', { kind: 'uniform', min: 1, max: 5 }, 3, 4 / 3],
    ['normal', { kind: 'normal', mean: 10, sd: 2 }, 10, 4],
    ['lognormal', { kind: 'lognormal', mean: 10, cv: 2 }, 10, 400],
    ['gamma', { kind: 'gamma', mean: 10, shape: 4 }, 10, 25],
    ['weibull of shape 1', { kind: 'weibull', scale: 3, shape: 1 }, 3, 9],
    ['weibull of shape 2 (Rayleigh)', { kind: 'weibull', scale: 2, shape: 2 }, Math.sqrt(Math.PI), 4 - Math.PI],
    ['pareto', { kind: 'pareto', min: 2, alpha: 3, max: null }, 3, 3],
    ['pareto without variance', { kind: 'pareto', min: 2, alpha: 2, max: null }, 4, Infinity],
    ['pareto without mean', { kind: 'pareto', min: 2, alpha: 1, max: null }, Infinity, Infinity],
    // alpha = 1, min 1, max 10: density 1 / (0.9 x^2), so E = log(10) / 0.9 and E[X^2] = 10.
    [
      'bounded pareto, alpha 1',
      { kind: 'pareto', min: 1, alpha: 1, max: 10 },
      Math.log(10) / 0.9,
      10 - (Math.log(10) / 0.9) ** 2,
    ],
    // 0.9 * 1 + 0.1 * 50 = 5.9; E[X^2] = 2 (0.9 * 1 + 0.1 * 2500) = 501.8.
    ['hyperexponential', { kind: 'hyperexponential', weights: [9, 1], means: [1, 50] }, 5.9, 501.8 - 5.9 ** 2],
    // 0.99 * 1 + 0.01 * 100 = 1.99; variance 0.99 * 0.01 * 99^2.
    ['bimodal', bimodal([0.99, 0.01], [1, 100]), 1.99, 0.99 * 0.01 * 99 * 99],
    [
      'mixture without mean',
      {
        kind: 'mixture',
        weights: [1, 1],
        parts: [
          { kind: 'pareto', min: 1, alpha: 0.5, max: null },
          { kind: 'exponential', mean: 1 },
        ],
      },
      Infinity,
      Infinity,
    ],
    // H(10, 1) = 7381/2520; mean 10 / H, E[X^2] = 55 / H.
    ['zipf', { kind: 'zipf', n: 10, s: 1 }, 25200 / 7381, (55 * 2520) / 7381 - (25200 / 7381) ** 2],
    ['shifted', { kind: 'shifted', by: 2, of: { kind: 'exponential', mean: 1 } }, 3, 1],
    ['histogram', { kind: 'histogram', edges: [0, 1, 3], counts: [1, 1] }, 1.25, (1 / 3 + 13 / 3) / 2 - 1.25 ** 2],
    // Linear from 0 to 4 over half, from 4 log-linearly to 16 over half: E = 1 + 0.5 * 12 / log 4.
    [
      'empirical',
      {
        kind: 'empirical',
        quantiles: [
          [0.5, 4],
          [1, 16],
        ],
      },
      1 + 6 / Math.log(4),
      8 / 3 + 0.5 * (240 / (2 * Math.log(4))) - (1 + 6 / Math.log(4)) ** 2,
    ],
    // Exponential of mean 1 cut at 2: E = (1 - 3 e^-2) / (1 - e^-2), E[X^2] = (2 - 10 e^-2) / (1 - e^-2).
    [
      'truncated exponential',
      { kind: 'truncated', min: 0, max: 2, of: { kind: 'exponential', mean: 1 } },
      (1 - 3 * Math.exp(-2)) / (1 - Math.exp(-2)),
      (2 - 10 * Math.exp(-2)) / (1 - Math.exp(-2)) - ((1 - 3 * Math.exp(-2)) / (1 - Math.exp(-2))) ** 2,
    ],
    ['truncated constant', { kind: 'truncated', min: 1, max: 3, of: { kind: 'constant', value: 3 } }, 3, 0],
    ['truncated bimodal', { kind: 'truncated', min: 0, max: 50, of: bimodal([1, 1, 2], [1, 5, 100]) }, 3, 4],
    ['truncated uniform', { kind: 'truncated', min: 2, max: 4, of: { kind: 'uniform', min: 0, max: 100 } }, 3, 1 / 3],
  ])('of %s', (_, spec, mean, variance) => {
    const distribution = compileDistribution(spec);
    if (mean === Infinity) expect(distribution.mean).toBe(Infinity);
    else expect(distribution.mean).toBeCloseTo(mean, 8);
    if (variance === Infinity) expect(distribution.variance).toBe(Infinity);
    else expect(Math.abs(distribution.variance - variance)).toBeLessThan(1e-8 * Math.max(1, variance));
  });

  it('of a truncated zipf, whose quantile function jumps, are within 1e-3 of the range', () => {
    const distribution = compileDistribution({
      kind: 'truncated',
      min: 10.5,
      max: 500,
      of: { kind: 'zipf', n: 1000, s: 1 },
    });
    let weight = 0;
    let sum = 0;
    for (let k = 11; k <= 500; k++) {
      weight += 1 / k;
      sum += 1;
    }
    expect(Math.abs(distribution.mean - sum / weight)).toBeLessThan(0.489);
    expect([distribution.min, distribution.max]).toEqual([11, 500]);
  });
});

describe('quantiles', () => {
  it('of lognormal(mean 10, cv 2): median 4.472136, sigma 1.268636', () => {
    const distribution = compileDistribution({ kind: 'lognormal', mean: 10, cv: 2 });
    expect(distribution.sample(0.5)).toBeCloseTo(4.472136, 6);
    const oneSigma = 0.8413447460685429;
    expect(Math.log(distribution.sample(oneSigma) / distribution.sample(0.5))).toBeCloseTo(1.268636, 6);
  });

  it('of exponential(3)', () => {
    const distribution = compileDistribution({ kind: 'exponential', mean: 3 });
    expect(distribution.sample(0.5)).toBeCloseTo(3 * Math.LN2, 14);
    expect(distribution.sample(0.99)).toBeCloseTo(13.815510557964274, 12);
  });

  it('of gamma with whole shape, against the Erlang cdf', () => {
    const distribution = compileDistribution({ kind: 'gamma', mean: 3, shape: 3 });
    const x = distribution.sample(0.9);
    expect(1 - Math.exp(-x) * (1 + x + (x * x) / 2)).toBeCloseTo(0.9, 9);
  });

  it('of a mixture: small u for the part of the small mean, whatever the order of writing', () => {
    for (const spec of [bimodal([99, 1], [1, 100]), bimodal([1, 99], [100, 1])]) {
      const distribution = compileDistribution(spec);
      expect([0.001, 0.5, 0.9899, 0.9901, 0.999].map((u) => distribution.sample(u))).toEqual([1, 1, 1, 100, 100]);
    }
  });

  it('of a hyperexponential: u is stretched over the chosen part', () => {
    const distribution = compileDistribution({ kind: 'hyperexponential', weights: [1, 9], means: [50, 1] });
    expect(distribution.sample(0.45)).toBeCloseTo(Math.LN2, 12);
    expect(distribution.sample(0.95)).toBeCloseTo(50 * Math.LN2, 10);
  });

  it('of zipf: ranks from 1 to n', () => {
    const distribution = compileDistribution({ kind: 'zipf', n: 3, s: 1 });
    // P = 6/11, 3/11, 2/11.
    expect([0.5, 0.54, 0.55, 0.81, 0.82, 0.999].map((u) => distribution.sample(u))).toEqual([1, 1, 2, 2, 3, 3]);
    const large = compileDistribution({ kind: 'zipf', n: 1_000_000, s: 1.1 });
    expect(large.sample(2 ** -53)).toBe(1);
    expect(large.sample(1 - 2 ** -53)).toBe(1_000_000);
  });

  it('of empirical: through the points, from 0 below them, to at most twice the last above', () => {
    const distribution = compileDistribution({
      kind: 'empirical',
      quantiles: [
        [0.5, 20],
        [0.9, 45],
        [0.99, 180],
      ],
    });
    expect(distribution.sample(0.25)).toBeCloseTo(10, 12);
    expect(distribution.sample(0.5)).toBeCloseTo(20, 12);
    expect(distribution.sample(0.7)).toBeCloseTo(30, 12);
    expect(distribution.sample(0.9)).toBeCloseTo(45, 12);
    expect(distribution.sample(0.99)).toBeCloseTo(180, 11);
    // The last piece goes on for another ninth of its width: 180 * 4^(1/9).
    expect(distribution.max).toBeCloseTo(209.975, 3);
    const steep = compileDistribution({
      kind: 'empirical',
      quantiles: [
        [0.5, 1],
        [0.6, 10],
      ],
    });
    expect(steep.max).toBe(20);
    const negative = compileDistribution({
      kind: 'empirical',
      quantiles: [
        [0.2, -5],
        [0.6, -1],
      ],
    });
    expect([negative.min, negative.max, negative.sample(0.1), negative.sample(0.8)]).toEqual([-5, -1, -5, -1]);
  });
});

it('refuses to compile what is not valid', () => {
  expect(() => compileDistribution({ kind: 'exponential', mean: -1 })).toThrow(RangeError);
});
