// What became of calls: how they ended, and where their answers come from. A handful of different ones a row, so that counting takes no time.
import { Histogram } from '../../sim/statistics/histogram.js';
import { NO_CAUSE } from './cause.js';
import type { CauseCount, EndsResult, OutcomeCount } from './result.js';

const FLAG_BITS = 16777216;

/** Counts by a number: a handful of distinct ones a row, the last one seen is looked at first. */
class KeyCounts {
  protected readonly keys: number[] = [];
  protected readonly counts: number[] = [];
  private last = 0;

  protected count(key: number): void {
    if (this.keys[this.last] !== key) {
      let position = this.keys.indexOf(key);
      if (position < 0) {
        position = this.keys.push(key) - 1;
        this.counts.push(0);
      }
      this.last = position;
    }
    this.counts[this.last]++;
  }

  clear(): void {
    this.keys.length = 0;
    this.counts.length = 0;
    this.last = 0;
  }
}

/** Calls by how they ended. */
export class Outcomes extends KeyCounts {
  /** @param good it was answered as its sender expects */
  add(status: number, flags: number, good: boolean): void {
    this.count(2 * (status * FLAG_BITS + flags) + (good ? 1 : 0));
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
  add(cause: number, good: boolean): void {
    this.count(2 * cause + (good ? 1 : 0));
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
  for (const cause of causes) counted.add(cause, false);
  return counted.toCounts().map(({ cause, count }) => ({ cause, count }));
}

/** What became of calls: how they ended, where bad answers come from, how long good and bad ones took. */
export class Ends {
  good = 0;
  readonly outcomes = new Outcomes();
  readonly causes = new Causes();
  latency = new Histogram();
  badLatency = new Histogram();

  add(status: number, flags: number, cause: number, good: boolean, latencyNs: number): void {
    this.outcomes.add(status, flags, good);
    if (good) {
      this.good++;
      this.latency.record(latencyNs);
    } else {
      this.badLatency.record(latencyNs);
    }
    if (cause !== NO_CAUSE) this.causes.add(cause, good);
  }

  clear(): void {
    this.good = 0;
    this.outcomes.clear();
    this.causes.clear();
    this.latency = new Histogram();
    this.badLatency = new Histogram();
  }

  toData(): EndsResult {
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
}
