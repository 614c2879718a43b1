// One of everything, for the laws that every distribution keeps.
import type { DistributionSpec } from '../../../sim/distributions/index.js';

export interface Subject {
  readonly name: string;
  readonly spec: DistributionSpec;
  /** False where u first chooses a part, so that `sample` is not the inverse of `cdf`. */
  readonly inverse: boolean;
  /** Relative accuracy of `sample` against the exact quantile. */
  readonly accuracy: number;
}

function subject(
  name: string,
  spec: DistributionSpec,
  options: { inverse?: boolean; accuracy?: number } = {},
): Subject {
  return { name, spec, inverse: options.inverse ?? true, accuracy: options.accuracy ?? 1e-12 };
}

const lognormal: DistributionSpec = { kind: 'lognormal', mean: 10, cv: 2 };
const table = { accuracy: 1e-8 };
const mixed = { inverse: false };

export const SUBJECTS: readonly Subject[] = [
  subject('constant', { kind: 'constant', value: 4 }),
  subject('exponential', { kind: 'exponential', mean: 3 }),
  subject('exponential of mean 0', { kind: 'exponential', mean: 0 }),
  subject('uniform', { kind: 'uniform', min: -1, max: 5 }),
  subject('normal', { kind: 'normal', mean: 10, sd: 2 }),
  subject('normal without spread', { kind: 'normal', mean: 10, sd: 0 }),
  subject('lognormal', lognormal),
  subject('lognormal without spread', { kind: 'lognormal', mean: 10, cv: 0 }),
  subject('gamma, shape 0.1', { kind: 'gamma', mean: 10, shape: 0.1 }, table),
  subject('gamma, shape 0.5', { kind: 'gamma', mean: 10, shape: 0.5 }, table),
  subject('gamma, shape 1', { kind: 'gamma', mean: 10, shape: 1 }, table),
  subject('gamma, shape 3', { kind: 'gamma', mean: 10, shape: 3 }, table),
  subject('gamma, shape 40.5', { kind: 'gamma', mean: 10, shape: 40.5 }, table),
  subject('weibull, shape 0.7', { kind: 'weibull', scale: 4, shape: 0.7 }),
  subject('weibull, shape 3', { kind: 'weibull', scale: 4, shape: 3 }),
  subject('pareto', { kind: 'pareto', min: 2, alpha: 8, max: null }),
  subject('bounded pareto', { kind: 'pareto', min: 1, alpha: 1.2, max: 100 }),
  subject('bounded pareto, alpha 2', { kind: 'pareto', min: 1, alpha: 2, max: 100 }),
  subject('hyperexponential', { kind: 'hyperexponential', weights: [10, 90], means: [50, 1] }, mixed),
  subject(
    'hyperexponential with hits of no time',
    { kind: 'hyperexponential', weights: [1, 9, 0], means: [50, 0, 7] },
    mixed,
  ),
  subject(
    'bimodal',
    {
      kind: 'mixture',
      weights: [0.99, 0.01],
      parts: [
        { kind: 'constant', value: 1 },
        { kind: 'constant', value: 100 },
      ],
    },
    mixed,
  ),
  subject(
    'mixture',
    { kind: 'mixture', weights: [3, 1, 0], parts: [{ kind: 'uniform', min: 5, max: 9 }, lognormal, lognormal] },
    mixed,
  ),
  subject('zipf', { kind: 'zipf', n: 1000, s: 1.1 }),
  subject('zipf, all alike', { kind: 'zipf', n: 7, s: 0 }),
  subject('empirical', {
    kind: 'empirical',
    quantiles: [
      [0.5, 20],
      [0.9, 45],
      [0.99, 180],
    ],
  }),
  subject('empirical from end to end, with an atom and negative values', {
    kind: 'empirical',
    quantiles: [
      [0, -3],
      [0.2, 0],
      [0.4, 2],
      [0.7, 2],
      [1, 9],
    ],
  }),
  subject('histogram', { kind: 'histogram', edges: [0, 1, 5, 6, 10, 20], counts: [0, 7, 0, 3, 0] }),
  subject('shifted', { kind: 'shifted', by: 2, of: { kind: 'exponential', mean: 1 } }),
  subject('truncated lognormal', { kind: 'truncated', min: 1, max: 50, of: lognormal }),
  subject('truncated normal', { kind: 'truncated', min: 0, max: 12, of: { kind: 'normal', mean: 10, sd: 5 } }),
  subject('truncated gamma', { kind: 'truncated', min: 1, max: 30, of: { kind: 'gamma', mean: 10, shape: 2 } }, table),
  subject('truncated zipf', { kind: 'truncated', min: 1.5, max: 20, of: { kind: 'zipf', n: 100, s: 1 } }),
  subject(
    'truncated and shifted hyperexponential',
    {
      kind: 'truncated',
      min: 3,
      max: 30,
      of: { kind: 'shifted', by: 1, of: { kind: 'hyperexponential', weights: [1, 1], means: [1, 20] } },
    },
    mixed,
  ),
];
