// From a valid description to the object that samples it.
import { ConstantDistribution } from './constant.js';
import type { Distribution } from './distribution.js';
import { EmpiricalDistribution } from './empirical.js';
import { ExponentialDistribution } from './exponential.js';
import { GammaDistribution } from './gamma.js';
import { HistogramDistribution } from './histogram.js';
import { HyperexponentialDistribution } from './hyperexponential.js';
import { LognormalDistribution } from './lognormal.js';
import { MixtureDistribution } from './mixture.js';
import { NormalDistribution } from './normal.js';
import { ParetoDistribution } from './pareto.js';
import { ShiftedDistribution } from './shifted.js';
import type { DistributionSpec } from './spec.js';
import { probabilityWithin, TruncatedDistribution } from './truncated.js';
import { UniformDistribution } from './uniform.js';
import { WeibullDistribution } from './weibull.js';
import { ZipfDistribution } from './zipf.js';

/** Builds a distribution from a spec that is known to be valid. */
export function buildDistribution(spec: DistributionSpec): Distribution {
  switch (spec.kind) {
    case 'constant':
      return new ConstantDistribution(spec.value);
    case 'exponential':
      return new ExponentialDistribution(spec.mean);
    case 'uniform':
      return new UniformDistribution(spec.min, spec.max);
    case 'normal':
      return new NormalDistribution(spec.mean, spec.sd);
    case 'lognormal':
      return new LognormalDistribution(spec.mean, spec.cv);
    case 'gamma':
      return new GammaDistribution(spec.mean, spec.shape);
    case 'weibull':
      return new WeibullDistribution(spec.scale, spec.shape);
    case 'pareto':
      return new ParetoDistribution(spec.min, spec.alpha, spec.max);
    case 'hyperexponential':
      return new HyperexponentialDistribution(spec.weights, spec.means);
    case 'mixture':
      return new MixtureDistribution(spec.weights, spec.parts.map(buildDistribution));
    case 'zipf':
      return new ZipfDistribution(spec.n, spec.s);
    case 'empirical':
      return new EmpiricalDistribution(spec.quantiles);
    case 'histogram':
      return new HistogramDistribution(spec.edges, spec.counts);
    case 'shifted':
      return new ShiftedDistribution(spec.by, buildDistribution(spec.of));
    case 'truncated':
      return truncate(spec.of, spec.min, spec.max);
  }
}

/**
 * Truncation needs a true inverse of the cdf, which a mixture is not: the cut moves inward to its parts, and each part weighs as much as
 * it keeps within the cut.
 */
function truncate(spec: DistributionSpec, min: number, max: number): Distribution {
  switch (spec.kind) {
    case 'shifted':
      return new ShiftedDistribution(spec.by, truncate(spec.of, min - spec.by, max - spec.by));
    case 'truncated':
      return truncate(spec.of, Math.max(min, spec.min), Math.min(max, spec.max));
    case 'hyperexponential':
      return truncateParts(
        spec.weights,
        spec.means.map((mean) => ({ kind: 'exponential', mean })),
        min,
        max,
      );
    case 'mixture':
      return truncateParts(spec.weights, spec.parts, min, max);
    default:
      return new TruncatedDistribution(min, max, buildDistribution(spec));
  }
}

function truncateParts(
  weights: readonly number[],
  parts: readonly DistributionSpec[],
  min: number,
  max: number,
): Distribution {
  const kept = parts.map((part, i) =>
    weights[i] > 0 ? weights[i] * probabilityWithin(buildDistribution(part), min, max) : 0,
  );
  // What is kept of a part by rounding alone is left out.
  const used = parts.map((_, i) => i).filter((i) => kept[i] > 1e-12 * weights[i]);
  return new MixtureDistribution(
    used.map((i) => kept[i]),
    used.map((i) => truncate(parts[i], min, max)),
  );
}
