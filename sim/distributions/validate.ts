// What makes a description of a distribution impossible, said so that its writer can put it right.
import { buildDistribution } from './build.js';
import type { DistributionSpec } from './spec.js';
import { probabilityWithin } from './truncated.js';

const MAX_DEPTH = 16;
const MAX_RANKS = 1_000_000;
const MAX_ENTRIES = 100_000;
const MAX_PARTS = 1000;
/** Less than this inside a truncation leaves too few digits of the uniform number for its inverse. */
const MIN_KEPT = 1e-6;

/**
 * Why `spec` is not a distribution, as a sentence without a full stop; null if it is one. `formatValue` writes values with their unit
 * (default: the bare number).
 */
export function validateDistribution(
  spec: DistributionSpec,
  formatValue: (value: number) => string = String,
): string | null {
  return validateWithin(spec, MAX_DEPTH, formatValue);
}

type Format = (value: number) => string;

function validateWithin(spec: DistributionSpec, depth: number, format: Format): string | null {
  if (depth === 0) return `distributions are nested more than ${MAX_DEPTH} deep`;
  switch (spec.kind) {
    case 'constant':
      return finite('value of constant', spec.value);
    case 'exponential':
      return notNegative('mean of exponential', spec.mean, format);
    case 'uniform':
      return (
        finite('min of uniform', spec.min) ??
        finite('max of uniform', spec.max) ??
        ordered('uniform', spec.min, spec.max, format)
      );
    case 'normal':
      return finite('mean of normal', spec.mean) ?? notNegative('sd of normal', spec.sd, format);
    case 'lognormal':
      return positive('mean of lognormal', spec.mean, format) ?? within('cv of lognormal', spec.cv, 0, 1e6);
    case 'gamma':
      return positive('mean of gamma', spec.mean, format) ?? within('shape of gamma', spec.shape, 0.001, 1e6);
    case 'weibull':
      return positive('scale of weibull', spec.scale, format) ?? within('shape of weibull', spec.shape, 0.02, 1000);
    case 'pareto':
      return (
        positive('min of pareto', spec.min, format) ??
        within('alpha of pareto', spec.alpha, 0.1, 1000) ??
        (spec.max === null ? null : finite('max of pareto', spec.max)) ??
        (spec.max === null || spec.max > spec.min
          ? null
          : `max of pareto (${format(spec.max)}) must be above its min (${format(spec.min)})`)
      );
    case 'hyperexponential':
      return (
        validateWeights('hyperexp', spec.weights, spec.means.length) ??
        firstProblem(spec.means, (mean) => notNegative('mean of a part of hyperexp', mean, format))
      );
    case 'mixture':
      return (
        validateWeights('mixture', spec.weights, spec.parts.length) ??
        firstProblem(spec.parts, (part) => validateWithin(part, depth - 1, format))
      );
    case 'zipf':
      return (
        within('n of zipf', spec.n, 1, MAX_RANKS) ??
        (Number.isInteger(spec.n) ? null : `n of zipf must be a whole number, not ${spec.n}`) ??
        within('s of zipf', spec.s, 0, 100)
      );
    case 'empirical':
      return validateQuantiles(spec.quantiles, format);
    case 'histogram':
      return validateHistogram(spec.edges, spec.counts, format);
    case 'shifted':
      return finite('shift', spec.by) ?? validateWithin(spec.of, depth - 1, format);
    case 'truncated':
      return validateTruncated(spec, depth, format);
  }
}

function finite(what: string, value: number): string | null {
  return Number.isFinite(value) ? null : `${what} must be a finite number, not ${value}`;
}

function notNegative(what: string, value: number, format: Format): string | null {
  return finite(what, value) ?? (value >= 0 ? null : `${what} must not be negative, but is ${format(value)}`);
}

function positive(what: string, value: number, format: Format): string | null {
  return finite(what, value) ?? (value > 0 ? null : `${what} must be above 0, but is ${format(value)}`);
}

/** A number without a unit between two bounds. */
function within(what: string, value: number, min: number, max: number): string | null {
  return (
    finite(what, value) ??
    (value >= min && value <= max ? null : `${what} must be between ${min} and ${max}, but is ${value}`)
  );
}

function ordered(kind: string, min: number, max: number, format: Format): string | null {
  return min <= max ? null : `min of ${kind} (${format(min)}) is above its max (${format(max)})`;
}

function firstProblem<T>(items: readonly T[], problemOf: (item: T, index: number) => string | null): string | null {
  for (let i = 0; i < items.length; i++) {
    const problem = problemOf(items[i], i);
    if (problem !== null) return problem;
  }
  return null;
}

function validateWeights(kind: string, weights: readonly number[], parts: number): string | null {
  if (parts === 0) return `${kind} has no parts`;
  if (parts > MAX_PARTS) return `${kind} has ${parts} parts, more than ${MAX_PARTS}`;
  if (weights.length !== parts) return `${kind} has ${weights.length} weights for ${parts} parts`;
  return (
    firstProblem(weights, (weight) => within(`weight of a part of ${kind}`, weight, 0, 1e100)) ??
    (weights.some((weight) => weight > 0) ? null : `all weights of ${kind} are 0`)
  );
}

function validateQuantiles(
  quantiles: readonly (readonly [probability: number, value: number])[],
  format: Format,
): string | null {
  if (quantiles.length < 2) return 'empirical needs at least two percentiles';
  if (quantiles.length > MAX_ENTRIES) return `empirical has ${quantiles.length} percentiles, more than ${MAX_ENTRIES}`;
  return firstProblem(quantiles, ([probability, value], i) => {
    const name = percentileName(probability);
    const problem =
      within('probability of a percentile of empirical', probability, 0, 1) ?? finite(`${name} of empirical`, value);
    if (problem !== null || i === 0) return problem;
    const [before, valueBefore] = quantiles[i - 1];
    if (probability === before) return `${name} of empirical is given twice`;
    if (probability < before)
      return `percentiles of empirical must rise, but ${name} comes after ${percentileName(before)}`;
    if (value >= valueBefore) return null;
    return `${name} of empirical (${format(value)}) is below its ${percentileName(before)} (${format(valueBefore)})`;
  });
}

function percentileName(probability: number): string {
  return `p${Number((probability * 100).toPrecision(12))}`;
}

function validateHistogram(edges: readonly number[], counts: readonly number[], format: Format): string | null {
  if (counts.length === 0) return 'histogram has no bins';
  if (counts.length > MAX_ENTRIES) return `histogram has ${counts.length} bins, more than ${MAX_ENTRIES}`;
  if (edges.length !== counts.length + 1)
    return `histogram has ${edges.length} edges for ${counts.length} bins, and needs ${counts.length + 1}`;
  return (
    firstProblem(edges, (edge) => finite('edge of histogram', edge)) ??
    firstProblem(edges, (edge, i) =>
      i === 0 || edge > edges[i - 1]
        ? null
        : `edges of histogram must rise, but ${format(edge)} comes after ${format(edges[i - 1])}`,
    ) ??
    firstProblem(counts, (count) => within('count of a bin of histogram', count, 0, 1e100)) ??
    (counts.some((count) => count > 0) ? null : 'all counts of histogram are 0')
  );
}

function validateTruncated(
  spec: Extract<DistributionSpec, { kind: 'truncated' }>,
  depth: number,
  format: Format,
): string | null {
  const problem =
    finite('min of truncate', spec.min) ??
    finite('max of truncate', spec.max) ??
    ordered('truncate', spec.min, spec.max, format) ??
    validateWithin(spec.of, depth - 1, format);
  if (problem !== null) return problem;
  const kept = probabilityWithin(buildDistribution(spec.of), spec.min, spec.max);
  if (kept >= MIN_KEPT) return null;
  return `truncate keeps only a probability of ${Math.max(0, kept)} between ${format(spec.min)} and ${format(spec.max)}, and needs ${MIN_KEPT}`;
}
