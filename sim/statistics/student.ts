// Student's t distribution: tail and quantile for any number of degrees of freedom from 1 on.
// Source: the regularised incomplete beta function by its continued fraction, DLMF 8.17.22 (https://dlmf.nist.gov/8.17#v), by
// Lentz's method; for very many degrees of freedom the first term of Fisher and Cornish's expansion (1960).
import { exp, log, log1p, normalCdf, normalQuantile, sqrt } from '../math.js';

const LOG_SQRT_PI = 0.5723649429247001;
const NEARLY_NORMAL_DF = 1e7;
const MAX_TERMS = 20_000;

/**
 * P(T > t) for `df` >= 1 degrees of freedom; the relative accuracy (about 1e-13) holds in the far upper tail too.
 * @throws RangeError if df < 1 or t is NaN.
 */
export function studentUpperTail(t: number, df: number): number {
  if (!(df >= 1) || Number.isNaN(t)) throw new RangeError(`no Student t tail for t = ${t}, df = ${df}`);
  return t < 0 ? 1 - exp(logUpperTail(-t, df)) : exp(logUpperTail(t, df));
}

/**
 * The t with P(T <= t) = p for `df` >= 1 degrees of freedom, to 1e-8 or better (relative where |t| > 1).
 * @throws RangeError unless 0 < p < 1 and df >= 1.
 */
export function studentQuantile(p: number, df: number): number {
  if (!(p > 0 && p < 1) || !(df >= 1)) throw new RangeError(`no Student t quantile for p = ${p}, df = ${df}`);
  if (p === 0.5) return 0;
  const z = Math.abs(normalQuantile(p));
  const t = df > NEARLY_NORMAL_DF ? z + (z * z * z + z) / (4 * df) : solve(p < 0.5 ? p : 1 - p, df, z);
  return p < 0.5 ? -t : t;
}

/**
 * The critical value of a two-sided interval: `studentQuantile((1 + level) / 2, df)`.
 * @param level confidence level within (0, 1), e.g. 0.95.
 */
export function studentCritical(level: number, df: number): number {
  return studentQuantile((1 + level) / 2, df);
}

/**
 * Newton's method on log Q over log t, where log Q is concave: after one step it comes down from the right, without a miss.
 * @param tail P(T > t), below 1/2
 */
function solve(tail: number, df: number, start: number): number {
  const target = log(tail);
  let t = start;
  for (let i = 0; i < 100 && t < Number.POSITIVE_INFINITY; i++) {
    const logQ = logUpperTail(t, df);
    const step = (logQ - target) / (t * exp(logDensity(t, df) - logQ));
    t *= exp(step);
    if (Math.abs(step) < 1e-14) break;
  }
  return t;
}

function logDensity(t: number, df: number): number {
  return logGammaRatio(df / 2) - LOG_SQRT_PI - 0.5 * log(df) - ((df + 1) / 2) * logOnePlusSquare(t / sqrt(df));
}

/** log P(T > t) for t >= 0. */
function logUpperTail(t: number, df: number): number {
  if (t === Number.POSITIVE_INFINITY) return Number.NEGATIVE_INFINITY;
  if (df > NEARLY_NORMAL_DF) return t > 40 ? Number.NEGATIVE_INFINITY : log(normalCdf((t * t * t + t) / (4 * df) - t));
  const a = df / 2;
  const square = (t / sqrt(df)) * (t / sqrt(df));
  const x = 1 / (1 + square);
  const y = 1 / (1 + 1 / square);
  const logFront = -a * logOnePlusSquare(t / sqrt(df)) + 0.5 * log(y) + logGammaRatio(a) - LOG_SQRT_PI;
  if (x < (a + 1) / (a + 2.5)) return logFront - log(2 * a * betaFraction(a, 0.5, x));
  return square === 0 ? log(0.5) : log(0.5 - exp(logFront) / betaFraction(0.5, a, y));
}

/** log(1 + r^2) without overflow. */
function logOnePlusSquare(r: number): number {
  return r > 1e10 ? 2 * log(r) : log1p(r * r);
}

/** log of Gamma(a + 1/2) / Gamma(a) for a >= 1/2: an asymptotic series from a = 20 on, the recurrence below. */
function logGammaRatio(a: number): number {
  let product = 1;
  let shifted = a;
  for (; shifted < 20; shifted++) product *= shifted / (shifted + 0.5);
  const s = 1 / (shifted * shifted);
  const series = ((((-31 / 18432) * s + 17 / 14336) * s - 1 / 640) * s + 1 / 192) * s - 1 / 8;
  return 0.5 * log(shifted) + series / shifted + log(product);
}

/** The continued fraction that divides x^a (1 - x)^b / (a B(a, b)); converges fast for x < (a + 1) / (a + b + 2). */
function betaFraction(a: number, b: number, x: number): number {
  let value = 1;
  let c = 1;
  let d = 0;
  for (let i = 1; i < MAX_TERMS; i++) {
    const m = Math.floor(i / 2);
    const numerator =
      i % 2 === 0
        ? (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
        : (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / (1 + numerator * d);
    c = 1 + numerator / c;
    value *= c * d;
    if (Math.abs(c * d - 1) < 1e-16) break;
  }
  return value;
}
