import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import {
  compileDistribution,
  type DistributionSpec,
  describeDistribution,
  parseDistribution,
} from '../../../sim/distributions/index.js';

const UNITS: Readonly<Record<string, number>> = { us: 1e3, ms: 1e6, s: 1e9 };

function parseValue(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)(us|ms|s)$/.exec(text);
  return match === null ? null : Number(match[1]) * UNITS[match[2]];
}

function read(text: string): DistributionSpec {
  const parsed = parseDistribution(text, parseValue);
  if ('error' in parsed) throw new Error(parsed.error);
  return parsed.spec;
}

function errorOf(text: string): string {
  const parsed = parseDistribution(text, parseValue, (ns) => `${ns / 1e6}ms`);
  return 'error' in parsed ? parsed.error : `no error: ${JSON.stringify(parsed.spec)}`;
}

const MS = 1e6;

describe('what people write', () => {
  it.each<[string, DistributionSpec]>([
    ['4ms', { kind: 'constant', value: 4 * MS }],
    [' 4ms ', { kind: 'constant', value: 4 * MS }],
    ['constant(4ms)', { kind: 'constant', value: 4 * MS }],
    ['exponential(mean=3ms)', { kind: 'exponential', mean: 3 * MS }],
    ['exp(3ms)', { kind: 'exponential', mean: 3 * MS }],
    ['EXP( mean : 3ms )', { kind: 'exponential', mean: 3 * MS }],
    ['uniform(1ms, 5ms)', { kind: 'uniform', min: 1 * MS, max: 5 * MS }],
    ['uniform(max=5ms, min=1ms)', { kind: 'uniform', min: 1 * MS, max: 5 * MS }],
    ['uniform(1ms, max=5ms)', { kind: 'uniform', min: 1 * MS, max: 5 * MS }],
    ['normal(mean=10ms, sd=2ms)', { kind: 'normal', mean: 10 * MS, sd: 2 * MS }],
    ['normal(mean=10ms, cv=0.2)', { kind: 'normal', mean: 10 * MS, sd: 2 * MS }],
    ['lognormal(mean=4ms, cv=1)', { kind: 'lognormal', mean: 4 * MS, cv: 1 }],
    ['lognormal(4ms, 1)', { kind: 'lognormal', mean: 4 * MS, cv: 1 }],
    ['lognormal(mean=4ms, sd=2ms)', { kind: 'lognormal', mean: 4 * MS, cv: 0.5 }],
    ['gamma(mean=4ms, shape=2.5)', { kind: 'gamma', mean: 4 * MS, shape: 2.5 }],
    ['gamma(mean=4ms, cv=2)', { kind: 'gamma', mean: 4 * MS, shape: 0.25 }],
    ['erlang(mean=4ms, k=3)', { kind: 'gamma', mean: 4 * MS, shape: 3 }],
    ['weibull(scale=4ms, shape=.7)', { kind: 'weibull', scale: 4 * MS, shape: 0.7 }],
    ['pareto(min=1ms, alpha=2.5)', { kind: 'pareto', min: 1 * MS, alpha: 2.5, max: null }],
    ['pareto(1ms, 2.5, 1s)', { kind: 'pareto', min: 1 * MS, alpha: 2.5, max: 1000 * MS }],
    ['hyperexp(90%: 1ms, 10%: 50ms)', { kind: 'hyperexponential', weights: [90, 10], means: [1 * MS, 50 * MS] }],
    ['hyperexponential(9: 1ms, 1: 50ms)', { kind: 'hyperexponential', weights: [9, 1], means: [1 * MS, 50 * MS] }],
    [
      'bimodal(99%: 1ms, 1%: 100ms)',
      {
        kind: 'mixture',
        weights: [99, 1],
        parts: [
          { kind: 'constant', value: 1 * MS },
          { kind: 'constant', value: 100 * MS },
        ],
      },
    ],
    [
      'mixture(1: exp(1ms), 2: uniform(1ms, 2ms))',
      {
        kind: 'mixture',
        weights: [1, 2],
        parts: [
          { kind: 'exponential', mean: 1 * MS },
          { kind: 'uniform', min: 1 * MS, max: 2 * MS },
        ],
      },
    ],
    ['zipf(10000, 1.1)', { kind: 'zipf', n: 10000, s: 1.1 }],
    ['zipf(n=1e4, s=1.1)', { kind: 'zipf', n: 10000, s: 1.1 }],
    [
      'empirical(p50=20ms, p90=45ms, p99.9=180ms)',
      {
        kind: 'empirical',
        quantiles: [
          [0.5, 20 * MS],
          [0.9, 45 * MS],
          [0.999, 180 * MS],
        ],
      },
    ],
    [
      'empirical(max=9ms, median=2ms, min=1ms)',
      {
        kind: 'empirical',
        quantiles: [
          [0, 1 * MS],
          [0.5, 2 * MS],
          [1, 9 * MS],
        ],
      },
    ],
    ['histogram(1ms..2ms: 5, 2ms..4ms: 10)', { kind: 'histogram', edges: [1 * MS, 2 * MS, 4 * MS], counts: [5, 10] }],
    ['shift(2ms, exponential(mean=1ms))', { kind: 'shifted', by: 2 * MS, of: { kind: 'exponential', mean: 1 * MS } }],
    [
      'truncate(1ms, 50ms,\n  lognormal(mean=4ms, cv=1))',
      { kind: 'truncated', min: 1 * MS, max: 50 * MS, of: { kind: 'lognormal', mean: 4 * MS, cv: 1 } },
    ],
    [
      'truncate(of=exp(4ms), min=1ms, max=50ms)',
      { kind: 'truncated', min: 1 * MS, max: 50 * MS, of: { kind: 'exponential', mean: 4 * MS } },
    ],
  ])('%s', (text, spec) => {
    expect(read(text)).toEqual(spec);
  });

  it('lognormal by median and a percentile: median 10, p99 50 has sigma 0.691830 and mean 12.703781', () => {
    const spec = read('lognormal(median=10ms, p99=50ms)');
    const distribution = compileDistribution(spec);
    expect(distribution.mean / MS).toBeCloseTo(12.703781, 6);
    expect(distribution.sample(0.5) / MS).toBeCloseTo(10, 9);
    expect(distribution.sample(0.99) / MS).toBeCloseTo(50, 9);
    expect(spec.kind === 'lognormal' && Math.sqrt(Math.log1p(spec.cv * spec.cv))).toBeCloseTo(0.69183, 6);
    const byP95 = compileDistribution(read('lognormal(p50=10ms, p95=50ms)'));
    expect(byP95.sample(0.95) / MS).toBeCloseTo(50, 9);
  });

  it('hyperexp by mean and cv has them', () => {
    const distribution = compileDistribution(read('hyperexp(mean=10ms, cv=3)'));
    expect(distribution.mean).toBeCloseTo(10 * MS, 3);
    expect(Math.sqrt(distribution.variance) / distribution.mean).toBeCloseTo(3, 9);
  });

  it('weibull by mean has it', () => {
    expect(compileDistribution(read('weibull(mean=10ms, shape=0.5)')).mean).toBeCloseTo(10 * MS, 3);
  });
});

describe('mistakes', () => {
  it.each([
    ['', /a distribution is missing/],
    ['4mz', /cannot read `4mz`; write a value such as 4ms/],
    ['exponential', /`exponential` needs its parameters, for example exponential\(mean=3ms\)/],
    ['bimodal', /`bimodal` needs its parameters, for example bimodal\(99%/],
    [
      'lognormel(mean=4ms, cv=1)',
      /there is no distribution `lognormel`; did you mean `lognormal`\? valid are constant, exponential/,
    ],
    ['poisson(3)', /there is no distribution `poisson`; valid are/],
    [
      'lognormal(maen=4ms, cv=1)',
      /`lognormal` has no parameter `maen`; did you mean `mean`\? it takes mean and cv, or mean and sd, or median and p99/,
    ],
    [
      'lognormal(mean=4ms)',
      /`lognormal` takes mean and cv, or mean and sd, or median and p99; for example lognormal\(mean=4ms, cv=1\)/,
    ],
    ['lognormal(mean=4ms, cv=1ms)', /`cv` of `lognormal` must be a number without a unit, not `1ms`/],
    ['lognormal(mean=4, cv=1)', /`mean` of `lognormal` must be a value with its unit, not `4`/],
    ['lognormal(median=4ms, p40=9ms)', /percentile above p50 and below p100, not p40/],
    ['lognormal(median=4ms, p99=3ms)', /p99 of lognormal must be above its median/],
    ['exponential(3ms, 4ms)', /`exponential` takes mean/],
    ['pareto(min=1ms)', /`pareto` takes min, alpha and optionally max/],
    ['uniform(min=1ms, 5ms)', /arguments of `uniform` without a name must come before/],
    ['uniform(min=1ms, min=5ms)', /`min` of `uniform` is given twice/],
    ['uniform(5ms, 1ms)', /min of uniform \(5ms\) is above its max \(1ms\)/],
    ['uniform(1ms,, 5ms)', /empty argument, or parentheses that do not match/],
    ['shift(1ms, exp(2ms)', /parentheses that do not match/],
    ['shift(1ms, exp(2ms)))', /parentheses that do not match/],
    ['shift(1ms, exq(2ms))', /there is no distribution `exq`; did you mean `exp`/],
    ['erlang(mean=1ms, k=1.5)', /k of erlang must be a whole number from 1, not 1.5; gamma takes any shape/],
    ['hyperexp(90%: 1ms, 5%: 50ms)', /shares of `hyperexp` must sum to 100%, not 95%/],
    ['hyperexp(90%: 1ms, 10: 50ms)', /all percentages or all bare numbers/],
    ['hyperexp(90%: 1ms, 50ms)', /each part of `hyperexp` needs its share/],
    ['hyperexp(mean=1ms, cv=0.5)', /cv of hyperexp must be at least 1, not 0.5/],
    ['hyperexp(50%: exp(1ms), 50%: 2ms)', /cannot read `exp\(1ms\)` as a mean of `hyperexp`/],
    ['bimodal(1ms, 100ms)', /each part of `bimodal` needs its share, for example bimodal\(99%: 1ms, 1%: 100ms\)/],
    ['bimodal()', /`bimodal` needs its parts/],
    ['bimodal(99%: 1ms, 1%: huh)', /there is no distribution `huh`/],
    ['exp(50%: 1ms)', /`exponential` has no parts with shares/],
    ['empirical(p50=20ms)', /at least two percentiles/],
    [
      'empirical(p50=20ms, p999=45ms)',
      /`empirical` takes percentiles from p0 to p100, min, median and max, not `p999`/,
    ],
    ['empirical(20ms, 45ms)', /not `20ms`/],
    ['empirical(p50=20ms, p90=10ms)', /p90 of empirical \(10ms\) is below its p50 \(20ms\)/],
    ['empirical(p50=20ms, p90=x)', /cannot read `x` as p90 of `empirical`/],
    ['histogram(1ms..2ms: 5, 3ms..4ms: 10)', /bins of `histogram` must adjoin/],
    ['histogram(1ms-2ms: 5)', /cannot read the bin `1ms-2ms: 5`/],
    ['exponential(0x10ms)', /must be a value/],
    [`${'shift(1ms, '.repeat(20)}1ms${')'.repeat(20)}`, /nested more than 16 deep/],
    ['x'.repeat(20_000), /at most 10000 characters/],
  ])('%s', (text, message) => {
    expect(errorOf(text)).toMatch(message);
  });

  property.prop([
    fc.oneof(
      fc.string({ unit: 'binary' }),
      fc
        .array(
          fc.constantFrom(
            'exp',
            'mixture',
            'shift',
            'empirical',
            'lognormal',
            '(',
            ')',
            ',',
            '=',
            ':',
            '%',
            '1ms',
            '50',
            'p99',
            'mean',
            '..',
            ' ',
            '-',
          ),
        )
        .map((tokens) => tokens.join('')),
    ),
  ])('never throws, and what it accepts can be compiled', (text) => {
    const parsed = parseDistribution(text, parseValue);
    if ('spec' in parsed) expect(Number.isFinite(compileDistribution(parsed.spec).sample(0.5))).toBe(true);
    else expect(parsed.error).not.toBe('');
  });

  it('takes hostile text in linear time', () => {
    for (const text of [
      '1'.repeat(9999),
      ' '.repeat(9999),
      `1${' '.repeat(9000)}x`,
      `e(${'1:'.repeat(4000)})`,
      '('.repeat(9999),
    ]) {
      expect(errorOf(text)).toMatch(/./);
    }
  });
});

describe('describeDistribution', () => {
  it('writes values with their unit', () => {
    const spec = read('truncate(1ms, 50ms, bimodal(90%: 2ms, 10%: shift(1ms, lognormal(mean=4ms, cv=1))))');
    expect(describeDistribution(spec, (ns) => `${ns / 1e6}ms`)).toBe(
      'truncate(1ms, 50ms, mixture(90%: 2ms, 10%: shift(1ms, lognormal(mean=4ms, cv=1))))',
    );
  });
});
