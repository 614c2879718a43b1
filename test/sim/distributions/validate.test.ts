import { describe, expect, it } from 'vitest';
import { type DistributionSpec, validateDistribution } from '../../../sim/distributions/index.js';

const valid: DistributionSpec = { kind: 'exponential', mean: 1 };

function nested(depth: number): DistributionSpec {
  return depth === 0 ? valid : { kind: 'shifted', by: 1, of: nested(depth - 1) };
}

describe('validateDistribution', () => {
  it.each<[DistributionSpec, RegExp]>([
    [{ kind: 'constant', value: NaN }, /value of constant must be a finite number, not NaN/],
    [{ kind: 'exponential', mean: -1 }, /mean of exponential must not be negative, but is -1/],
    [{ kind: 'exponential', mean: Infinity }, /finite/],
    [{ kind: 'uniform', min: 5, max: 1 }, /min of uniform \(5\) is above its max \(1\)/],
    [{ kind: 'normal', mean: 0, sd: -1 }, /sd of normal/],
    [{ kind: 'lognormal', mean: 0, cv: 1 }, /mean of lognormal must be above 0/],
    [{ kind: 'lognormal', mean: 1, cv: -0.5 }, /cv of lognormal must be between 0 and 1000000, but is -0.5/],
    [{ kind: 'gamma', mean: 1, shape: 0 }, /shape of gamma/],
    [{ kind: 'gamma', mean: NaN, shape: 1 }, /mean of gamma/],
    [{ kind: 'weibull', scale: 0, shape: 1 }, /scale of weibull/],
    [{ kind: 'weibull', scale: 1, shape: 0 }, /shape of weibull/],
    [{ kind: 'pareto', min: 0, alpha: 2, max: null }, /min of pareto/],
    [{ kind: 'pareto', min: 1, alpha: 0, max: null }, /alpha of pareto/],
    [{ kind: 'pareto', min: 2, alpha: 1, max: 2 }, /max of pareto \(2\) must be above its min \(2\)/],
    [{ kind: 'pareto', min: 2, alpha: 1, max: Infinity }, /max of pareto must be a finite number/],
    [{ kind: 'hyperexponential', weights: [], means: [] }, /hyperexp has no parts/],
    [{ kind: 'hyperexponential', weights: [1], means: [1, 2] }, /1 weights for 2 parts/],
    [{ kind: 'hyperexponential', weights: [0, 0], means: [1, 2] }, /all weights of hyperexp are 0/],
    [{ kind: 'hyperexponential', weights: [1, -1], means: [1, 2] }, /weight of a part of hyperexp/],
    [{ kind: 'hyperexponential', weights: [1, 1], means: [1, -2] }, /mean of a part/],
    [{ kind: 'mixture', weights: [1], parts: [] }, /mixture has no parts/],
    [{ kind: 'mixture', weights: [1], parts: [{ kind: 'exponential', mean: -1 }] }, /mean of exponential/],
    [{ kind: 'zipf', n: 0, s: 1 }, /n of zipf must be between 1 and 1000000/],
    [{ kind: 'zipf', n: 1.5, s: 1 }, /n of zipf must be a whole number/],
    [{ kind: 'zipf', n: 1e7, s: 1 }, /n of zipf/],
    [{ kind: 'zipf', n: 10, s: -1 }, /s of zipf/],
    [{ kind: 'empirical', quantiles: [[0.5, 1]] }, /at least two percentiles/],
    [
      {
        kind: 'empirical',
        quantiles: [
          [0.5, 1],
          [0.5, 2],
        ],
      },
      /p50 of empirical is given twice/,
    ],
    [
      {
        kind: 'empirical',
        quantiles: [
          [0.9, 1],
          [0.5, 2],
        ],
      },
      /percentiles of empirical must rise, but p50 comes after p90/,
    ],
    [
      {
        kind: 'empirical',
        quantiles: [
          [0.5, 3],
          [0.999, 2],
        ],
      },
      /p99.9 of empirical \(2\) is below its p50 \(3\)/,
    ],
    [
      {
        kind: 'empirical',
        quantiles: [
          [0.5, 3],
          [1.5, 4],
        ],
      },
      /probability of a percentile/,
    ],
    [{ kind: 'histogram', edges: [], counts: [] }, /no bins/],
    [{ kind: 'histogram', edges: [1, 2], counts: [1, 2] }, /2 edges for 2 bins, and needs 3/],
    [{ kind: 'histogram', edges: [1, 3, 2], counts: [1, 2] }, /edges of histogram must rise, but 2 comes after 3/],
    [{ kind: 'histogram', edges: [1, 2, 3], counts: [0, 0] }, /all counts of histogram are 0/],
    [{ kind: 'histogram', edges: [1, 2, 3], counts: [1, -1] }, /count of a bin/],
    [{ kind: 'shifted', by: NaN, of: valid }, /shift must be a finite number/],
    [{ kind: 'shifted', by: 1, of: { kind: 'constant', value: NaN } }, /value of constant/],
    [{ kind: 'truncated', min: 3, max: 2, of: valid }, /min of truncate \(3\) is above its max \(2\)/],
    [{ kind: 'truncated', min: 100, max: 200, of: valid }, /truncate keeps only a probability of/],
    [
      { kind: 'truncated', min: 5, max: 9, of: { kind: 'constant', value: 4 } },
      /truncate keeps only a probability of 0 /,
    ],
    [nested(16), /nested more than 16 deep/],
  ])('%j: %s', (spec, message) => {
    expect(validateDistribution(spec)).toMatch(message);
  });

  it('takes nesting up to its limit', () => {
    expect(validateDistribution(nested(15))).toBeNull();
  });

  it('writes values as it is told', () => {
    expect(validateDistribution({ kind: 'uniform', min: 5, max: 1 }, (ms) => `${ms}ms`)).toBe(
      'min of uniform (5ms) is above its max (1ms)',
    );
  });
});
