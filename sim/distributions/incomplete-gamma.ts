// The regularised incomplete gamma function and its inverse: cdf and quantile of the gamma distribution, also for extreme shapes.
// Sources: the leading term as in Loader, Fast and accurate computation of binomial probabilities (2000); series for x < a + 1, else the
// continued fraction by Lentz's method (Press et al., Numerical Recipes, 6.2); start of the inverse: Wilson and Hilferty (1931).
import { exp, LOG_SQRT_TWO_PI, lnGamma, log, log1p, normalQuantile, sqrt, stirlingRest } from '../math.js';

const EPSILON = 1.1102230246251565e-16;

/** a log(a / x) + x - a without cancellation where x is near a (Loader's deviance part). */
function deviance(a: number, x: number): number {
  const difference = a - x;
  if (Math.abs(difference) >= 0.1 * (a + x)) return a * log(a / x) + x - a;
  const v = difference / (a + x);
  const square = v * v;
  let sum = difference * v;
  let term = 2 * a * v;
  for (let j = 1; ; j++) {
    term *= square;
    const next = sum + term / (2 * j + 1);
    if (next === sum) return sum;
    sum = next;
  }
}

/** log of x^a e^-x / Gamma(a + 1). */
function logGammaTerm(a: number, x: number): number {
  if (a < 10) return a * log(x) - x - lnGamma(a + 1);
  return -deviance(a, x) - stirlingRest(a) - 0.5 * log(a) - LOG_SQRT_TWO_PI;
}

/** sum over n >= 0 of x^n / ((a+1) ... (a+n)): P(a, x) without its leading term. For x < a + 1. */
function lowerSeries(a: number, x: number): number {
  let term = 1;
  let sum = 1;
  for (let n = 1; term > sum * EPSILON; n++) {
    term *= x / (a + n);
    sum += term;
  }
  return sum;
}

/** The continued fraction of Q(a, x) Gamma(a) / (x^a e^-x), by Lentz's method. For x >= a + 1. */
function upperFraction(a: number, x: number): number {
  let b = x + 1 - a;
  let c = 1e300;
  let d = 1 / b;
  let fraction = d;
  for (let i = 1; i < 1_000_000; i++) {
    const factor = -i * (i - a);
    b += 2;
    d = 1 / (factor * d + b);
    c = b + factor / c;
    const change = c * d;
    fraction *= change;
    if (Math.abs(change - 1) < 2 * EPSILON) break;
  }
  return fraction;
}

/** The regularised lower incomplete gamma function P(a, x): the gamma cdf of shape a > 0 and scale 1. */
export function gammaP(a: number, x: number): number {
  if (!(x > 0)) return 0;
  if (x === Infinity) return 1;
  if (x < a + 1) return Math.min(1, exp(logGammaTerm(a, x)) * lowerSeries(a, x));
  return 1 - exp(logGammaTerm(a, x)) * a * upperFraction(a, x);
}

/** The regularised upper incomplete gamma function Q(a, x) = 1 - P(a, x), accurate where it is small. */
export function gammaQ(a: number, x: number): number {
  if (!(x > 0)) return 1;
  if (x === Infinity) return 0;
  if (x >= a + 1) return exp(logGammaTerm(a, x)) * a * upperFraction(a, x);
  return Math.max(0, 1 - exp(logGammaTerm(a, x)) * lowerSeries(a, x));
}

/**
 * log of the x at which the gamma distribution of shape a > 0 and scale 1 has `probability` (0 < p <= 1/2) below it, or above it if
 * `upper`. The logarithm, because x itself underflows for small a. Newton's method on log P or log Q over log x: both are concave there,
 * so that it converges from any side.
 */
export function logGammaQuantile(a: number, probability: number, upper: boolean): number {
  const target = log(probability);
  // Where only the first term of the series counts, the answer is closed: P = x^a / Gamma(a + 1).
  const firstTerm = ((upper ? log1p(-probability) : target) + lnGamma(a + 1)) / a;
  if (firstTerm < -37) return firstTerm;
  let y = quantileStart(a, upper ? -normalQuantile(probability) : normalQuantile(probability), firstTerm);
  for (let i = 0; i < 200; i++) {
    const x = exp(y);
    const term = logGammaTerm(a, x);
    const value = logTail(a, x, term, upper);
    // d log P / d log x = x f(x) / P, where x f(x) = a exp(term).
    const slope = (upper ? -a : a) * exp(term - value);
    const step = Math.max(-1, Math.min(1, (target - value) / slope));
    y += step;
    if (Math.abs(step) < 1e-9) break;
  }
  return y;
}

/** log Q(a, x) if `upper`, else log P(a, x). */
function logTail(a: number, x: number, term: number, upper: boolean): number {
  const below = x < a + 1;
  const direct = term + log(below ? lowerSeries(a, x) : a * upperFraction(a, x));
  return below === upper ? log1p(-exp(direct)) : direct;
}

/** Wilson and Hilferty's cube for shapes where it serves; else the first term of the series, held within the body. */
function quantileStart(a: number, z: number, firstTerm: number): number {
  const cube = 1 - 1 / (9 * a) + z / (3 * sqrt(a));
  if (a >= 0.5 && cube > 0.2) return log(a) + 3 * log(cube);
  return Math.min(firstTerm, log(a + 1));
}

/** Density of log X at y, for X gamma distributed with shape a and scale 1. */
export function logGammaDensity(a: number, y: number): number {
  return a * exp(a < 10 ? a * y - exp(y) - lnGamma(a + 1) : logGammaTerm(a, exp(y)));
}
