// What became of calls: how they ended, and where their answers come from. There are a handful of different ends a row, and most calls end as the call
// before them: a run of equal ends is counted as one number, and sorted in when another end follows.
import { Histogram } from '../../../sim/statistics/histogram.js';
import { NO_CAUSE } from './cause.js';
import type { CauseCount, EndsResult, OutcomeCount } from './result.js';

const FLAG_BITS = 16777216;

/** Counts by a number. */
class KeyCounts {
  protected readonly keys: number[] = [];
  protected readonly counts: number[] = [];

  protected count(key: number, times: number): void {
    const position = this.keys.indexOf(key);
    if (position >= 0) {
      this.counts[position] += times;
      return;
    }
    this.keys.push(key);
    this.counts.push(times);
  }

  clear(): void {
    this.keys.length = 0;
    this.counts.length = 0;
  }
}

/** Calls by how they ended. */
class Outcomes extends KeyCounts {
  /** @param good it was answered as its sender expects */
  add(status: number, flags: number, good: boolean, times: number): void {
    this.count(2 * (status * FLAG_BITS + flags) + (good ? 1 : 0), times);
  }

  /** Sorted by status, then flags, the bad ones first: the order of first occurrence means nothing. */
  toCounts(): OutcomeCount[] {
    return this.keys
      .map((key, i) => ({ key, count: this.counts[i] }))
      .sort((a, b) => a.key - b.key)
      .map(({ key, count }) => {
        const outcome = Math.floor(key / 2);
        const status = Math.floor(outcome / FLAG_BITS);
        return { status, flags: outcome % FLAG_BITS, good: key % 2 === 1, count };
      });
  }
}

/** Calls by where their answer comes from, those that were good all the same (because they were expected) apart. */
class Causes extends KeyCounts {
  add(cause: number, good: boolean, times: number): void {
    this.count(2 * cause + (good ? 1 : 0), times);
  }

  /** Sorted by cause. */
  toCounts(): CauseCount[] {
    return this.keys
      .map((key, i) => ({ cause: Math.floor(key / 2), good: key % 2 === 1, count: this.counts[i] }))
      .sort((a, b) => a.cause - b.cause || Number(a.good) - Number(b.good));
  }
}

/** How often each cause occurs, sorted by cause. */
export function causeCounts(causes: readonly number[]): { readonly cause: number; readonly count: number }[] {
  const counted = new Causes();
  for (const cause of causes) counted.add(cause, false, 1);
  return counted.toCounts().map(({ cause, count }) => ({ cause, count }));
}

/** What became of calls: how they ended, where bad answers come from, how long good and bad ones took. */
export class Ends {
  private latency = new Histogram();
  /** The run of equal ends that stands now. */
  private run = 0;
  private runStatus = 0;
  private runFlags = 0;
  private runCause = NO_CAUSE;
  private runIsGood = false;
  private good = 0;
  private badLatency = new Histogram();
  private readonly outcomes = new Outcomes();
  private readonly causes = new Causes();

  /**
   * A call has ended.
   * @param cause where its answer comes from, or NO_CAUSE
   * @param isGood it was answered as its sender expects
   */
  add(status: number, flags: number, cause: number, isGood: boolean, latencyNs: number): void {
    if (isGood) this.latency.record(latencyNs);
    else this.badLatency.record(latencyNs);
    if (status !== this.runStatus || flags !== this.runFlags || cause !== this.runCause || isGood !== this.runIsGood) {
      this.endRun();
      this.runStatus = status;
      this.runFlags = flags;
      this.runCause = cause;
      this.runIsGood = isGood;
    }
    this.run++;
  }

  clear(): void {
    this.run = 0;
    this.good = 0;
    this.outcomes.clear();
    this.causes.clear();
    this.latency = new Histogram();
    this.badLatency = new Histogram();
  }

  toData(): EndsResult {
    this.endRun();
    const latency = Histogram.fromData(this.latency.toData());
    latency.merge(this.badLatency);
    return {
      good: this.good,
      outcomes: this.outcomes.toCounts(),
      causes: this.causes.toCounts(),
      latency: latency.toData(),
      goodLatency: this.latency.toData(),
    };
  }

  private endRun(): void {
    const { run, runCause, runIsGood } = this;
    if (run === 0) return;
    this.run = 0;
    this.outcomes.add(this.runStatus, this.runFlags, runIsGood, run);
    if (runCause !== NO_CAUSE) this.causes.add(runCause, runIsGood, run);
    if (runIsGood) this.good += run;
  }
}
