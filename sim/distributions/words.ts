// The distributions that are written with a fixed list of parameters, and the ways to give them: each word has one or more signatures, the first
// of which also says the order of arguments without names.
import { balancedHyperexponential } from './hyperexponential.js';
import { lognormalFromQuantiles } from './lognormal.js';
import type { DistributionSpec } from './spec.js';
import { weibullScale } from './weibull.js';

/** `value` has the unit of what is distributed, `number` has none. */
export type ParameterType = 'value' | 'number' | 'distribution';

export interface Parameter {
  readonly name: string;
  readonly type: ParameterType;
  readonly optional?: true;
}

/** The arguments by parameter name. `percent` is the number in `p99` where the signature has a parameter `p99`. */
export interface Values {
  readonly numbers: Readonly<Record<string, number>>;
  readonly of: DistributionSpec | null;
  readonly percent: number;
}

export interface Signature {
  readonly parameters: readonly Parameter[];
  /** The spec, or why there is none. */
  readonly build: (values: Values) => DistributionSpec | string;
}

export interface Word {
  readonly names: readonly string[];
  readonly example: string;
  readonly signatures: readonly Signature[];
}

const value = (name: string): Parameter => ({ name, type: 'value' });
const number = (name: string): Parameter => ({ name, type: 'number' });
const distribution: Parameter = { name: 'of', type: 'distribution' };

export const WORDS: readonly Word[] = [
  {
    names: ['constant'],
    example: 'constant(4ms)',
    signatures: [
      { parameters: [value('value')], build: ({ numbers }) => ({ kind: 'constant', value: numbers.value }) },
    ],
  },
  {
    names: ['exponential', 'exp'],
    example: 'exponential(mean=3ms)',
    signatures: [
      { parameters: [value('mean')], build: ({ numbers }) => ({ kind: 'exponential', mean: numbers.mean }) },
    ],
  },
  {
    names: ['uniform'],
    example: 'uniform(1ms, 5ms)',
    signatures: [
      {
        parameters: [value('min'), value('max')],
        build: ({ numbers }) => ({ kind: 'uniform', min: numbers.min, max: numbers.max }),
      },
    ],
  },
  {
    names: ['normal'],
    example: 'normal(mean=10ms, sd=2ms)',
    signatures: [
      {
        parameters: [value('mean'), value('sd')],
        build: ({ numbers }) => ({ kind: 'normal', mean: numbers.mean, sd: numbers.sd }),
      },
      {
        parameters: [value('mean'), number('cv')],
        build: ({ numbers }) => ({ kind: 'normal', mean: numbers.mean, sd: numbers.mean * numbers.cv }),
      },
    ],
  },
  {
    names: ['lognormal'],
    example: 'lognormal(mean=4ms, cv=1)',
    signatures: [
      {
        parameters: [value('mean'), number('cv')],
        build: ({ numbers }) => ({ kind: 'lognormal', mean: numbers.mean, cv: numbers.cv }),
      },
      {
        parameters: [value('mean'), value('sd')],
        build: ({ numbers }) => ({ kind: 'lognormal', mean: numbers.mean, cv: numbers.sd / numbers.mean }),
      },
      { parameters: [value('median'), value('p99')], build: lognormalByQuantiles },
    ],
  },
  {
    names: ['gamma'],
    example: 'gamma(mean=4ms, shape=2)',
    signatures: [
      {
        parameters: [value('mean'), number('shape')],
        build: ({ numbers }) => ({ kind: 'gamma', mean: numbers.mean, shape: numbers.shape }),
      },
      {
        parameters: [value('mean'), number('cv')],
        build: ({ numbers }) =>
          numbers.cv > 0
            ? { kind: 'gamma', mean: numbers.mean, shape: 1 / (numbers.cv * numbers.cv) }
            : 'cv of gamma must be above 0',
      },
    ],
  },
  {
    names: ['erlang'],
    example: 'erlang(mean=4ms, k=3)',
    signatures: [
      {
        parameters: [value('mean'), number('k')],
        build: ({ numbers }) =>
          Number.isInteger(numbers.k) && numbers.k >= 1
            ? { kind: 'gamma', mean: numbers.mean, shape: numbers.k }
            : `k of erlang must be a whole number from 1, not ${numbers.k}; gamma takes any shape`,
      },
    ],
  },
  {
    names: ['weibull'],
    example: 'weibull(scale=4ms, shape=0.7)',
    signatures: [
      {
        parameters: [value('scale'), number('shape')],
        build: ({ numbers }) => ({ kind: 'weibull', scale: numbers.scale, shape: numbers.shape }),
      },
      {
        parameters: [value('mean'), number('shape')],
        build: ({ numbers }) =>
          numbers.shape > 0
            ? { kind: 'weibull', scale: weibullScale(numbers.mean, numbers.shape), shape: numbers.shape }
            : 'shape of weibull must be above 0',
      },
    ],
  },
  {
    names: ['pareto'],
    example: 'pareto(min=1ms, alpha=2.5)',
    signatures: [
      {
        parameters: [value('min'), number('alpha'), { ...value('max'), optional: true }],
        build: ({ numbers }) => ({ kind: 'pareto', min: numbers.min, alpha: numbers.alpha, max: numbers.max ?? null }),
      },
    ],
  },
  {
    names: ['zipf'],
    example: 'zipf(10000, 1.1)',
    signatures: [
      {
        parameters: [number('n'), number('s')],
        build: ({ numbers }) => ({ kind: 'zipf', n: numbers.n, s: numbers.s }),
      },
    ],
  },
  {
    names: ['shift', 'shifted'],
    example: 'shift(2ms, exponential(mean=1ms))',
    signatures: [
      {
        parameters: [value('by'), distribution],
        build: ({ numbers, of }) =>
          of === null ? 'shift needs a distribution' : { kind: 'shifted', by: numbers.by, of },
      },
    ],
  },
  {
    names: ['truncate', 'truncated'],
    example: 'truncate(1ms, 50ms, lognormal(mean=4ms, cv=1))',
    signatures: [
      {
        parameters: [value('min'), value('max'), distribution],
        build: ({ numbers, of }) =>
          of === null ? 'truncate needs a distribution' : { kind: 'truncated', min: numbers.min, max: numbers.max, of },
      },
    ],
  },
];

/** `hyperexp` by moments; by parts it is read with the other mixtures. */
export const HYPEREXPONENTIAL: Word = {
  names: ['hyperexp', 'hyperexponential'],
  example: 'hyperexp(90%: 1ms, 10%: 50ms)',
  signatures: [
    {
      parameters: [value('mean'), number('cv')],
      build: ({ numbers }) =>
        numbers.cv >= 1
          ? { kind: 'hyperexponential', ...balancedHyperexponential(numbers.mean, numbers.cv) }
          : `cv of hyperexp must be at least 1, not ${numbers.cv}; gamma and lognormal take any cv`,
    },
  ],
};

function lognormalByQuantiles({ numbers, percent }: Values): DistributionSpec | string {
  if (!(percent > 50 && percent < 100)) return `lognormal needs a percentile above p50 and below p100, not p${percent}`;
  if (!(numbers.median > 0 && numbers.p99 > numbers.median)) {
    return `p${percent} of lognormal must be above its median, and the median above 0`;
  }
  return { kind: 'lognormal', ...lognormalFromQuantiles(numbers.median, percent, numbers.p99) };
}
