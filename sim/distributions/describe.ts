// A distribution in the words that parse.ts reads.
import type { DistributionSpec } from './spec.js';

/**
 * The description of `spec` in one line, e.g. `lognormal(mean=4ms, cv=1)`. `formatValue` writes values with their unit (default: the bare
 * number); numbers without a unit are written as they are. Shares of parts are percentages with ten digits.
 */
export function describeDistribution(spec: DistributionSpec, formatValue: (value: number) => string = String): string {
  const value = formatValue;
  switch (spec.kind) {
    case 'constant':
      return value(spec.value);
    case 'exponential':
      return `exponential(mean=${value(spec.mean)})`;
    case 'uniform':
      return `uniform(${value(spec.min)}, ${value(spec.max)})`;
    case 'normal':
      return `normal(mean=${value(spec.mean)}, sd=${value(spec.sd)})`;
    case 'lognormal':
      return `lognormal(mean=${value(spec.mean)}, cv=${spec.cv})`;
    case 'gamma':
      return `gamma(mean=${value(spec.mean)}, shape=${spec.shape})`;
    case 'weibull':
      return `weibull(scale=${value(spec.scale)}, shape=${spec.shape})`;
    case 'pareto': {
      const max = spec.max === null ? '' : `, max=${value(spec.max)}`;
      return `pareto(min=${value(spec.min)}, alpha=${spec.alpha}${max})`;
    }
    case 'hyperexponential':
      return `hyperexp(${partsText(spec.weights, spec.means.map(value))})`;
    case 'mixture':
      return `mixture(${partsText(
        spec.weights,
        spec.parts.map((part) => describeDistribution(part, value)),
      )})`;
    case 'zipf':
      return `zipf(${spec.n}, ${spec.s})`;
    case 'empirical':
      return `empirical(${spec.quantiles.map(([probability, at]) => `p${tenDigits(probability * 100)}=${value(at)}`).join(', ')})`;
    case 'histogram':
      return `histogram(${spec.counts.map((count, i) => `${value(spec.edges[i])}..${value(spec.edges[i + 1])}: ${count}`).join(', ')})`;
    case 'shifted':
      return `shift(${value(spec.by)}, ${describeDistribution(spec.of, value)})`;
    case 'truncated':
      return `truncate(${value(spec.min)}, ${value(spec.max)}, ${describeDistribution(spec.of, value)})`;
  }
}

function partsText(weights: readonly number[], parts: readonly string[]): string {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return parts.map((part, i) => `${tenDigits((100 * weights[i]) / total)}%: ${part}`).join(', ');
}

function tenDigits(x: number): string {
  return String(Number(x.toPrecision(10)));
}
