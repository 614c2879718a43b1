// Confidence interval of a proportion (error rates, availability). Source: Wilson, J. Am. Statist. Assoc. 22 (1927), which holds for
// proportions near 0 and 1, where ± z √(p q / n) does not: Newcombe, Statistics in Medicine 17 (1998).
import { normalQuantile, sqrt } from '../math.js';

export interface ProportionInterval {
  /** successes / n; NaN for n = 0. */
  readonly proportion: number;
  readonly low: number;
  readonly high: number;
  readonly n: number;
}

/**
 * Wilson's score interval; [0, 1] for n = 0.
 * @throws RangeError unless 0 <= successes <= n and level is within (0, 1).
 */
export function wilsonInterval(successes: number, n: number, level = 0.95): ProportionInterval {
  if (!(successes >= 0 && successes <= n && n < Number.POSITIVE_INFINITY) || !(level > 0 && level < 1)) {
    throw new RangeError(`no proportion for ${successes} of ${n} at level ${level}`);
  }
  if (n === 0) return { proportion: Number.NaN, low: 0, high: 1, n };
  const z = normalQuantile((1 + level) / 2);
  const proportion = successes / n;
  const scale = 1 + (z * z) / n;
  const centre = (proportion + (z * z) / (2 * n)) / scale;
  const spread = (z / scale) * sqrt((proportion * (1 - proportion)) / n + (z * z) / (4 * n * n));
  return {
    proportion,
    low: successes === 0 ? 0 : Math.max(0, centre - spread),
    high: successes === n ? 1 : Math.min(1, centre + spread),
    n,
  };
}
