// A time series in a bounded number of equal intervals: when time runs past the last one, neighbours are added up and the
// intervals become twice as wide. Sums and counts survive exactly, whatever the length of the run.

/** Times are nanoseconds; interval i covers [start + i · width, start + (i + 1) · width). */
export class IntervalSeries {
  private widthNs: number;
  private used = 0;
  private readonly sumOf: Float64Array;
  private readonly countOf: Float64Array;

  /** @throws RangeError unless start is finite, the interval is positive and finite, and maxIntervals an integer >= 2. */
  constructor(
    readonly startNs: number,
    intervalNs: number,
    readonly maxIntervals: number,
  ) {
    if (!Number.isFinite(startNs) || !(intervalNs > 0 && intervalNs < Number.POSITIVE_INFINITY)) {
      throw new RangeError(`no series from ${startNs} ns in steps of ${intervalNs} ns`);
    }
    if (!Number.isSafeInteger(maxIntervals) || maxIntervals < 2) {
      throw new RangeError(`a series needs at least 2 intervals, not ${maxIntervals}`);
    }
    this.widthNs = intervalNs;
    this.sumOf = new Float64Array(maxIntervals);
    this.countOf = new Float64Array(maxIntervals);
  }

  /** Width of an interval now: the width at the start times a power of two. */
  get intervalNs(): number {
    return this.widthNs;
  }

  /** Intervals up to the last one with an observation. */
  get length(): number {
    return this.used;
  }

  /** Adds an observation; times may come in any order. @throws RangeError if the time is before the start or not finite. */
  add(atNs: number, value = 1): void {
    const sinceNs = atNs - this.startNs;
    if (!(sinceNs >= 0 && sinceNs < Number.POSITIVE_INFINITY)) {
      throw new RangeError(`time ${atNs} ns is not in a series from ${this.startNs} ns`);
    }
    while (sinceNs >= this.widthNs * this.maxIntervals) this.widen();
    const interval = Math.floor(sinceNs / this.widthNs);
    this.sumOf[interval] += value;
    this.countOf[interval]++;
    if (interval >= this.used) this.used = interval + 1;
  }

  /**
   * Adds all observations of `other`, which is left as it is.
   * @throws RangeError unless both start together and their widths are the same up to a power of two.
   */
  merge(other: IntervalSeries): void {
    while (this.widthNs < other.widthNs) this.widen();
    let fold = 1;
    while (other.widthNs * fold < this.widthNs) fold *= 2;
    if (other.startNs !== this.startNs || other.widthNs * fold !== this.widthNs) {
      throw new RangeError('cannot merge series with other intervals');
    }
    while (Math.ceil(other.used / fold) > this.maxIntervals) {
      this.widen();
      fold *= 2;
    }
    for (let i = 0; i < other.used; i++) {
      const interval = Math.floor(i / fold);
      this.sumOf[interval] += other.sumOf[i];
      this.countOf[interval] += other.countOf[i];
    }
    this.used = Math.max(this.used, Math.ceil(other.used / fold));
  }

  /** Sum of the observations of each interval. */
  sums(): number[] {
    return Array.from(this.sumOf.subarray(0, this.used));
  }

  /** Number of observations in each interval. */
  counts(): number[] {
    return Array.from(this.countOf.subarray(0, this.used));
  }

  private widen(): void {
    this.widthNs *= 2;
    this.used = Math.ceil(this.used / 2);
    for (let i = 0; i < this.maxIntervals; i++) {
      const left = 2 * i;
      const right = left + 1;
      this.sumOf[i] = (this.sumOf[left] ?? 0) + (this.sumOf[right] ?? 0);
      this.countOf[i] = (this.countOf[left] ?? 0) + (this.countOf[right] ?? 0);
    }
  }
}
