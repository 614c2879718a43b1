// A log-linear histogram of non-negative values by the bits of a double: the exponent chooses the power of two, the top bits
// of the mantissa the sub-bucket. Fixed relative error, exact merging by addition. The idea is HdrHistogram's
// (https://hdrhistogram.github.io/HdrHistogram/) with the floating-point format as the logarithm (Circllhist, DDSketch "linear").
//
// Bucket 0 holds [0, 1). Bucket 1 + octave * resolution + sub holds 2^octave * [1 + sub / resolution, 1 + (sub + 1) / resolution).

/** Serialisable content of a histogram: `counts[i]` belongs to bucket `first + i` of the given resolution. */
export interface HistogramData {
  /** Sub-buckets per power of two. */
  readonly resolution: number;
  readonly count: number;
  readonly sum: number;
  /** 0 when empty. */
  readonly min: number;
  /** 0 when empty. */
  readonly max: number;
  readonly first: number;
  readonly counts: readonly number[];
}

/** Sub-buckets per power of two unless told otherwise: quantiles are within 1/128 = 0.78 % of the exact ones. */
export const DEFAULT_RESOLUTION = 128;
const RESOLUTIONS: readonly number[] = [8, 16, 32, 64, 128, 256];

const FLOAT = new Float64Array([1]);
const WORDS = new Int32Array(FLOAT.buffer);
/** Which half of a double holds sign and exponent on this machine. */
const HIGH = WORDS[1] === 0 ? 0 : 1;
const EXPONENT_BIAS = 1023;
const MANTISSA_BITS_IN_HIGH_WORD = 20;
const OCTAVES = 1024;

/** What stands before the counts, in the same table so that a record touches little memory: records, the sum of their values, the least and the greatest. */
const TOTAL = 0;
const SUM = 1;
const LOWEST = 2;
const HIGHEST = 3;
const HEAD = 4;

/**
 * Counts of non-negative finite values. A quantile lies in the same bucket as the exact one: it is off by at most
 * `relativeError` of the value (below 1: by less than 1). Values of 0 up to `Number.MAX_VALUE` are accepted; NaN, negative values
 * and Infinity throw a RangeError. `sum` saturates at `Number.MAX_VALUE`.
 */
export class Histogram {
  readonly resolution: number;
  private readonly shift: number;
  private readonly offset: number;
  /** What the top bits of a double are above the place of its count. */
  private origin: number;
  /** HEAD numbers about all records, then the counts of a window of buckets. */
  private cells = headed(HEAD);

  /** @param resolution sub-buckets per power of two: 8, 16, 32, 64, 128 or 256; else a RangeError. */
  constructor(resolution = DEFAULT_RESOLUTION) {
    if (!RESOLUTIONS.includes(resolution)) {
      throw new RangeError(`histogram resolution ${resolution} is not one of ${RESOLUTIONS.join(', ')}`);
    }
    const bits = 31 - Math.clz32(resolution);
    this.resolution = resolution;
    this.shift = MANTISSA_BITS_IN_HIGH_WORD - bits;
    this.offset = (EXPONENT_BIAS << bits) - 1;
    this.origin = this.offset - HEAD;
  }

  /** Bound on the relative error of quantiles at or above 1. */
  get relativeError(): number {
    return 1 / this.resolution;
  }

  get count(): number {
    return this.cells[TOTAL];
  }

  /** Sum of the recorded values, added in the order of recording. */
  get sum(): number {
    return Math.min(this.cells[SUM], Number.MAX_VALUE);
  }

  /** Smallest value, exact; NaN when empty. */
  get min(): number {
    return this.count === 0 ? Number.NaN : this.cells[LOWEST];
  }

  /** Largest value, exact; NaN when empty. */
  get max(): number {
    return this.count === 0 ? Number.NaN : this.cells[HIGHEST];
  }

  /** Exact mean (up to the rounding of `sum`); NaN when empty. */
  get mean(): number {
    return this.count === 0 ? Number.NaN : this.sum / this.count;
  }

  /** Adds one value. */
  record(value: number): void {
    FLOAT[0] = value;
    const { cells } = this;
    const place = (WORDS[HIGH] >> this.shift) - this.origin;
    // What is below 1, new to the window, or no value at all (the bits of NaN, Infinity and negatives) lies outside.
    if (place < HEAD || place >= cells.length) {
      this.recordMany(value, 1);
      return;
    }
    cells[place]++;
    cells[TOTAL]++;
    cells[SUM] += value;
    if (value < cells[LOWEST]) cells[LOWEST] = value;
    if (value > cells[HIGHEST]) cells[HIGHEST] = value;
  }

  /** Adds one value `count` times; `count` is a non-negative integer, 0 changes nothing. */
  recordMany(value: number, count: number): void {
    if (!Number.isSafeInteger(count) || count < 0) {
      throw new RangeError(`histogram count ${count} is not a non-negative integer`);
    }
    if (!(value >= 0 && value <= Number.MAX_VALUE)) throw notRecordable(value);
    if (count === 0) return;
    const bucket = this.bucketOf(value);
    this.cover(bucket, bucket);
    const { cells } = this;
    cells[this.placeOf(bucket)] += count;
    cells[TOTAL] += count;
    cells[SUM] += value * count;
    cells[LOWEST] = Math.min(cells[LOWEST], value + 0);
    cells[HIGHEST] = Math.max(cells[HIGHEST], value + 0);
  }

  /**
   * The value below which a share `p` (0..1) of the records lies, interpolated inside its bucket and kept within [min, max];
   * the inverse of `cdf`. NaN when empty.
   */
  quantile(p: number): number {
    if (!(p >= 0 && p <= 1)) throw new RangeError(`quantile ${p} is not within 0..1`);
    return this.valueAt(p * this.count);
  }

  /** The value of the `rank`-th smallest record (1..count), as far as the buckets tell; NaN when there is no such record. */
  valueAtRank(rank: number): number {
    return rank >= 1 && rank <= this.count ? this.valueAt(rank - 0.5) : Number.NaN;
  }

  /** Share of the records at or below `value` (0..1), interpolated inside its bucket; NaN when empty. */
  cdf(value: number): number {
    if (Number.isNaN(value)) throw new RangeError('cdf of NaN');
    const { cells } = this;
    if (this.count === 0) return Number.NaN;
    if (value < cells[LOWEST]) return 0;
    if (value >= cells[HIGHEST]) return 1;
    const bucket = this.bucketOf(value);
    const place = this.placeOf(bucket);
    let below = 0;
    for (let i = HEAD; i < place; i++) below += cells[i];
    const low = this.lowerEdge(bucket);
    const inside = (value - low) / (this.upperEdge(bucket) - low);
    return (below + inside * cells[place]) / this.count;
  }

  /** Number of records above `value`; interpolated, so not always an integer. */
  countAbove(value: number): number {
    return this.count === 0 ? 0 : this.count * (1 - this.cdf(value));
  }

  /** Adds all records of `other`, which must have the same resolution (else a RangeError). */
  merge(other: Histogram): void {
    if (other.resolution !== this.resolution) {
      throw new RangeError(`cannot merge a histogram of resolution ${other.resolution} into one of ${this.resolution}`);
    }
    if (other.count === 0) return;
    this.cover(other.first, other.end - 1);
    const { cells } = this;
    const shift = other.first - this.first;
    for (let i = HEAD; i < other.cells.length; i++) cells[i + shift] += other.cells[i];
    cells[TOTAL] += other.cells[TOTAL];
    cells[SUM] += other.cells[SUM];
    cells[LOWEST] = Math.min(cells[LOWEST], other.cells[LOWEST]);
    cells[HIGHEST] = Math.max(cells[HIGHEST], other.cells[HIGHEST]);
  }

  /** Plain data without empty buckets at either end; the same records give the same data, however they came in. */
  toData(): HistogramData {
    const { resolution, count, sum, cells } = this;
    if (count === 0) return { resolution, count, sum, min: 0, max: 0, first: 0, counts: [] };
    const first = this.bucketOf(cells[LOWEST]);
    const last = this.bucketOf(cells[HIGHEST]);
    const counts = Array.from(cells.subarray(this.placeOf(first), this.placeOf(last) + 1));
    return { resolution, count, sum, min: cells[LOWEST], max: cells[HIGHEST], first, counts };
  }

  /** The histogram that `toData` described; a RangeError if the data contradicts itself. */
  static fromData(data: HistogramData): Histogram {
    const histogram = new Histogram(data.resolution);
    if (data.count === 0 && data.counts.length === 0) return histogram;
    const last = data.first + data.counts.length - 1;
    let total = 0;
    for (const count of data.counts) total += count >= 0 ? count : Number.NaN;
    const ends = data.min >= 0 && data.max <= Number.MAX_VALUE;
    const consistent =
      ends && histogram.bucketOf(data.min) === data.first && histogram.bucketOf(data.max) === last && data.sum >= 0;
    if (total !== data.count || !consistent) throw new RangeError('histogram data contradicts itself');
    histogram.cover(data.first, last);
    const { cells } = histogram;
    cells.set(data.counts, histogram.placeOf(data.first));
    cells[TOTAL] = data.count;
    cells[SUM] = data.sum;
    cells[LOWEST] = data.min;
    cells[HIGHEST] = data.max;
    return histogram;
  }

  /** Where the records, spread evenly over their buckets, reach `target` of them (0..count). */
  private valueAt(target: number): number {
    const { cells } = this;
    if (this.count === 0) return Number.NaN;
    if (target <= 0) return cells[LOWEST];
    let before = 0;
    for (let place = HEAD; place < cells.length; place++) {
      const here = cells[place];
      if (here > 0 && before + here >= target) {
        const bucket = this.first + place - HEAD;
        const low = this.lowerEdge(bucket);
        const high = this.upperEdge(bucket);
        return Math.min(high, low + (high - low) * ((target - before) / here));
      }
      before += here;
    }
    return cells[HIGHEST];
  }

  /** The first bucket of the window, and the one after its last. */
  private get first(): number {
    return this.origin + HEAD - this.offset;
  }

  private get end(): number {
    return this.first + this.cells.length - HEAD;
  }

  /** Where the count of a bucket of the window stands. */
  private placeOf(bucket: number): number {
    return bucket - this.first + HEAD;
  }

  private bucketOf(value: number): number {
    FLOAT[0] = value;
    return Math.max(0, (WORDS[HIGH] >> this.shift) - this.offset);
  }

  /** Lower edge of a bucket, or the smallest record if that is higher. */
  private lowerEdge(bucket: number): number {
    return Math.max(this.cells[LOWEST], this.edge(bucket));
  }

  /** Upper edge of a bucket, or the largest record if that is lower. */
  private upperEdge(bucket: number): number {
    return Math.min(this.cells[HIGHEST], this.edge(bucket + 1));
  }

  private edge(bucket: number): number {
    if (bucket === 0) return 0;
    FLOAT[0] = 0;
    WORDS[HIGH] = (bucket + this.offset) << this.shift;
    return FLOAT[0];
  }

  /** Widens the window of counts, by whole octaves, so that it holds the buckets `from`..`to`. */
  private cover(from: number, to: number): void {
    const { cells: old, first, end } = this;
    const isEmpty = first === end;
    if (from >= first && to < end) return;
    const low = isEmpty ? from : Math.min(from, first);
    const high = isEmpty ? to : Math.max(to, end - 1);
    const newFirst = low - (low % this.resolution);
    const newEnd = Math.min(high - (high % this.resolution) + this.resolution, OCTAVES * this.resolution + 1);
    const cells = headed(HEAD + newEnd - newFirst);
    cells.set(old.subarray(0, HEAD));
    if (!isEmpty) cells.set(old.subarray(HEAD), HEAD + first - newFirst);
    this.cells = cells;
    this.origin = this.offset + newFirst - HEAD;
  }
}

/** Cells of a histogram without records. */
function headed(length: number): Float64Array<ArrayBuffer> {
  const cells = new Float64Array(length);
  cells[LOWEST] = Number.POSITIVE_INFINITY;
  cells[HIGHEST] = Number.NEGATIVE_INFINITY;
  return cells;
}

function notRecordable(value: number): RangeError {
  return new RangeError(`histogram value ${value} is not a non-negative finite number`);
}
