// The average over time of a quantity that changes in steps: queue lengths, busy servers, open connections.
// Source: the L of Little's law; Law, Simulation Modeling and Analysis, 5th ed., §1.4.

/** Times are nanoseconds and never go back (else a RangeError). */
export class TimeWeighted {
  private current: number;
  private sinceNs: number;
  private startNs: number;
  private area = 0;
  private peak: number;

  constructor(startNs = 0, value = 0) {
    this.current = value;
    this.sinceNs = startNs;
    this.startNs = startNs;
    this.peak = value;
  }

  /** The value now. */
  get value(): number {
    return this.current;
  }

  /** Highest value since the start or the last reset; a value that was held for no time counts too. */
  get max(): number {
    return this.peak;
  }

  /** The quantity is `value` from now on. */
  set(nowNs: number, value: number): void {
    if (!(nowNs >= this.sinceNs)) throw new RangeError(`time ${nowNs} ns is before ${this.sinceNs} ns`);
    this.area += this.current * (nowNs - this.sinceNs);
    this.sinceNs = nowNs;
    this.current = value;
    if (value > this.peak) this.peak = value;
  }

  /** The quantity changes by `delta` now. */
  add(nowNs: number, delta: number): void {
    this.set(nowNs, this.current + delta);
  }

  /** Forgets the past (the end of the warm-up) and keeps the value. */
  reset(nowNs: number): void {
    this.set(nowNs, this.current);
    this.startNs = nowNs;
    this.area = 0;
    this.peak = this.current;
  }

  /** Integral over time since the start or the last reset: value × nanoseconds. */
  integral(nowNs: number): number {
    if (!(nowNs >= this.sinceNs)) throw new RangeError(`time ${nowNs} ns is before ${this.sinceNs} ns`);
    return this.area + this.current * (nowNs - this.sinceNs);
  }

  /** Average over time since the start or the last reset; the value itself if no time has passed. */
  average(nowNs: number): number {
    const spanNs = nowNs - this.startNs;
    return spanNs === 0 ? this.current : this.integral(nowNs) / spanNs;
  }
}
