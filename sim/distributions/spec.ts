// The serialisable description of a distribution. Times are in nanoseconds where a distribution is a duration; the
// kernel itself knows no unit: a sample has the unit of the parameters.

export type DistributionSpec =
  | { readonly kind: 'constant'; readonly value: number }
  | { readonly kind: 'exponential'; readonly mean: number }
  | { readonly kind: 'uniform'; readonly min: number; readonly max: number }
  | { readonly kind: 'normal'; readonly mean: number; readonly sd: number }
  | { readonly kind: 'lognormal'; readonly mean: number; readonly cv: number }
  | { readonly kind: 'gamma'; readonly mean: number; readonly shape: number }
  | { readonly kind: 'weibull'; readonly scale: number; readonly shape: number }
  | { readonly kind: 'pareto'; readonly min: number; readonly alpha: number; readonly max: number | null }
  /** With probability `weights[i] / sum` an exponential of mean `means[i]`. */
  | { readonly kind: 'hyperexponential'; readonly weights: readonly number[]; readonly means: readonly number[] }
  /** With probability `weights[i] / sum` a draw of `parts[i]`; sampled by inversion of the choice, then of the part. */
  | { readonly kind: 'mixture'; readonly weights: readonly number[]; readonly parts: readonly DistributionSpec[] }
  /** Ranks 1..n with probability proportional to 1 / rank^s. */
  | { readonly kind: 'zipf'; readonly n: number; readonly s: number }
  /** Piecewise linear (or log-linear between positive values) quantile function through (p, value) points. */
  | { readonly kind: 'empirical'; readonly quantiles: readonly (readonly [probability: number, value: number])[] }
  /** Uniform within each bin. */
  | { readonly kind: 'histogram'; readonly edges: readonly number[]; readonly counts: readonly number[] }
  | { readonly kind: 'shifted'; readonly by: number; readonly of: DistributionSpec }
  | { readonly kind: 'truncated'; readonly min: number; readonly max: number; readonly of: DistributionSpec };
