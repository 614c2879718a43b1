// Where the warm-up ends: MSER, and MSER-5 over means of five. The truncation that makes the marginal standard error of what is
// left smallest. Source: White, Simulation 69 (1997), "An effective truncation heuristic for bias reduction in simulation output";
// White, Cobb and Spratt, Proc. Winter Simulation Conference 2000.

/** How many observations to drop from the front. */
export interface Truncation {
  readonly truncate: number;
  /** False if the minimum lies at the end of the search, or the sequence is too short to tell: simulate for longer. */
  readonly reliable: boolean;
}

const GROUP = 5;
const MIN_BATCHES = 10;

/** The statistic Σ_{i>d} (y_i − ȳ_d)² / (n − d)² for d = 0 … ⌊n/2⌋; empty for no values. */
export function mserCurve(batches: readonly number[]): number[] {
  const n = batches.length;
  const curve = new Array<number>(n === 0 ? 0 : Math.floor(n / 2) + 1);
  let mean = 0;
  let squares = 0;
  for (let d = n - 1; d >= 0; d--) {
    const left = n - d;
    const delta = batches[d] - mean;
    mean += delta / left;
    squares += delta * (batches[d] - mean);
    if (d < curve.length) curve[d] = squares / (left * left);
  }
  return curve;
}

/** MSER over values as they are: the first d that makes the statistic smallest, with d <= n/2. */
export function mser(batches: readonly number[]): Truncation {
  const curve = mserCurve(batches);
  let truncate = 0;
  for (let d = 1; d < curve.length; d++) if (curve[d] < curve[truncate]) truncate = d;
  return { truncate, reliable: batches.length >= MIN_BATCHES && truncate < curve.length - 1 };
}

/** MSER-5: MSER over the means of groups of five; `truncate` counts observations. A last, incomplete group is left out. */
export function mser5(values: readonly number[]): Truncation {
  const batches: number[] = [];
  for (let end = GROUP; end <= values.length; end += GROUP) {
    let sum = 0;
    for (let i = end - GROUP; i < end; i++) sum += values[i];
    batches.push(sum / GROUP);
  }
  const { truncate, reliable } = mser(batches);
  return { truncate: truncate * GROUP, reliable };
}
