// From the written description to something that can be sampled.
import { buildDistribution } from './build.js';
import type { Distribution } from './distribution.js';
import type { DistributionSpec } from './spec.js';
import { validateDistribution } from './validate.js';

/**
 * Compiles `spec`, which must be valid. Tables (gamma, Zipf, truncated) are laid here, so that sampling allocates nothing: compile once
 * and share.
 * @throws RangeError with the message of `validateDistribution` if the spec is not valid.
 */
export function compileDistribution(spec: DistributionSpec): Distribution {
  const problem = validateDistribution(spec);
  if (problem !== null) throw new RangeError(problem);
  return buildDistribution(spec);
}
