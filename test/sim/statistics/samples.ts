// Seeded samples for the tests of statistics: a small generator of its own, so that these tests depend on nothing else.

/** Uniform draws within (0, 1): mulberry32 (Ettinger, public domain). */
export function uniforms(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let z = Math.imul(state ^ (state >>> 15), state | 1);
    z ^= z + Math.imul(z ^ (z >>> 7), z | 61);
    return (((z ^ (z >>> 14)) >>> 0) + 0.5) / 4294967296;
  };
}

export function exponentials(seed: number, n: number, mean: number): number[] {
  const next = uniforms(seed);
  return Array.from({ length: n }, () => -Math.log(next()) * mean);
}

/** Sums of twelve uniforms: mean 0, variance 1, near enough to normal. */
export function nearlyNormals(seed: number, n: number): number[] {
  const next = uniforms(seed);
  return Array.from({ length: n }, () => {
    let sum = -6;
    for (let i = 0; i < 12; i++) sum += next();
    return sum;
  });
}

/** The smallest value with at least a share p of the sample at or below it. */
export function exactQuantile(values: readonly number[], p: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.max(0, Math.ceil(p * sorted.length) - 1)];
}
