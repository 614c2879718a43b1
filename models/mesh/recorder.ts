// What a run observes, recorded once, where it happens, by index: rows (edge × request × answering workload), traffic requests as their
// clients see them, workloads, clusters, and time series. Every table, chart and metric is a view of these.
import type { Calendar } from '../../sim/calendar.js';
import { Histogram } from '../../sim/statistics/histogram.js';
import type { MeshPlan } from '../plan/plan.js';
import type { ClusterResult, OutcomeCount, RowResult, SeriesResult } from './result.js';

const FLAG_BITS = 16777216;
/** Sub-buckets of the histograms of single intervals: 12 % wide, enough for a chart. */
const INTERVAL_RESOLUTION = 8;

/** Counts by (status, flags): a handful of distinct outcomes a row, the last one seen is looked at first. */
export class Outcomes {
  private readonly keys: number[] = [];
  private readonly counts: number[] = [];
  private last = 0;

  add(status: number, flags: number): void {
    const key = status * FLAG_BITS + flags;
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

  /** Sorted by status, then flags: the order of first occurrence means nothing. */
  toCounts(): OutcomeCount[] {
    return this.keys
      .map((key, i) => ({ status: Math.floor(key / FLAG_BITS), flags: key % FLAG_BITS, count: this.counts[i] }))
      .sort((a, b) => a.status - b.status || a.flags - b.flags);
  }
}

class Row {
  calls = 0;
  attempts = 0;
  retries = 0;
  readonly outcomes = new Outcomes();
  latency = new Histogram();
}

/** One per request of a traffic source. */
export class TrafficCounters {
  offered = 0;
  completed = 0;
  readonly outcomes = new Outcomes();
  latency = new Histogram();
  intendedLatency = new Histogram();
}

export class WorkloadCounters {
  arrivals = 0;
  completed = 0;
  overflowed = 0;
  wasted = 0;
  latency = new Histogram();
  /** Requests in the applications of all pods now, and the integral of that over time. */
  inService = 0;
  integralNs = 0;
  private changedAtNs = 0;

  enter(nowNs: number): void {
    this.settle(nowNs);
    this.inService++;
  }

  leave(nowNs: number): void {
    this.settle(nowNs);
    this.inService--;
  }

  settle(nowNs: number): void {
    this.integralNs += this.inService * (nowNs - this.changedAtNs);
    this.changedAtNs = nowNs;
  }
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
export type ClusterCounters = Mutable<ClusterResult>;

function newClusterCounters(): ClusterCounters {
  return {
    upstreamRqTotal: 0,
    upstreamRqRetry: 0,
    upstreamRqRetryOverflow: 0,
    upstreamRqRetryLimitExceeded: 0,
    upstreamRqPendingOverflow: 0,
    upstreamRqActiveOverflow: 0,
    upstreamRqPendingFailureEject: 0,
    upstreamRqTimeout: 0,
    upstreamRqPerTryTimeout: 0,
    upstreamRqCancelled: 0,
    upstreamCxTotal: 0,
    upstreamCxOverflow: 0,
    upstreamCxConnectFail: 0,
    upstreamCxMaxRequests: 0,
    upstreamCxIdleTimeout: 0,
    upstreamCxNoneHealthy: 0,
    lbHealthyPanic: 0,
    ejectionsEnforced: 0,
    ejectionsOverflow: 0,
    peakActiveRequests: 0,
    peakConnections: 0,
    peakPendingRequests: 0,
    peakRetries: 0,
    upstreamCxConnectTimeout: 0,
    upstreamCxMaxDuration: 0,
    upstreamRqRetrySuccess: 0,
    upstreamRqPerTryIdleTimeout: 0,
    upstreamRqMaxDurationReached: 0,
    ejectionsDetected: 0,
    healthCheckAttempt: 0,
    healthCheckFailure: 0,
  };
}

/** The series of one traffic request. */
class TrafficSeries {
  readonly offered: Float64Array;
  readonly completed: Float64Array;
  readonly errors: Float64Array;
  readonly latencySumNs: Float64Array;
  readonly latency: Histogram[] = [];

  constructor(intervals: number) {
    this.offered = new Float64Array(intervals);
    this.completed = new Float64Array(intervals);
    this.errors = new Float64Array(intervals);
    this.latencySumNs = new Float64Array(intervals);
    for (let i = 0; i < intervals; i++) this.latency.push(new Histogram(INTERVAL_RESOLUTION));
  }

  toData(): SeriesResult['traffic'][number] {
    return {
      offered: [...this.offered],
      completed: [...this.completed],
      errors: [...this.errors],
      latencySumNs: [...this.latencySumNs],
      latency: this.latency.map((histogram) => histogram.toData()),
    };
  }
}

export class Recorder {
  /** Calls of the whole run, warm-up included. */
  started = 0;
  finished = 0;
  readonly rows: Row[];
  readonly traffic: TrafficCounters[];
  readonly workloads: WorkloadCounters[];
  readonly clusters: ClusterCounters[];

  private readonly calendar: Calendar;
  private readonly startNs: number;
  private readonly intervalNs: number;
  private readonly intervals: number;
  private readonly trafficSeries: TrafficSeries[];
  private readonly workloadSeries: { arrivals: number[]; inService: number[] }[];
  private readonly clusterSeries: { retries: number[]; ejections: number[] }[];
  private measuring = false;

  /** @param startNs calendar time at which the measured window begins */
  constructor(plan: MeshPlan, calendar: Calendar, startNs: number, durationNs: number, intervalNs: number) {
    this.calendar = calendar;
    this.startNs = startNs;
    this.intervalNs = intervalNs;
    this.intervals = Math.max(1, Math.ceil(durationNs / intervalNs));
    this.rows = plan.rows.map(() => new Row());
    this.traffic = plan.traffic.flatMap((source) => source.requests.map(() => new TrafficCounters()));
    this.workloads = plan.workloads.map(() => new WorkloadCounters());
    this.clusters = plan.clusters.map(newClusterCounters);
    this.trafficSeries = this.traffic.map(() => new TrafficSeries(this.intervals));
    this.workloadSeries = plan.workloads.map(() => ({ arrivals: [], inService: [] }));
    this.clusterSeries = plan.clusters.map(() => ({ retries: [], ejections: [] }));
  }

  /** The warm-up is over: everything seen so far is forgotten, but for what is still under way. */
  begin(): void {
    this.measuring = true;
    for (const row of this.rows) {
      row.calls = 0;
      row.attempts = 0;
      row.retries = 0;
      row.outcomes.clear();
      row.latency = new Histogram();
    }
    for (const counters of this.traffic) {
      counters.offered = 0;
      counters.completed = 0;
      counters.outcomes.clear();
      counters.latency = new Histogram();
      counters.intendedLatency = new Histogram();
    }
    for (const counters of this.workloads) {
      counters.settle(this.calendar.nowNs);
      counters.arrivals = 0;
      counters.completed = 0;
      counters.overflowed = 0;
      counters.wasted = 0;
      counters.latency = new Histogram();
      counters.integralNs = 0;
    }
    for (const counters of this.clusters) Object.assign(counters, newClusterCounters());
  }

  /** An attempt leaves for the endpoint of a row. */
  attempt(row: number, retry: boolean): void {
    this.rows[row].attempts++;
    if (retry) this.rows[row].retries++;
  }

  /** An attempt is on another row than where it was counted. */
  moved(from: number, to: number, retry: boolean): void {
    this.rows[from].attempts--;
    if (retry) this.rows[from].retries--;
    this.attempt(to, retry);
  }

  /** A call has ended at its caller's proxy. */
  ended(row: number, status: number, flags: number, latencyNs: number): void {
    this.finished++;
    const observed = this.rows[row];
    observed.calls++;
    observed.outcomes.add(status, flags);
    observed.latency.record(latencyNs);
  }

  /** A client sends a request. */
  offered(request: number): void {
    this.traffic[request].offered++;
    if (this.measuring) this.trafficSeries[request].offered[this.interval()]++;
  }

  /** A client has its answer, or has given up (status 0). */
  answered(request: number, status: number, flags: number, latencyNs: number, intendedLatencyNs: number): void {
    const counters = this.traffic[request];
    counters.completed++;
    counters.outcomes.add(status, flags);
    counters.latency.record(latencyNs);
    counters.intendedLatency.record(intendedLatencyNs);
    if (!this.measuring) return;
    const series = this.trafficSeries[request];
    const interval = this.interval();
    series.completed[interval]++;
    if (status === 0 || status >= 500) series.errors[interval]++;
    series.latencySumNs[interval] += latencyNs;
    series.latency[interval].record(latencyNs);
  }

  /** The end of an interval. */
  sample(): void {
    for (const [i, counters] of this.workloads.entries()) {
      this.workloadSeries[i].arrivals.push(counters.arrivals);
      this.workloadSeries[i].inService.push(counters.inService);
    }
    for (const [i, counters] of this.clusters.entries()) {
      this.clusterSeries[i].retries.push(counters.upstreamRqRetry);
      this.clusterSeries[i].ejections.push(counters.ejectionsEnforced);
    }
  }

  rowResults(): RowResult[] {
    return this.rows.map((row) => ({
      calls: row.calls,
      attempts: row.attempts,
      retries: row.retries,
      outcomes: row.outcomes.toCounts(),
      latency: row.latency.toData(),
    }));
  }

  seriesResult(): Omit<SeriesResult, 'busy'> {
    return {
      intervalNs: this.intervalNs,
      intervals: this.intervals,
      traffic: this.trafficSeries.map((series) => series.toData()),
      workloads: this.workloadSeries.map(({ arrivals, inService }) => ({
        arrivals: differences(arrivals),
        inService: [...inService],
      })),
      clusters: this.clusterSeries.map(({ retries, ejections }) => ({
        retries: differences(retries),
        ejections: differences(ejections),
      })),
    };
  }

  private interval(): number {
    const interval = Math.floor((this.calendar.nowNs - this.startNs) / this.intervalNs);
    return interval < this.intervals ? interval : this.intervals - 1;
  }
}

function differences(cumulative: readonly number[]): number[] {
  return cumulative.map((value, i) => (i === 0 ? value : value - cumulative[i - 1]));
}
