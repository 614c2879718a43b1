// What a run observes, recorded once, where it happens, by index: rows (edge × request × answering workload), traffic requests as their
// clients see them, workloads, clusters, and time series. Every table, chart and metric is a view of these.
import type { Calendar } from '../../../sim/calendar.js';
import { Histogram } from '../../../sim/statistics/histogram.js';
import type { MeshPlan } from '../../plan/contract/plan.js';
import { causeOf, NO_CAUSE, REASONS, TIMEOUTS } from './cause.js';
import { type ClusterCounters, newClusterCounters } from './cluster-counters.js';
import { Customers, customersEach } from './customers.js';
import { Ends } from './ends.js';
import { Phases, phasesOf } from './phases.js';
import type { RowResult, SeriesResult } from './result.js';

/** Sub-buckets of the histograms of single intervals: 12 % wide, enough for a chart. */
const INTERVAL_RESOLUTION = 8;

/** Numbers of a row, which an attempt and the end of a call touch: one line of the processor's cache. Behind FIRST_TIMEOUT one by TIMEOUT. */
const ROW_STRIDE = 8;
const CALLS = 0;
const ATTEMPTS = 1;
const RETRIES = 2;
const FIRST_TIMEOUT = 3;

/** One per request of a traffic source. */
export class TrafficCounters {
  offered = 0;
  completed = 0;
  readonly ends = new Ends();
  intendedLatency = new Histogram();
}

export class WorkloadCounters {
  arrivals = 0;
  completed = 0;
  latency = new Histogram();
  /** Requests in the applications of all pods now, and the integral of that over time. */
  inService = 0;
  integralNs = 0;
  private changedAtNs = 0;
  overflowed = 0;
  wasted = 0;
  /** Refused at the limits of the proxies' inbound clusters; lost on connections that the application had closed. */
  inboundPendingOverflow = 0;
  inboundRequestOverflow = 0;
  inboundConnectionOverflow = 0;
  inboundLost = 0;
  inboundWaitNs = 0;
  /** Time of `work` that is no CPU. */
  pauseNs = 0;

  constructor(private readonly calendar: Calendar) {}

  enter(): void {
    this.settle();
    this.inService++;
  }

  leave(): void {
    this.settle();
    this.inService--;
  }

  settle(): void {
    const { nowNs } = this.calendar;
    this.integralNs += this.inService * (nowNs - this.changedAtNs);
    this.changedAtNs = nowNs;
  }
}

/** The series of one traffic request. */
class TrafficSeries {
  offered: Float64Array;
  completed: Float64Array;
  errors: Float64Array;
  latencySumNs: Float64Array;
  readonly latency: Histogram[] = [];

  constructor(intervals: number) {
    this.offered = new Float64Array(intervals);
    this.completed = new Float64Array(intervals);
    this.errors = new Float64Array(intervals);
    this.latencySumNs = new Float64Array(intervals);
    this.fill(intervals);
  }

  /** Room for more intervals. */
  growTo(intervals: number): void {
    this.offered = longer(this.offered, intervals);
    this.completed = longer(this.completed, intervals);
    this.errors = longer(this.errors, intervals);
    this.latencySumNs = longer(this.latencySumNs, intervals);
    this.fill(intervals);
  }

  private fill(intervals: number): void {
    while (this.latency.length < intervals) this.latency.push(new Histogram(INTERVAL_RESOLUTION));
  }

  /** Of the first `intervals`. */
  toData(intervals: number): SeriesResult['traffic'][number] {
    return {
      offered: [...this.offered.subarray(0, intervals)],
      completed: [...this.completed.subarray(0, intervals)],
      errors: [...this.errors.subarray(0, intervals)],
      latencySumNs: [...this.latencySumNs.subarray(0, intervals)],
      latency: this.latency.slice(0, intervals).map((histogram) => histogram.toData()),
    };
  }
}

function longer(numbers: Float64Array, length: number): Float64Array {
  const copy = new Float64Array(length);
  copy.set(numbers);
  return copy;
}

/** Intervals that there is room for from the start: a run that may be longer is mostly over before. */
const INTERVALS_AT_FIRST = 1200;

export class Recorder {
  /** Calls of the whole run, warm-up included. */
  started = 0;
  finished = 0;
  private readonly rows: Float64Array;
  private readonly ends: readonly Ends[];
  readonly traffic: TrafficCounters[];
  readonly workloads: WorkloadCounters[];
  readonly clusters: ClusterCounters[];
  private readonly intervals: number;
  /** Of the series of traffic. */
  private room: number;
  private readonly trafficSeries: TrafficSeries[];
  private readonly workloadSeries: { arrivals: number[]; inService: number[] }[];
  private readonly clusterSeries: { retries: number[]; ejections: number[] }[];
  private measuring = false;
  /** By traffic request: 1 where an answer of that status is expected; null: the rule of all. */
  private readonly expected: readonly (Uint8Array | null)[];
  /** By traffic request; null: customers are not kept. */
  readonly customers: readonly Customers[] | null;
  /** null: nothing begins inside the run. */
  readonly phases: Phases | null;
  /** Intervals that have ended, and when the last one did. */
  private sampled = 0;
  private sampledNs: number;

  /** @param startNs calendar time at which the measured window begins */
  constructor(
    plan: MeshPlan,
    private readonly calendar: Calendar,
    private readonly startNs: number,
    durationNs: number,
    private readonly intervalNs: number,
    keepsCustomers = false,
  ) {
    this.sampledNs = startNs;
    this.intervals = Math.max(1, Math.ceil(durationNs / intervalNs));
    this.room = Math.min(this.intervals, INTERVALS_AT_FIRST);
    this.expected = plan.traffic.flatMap(({ requests }) => requests.map(({ expect }) => expectedStatuses(expect)));
    this.rows = new Float64Array(plan.rows.length * ROW_STRIDE);
    this.ends = plan.rows.map(() => new Ends());
    this.traffic = plan.traffic.flatMap((source) => source.requests.map(() => new TrafficCounters()));
    const each = customersEach(this.traffic.length);
    this.customers = keepsCustomers ? this.traffic.map(() => new Customers(each)) : null;
    const phases = phasesOf(plan.timeline, durationNs);
    this.phases = phases.length === 0 ? null : new Phases(phases, calendar, startNs, this.traffic.length);
    this.workloads = plan.workloads.map(() => new WorkloadCounters(calendar));
    this.clusters = plan.clusters.map(newClusterCounters);
    this.trafficSeries = this.traffic.map(() => new TrafficSeries(this.room));
    this.workloadSeries = plan.workloads.map(() => ({ arrivals: [], inService: [] }));
    this.clusterSeries = plan.clusters.map(() => ({ retries: [], ejections: [] }));
  }

  /** The warm-up is over: everything seen so far is forgotten, but for what is still under way. */
  begin(): void {
    this.measuring = true;
    this.rows.fill(0);
    for (const ends of this.ends) ends.clear();
    for (const counters of this.traffic) {
      counters.offered = 0;
      counters.completed = 0;
      counters.ends.clear();
      counters.intendedLatency = new Histogram();
    }
    for (const customers of this.customers ?? []) customers.clear();
    for (const counters of this.workloads) {
      counters.settle();
      counters.arrivals = 0;
      counters.completed = 0;
      counters.overflowed = 0;
      counters.wasted = 0;
      counters.inboundPendingOverflow = 0;
      counters.inboundRequestOverflow = 0;
      counters.inboundConnectionOverflow = 0;
      counters.inboundLost = 0;
      counters.inboundWaitNs = 0;
      counters.pauseNs = 0;
      counters.latency = new Histogram();
      counters.integralNs = 0;
    }
    for (const counters of this.clusters) Object.assign(counters, newClusterCounters());
  }

  /** An attempt leaves for the endpoint of a row. */
  attempt(row: number, retry: boolean): void {
    const { rows } = this;
    rows[row * ROW_STRIDE + ATTEMPTS]++;
    if (retry) rows[row * ROW_STRIDE + RETRIES]++;
  }

  /** An attempt is on another row than where it was counted. */
  moved(from: number, to: number, retry: boolean): void {
    this.rows[from * ROW_STRIDE + ATTEMPTS]--;
    if (retry) this.rows[from * ROW_STRIDE + RETRIES]--;
    this.attempt(to, retry);
  }

  /** A time-out has acted (TIMEOUT). */
  timedOut(row: number, timeout: number): void {
    this.rows[row * ROW_STRIDE + FIRST_TIMEOUT + timeout]++;
  }

  /** A call has ended at its caller's proxy. `request`: of the traffic, whose expectation holds; -1 = the rule of all. */
  ended(row: number, status: number, flags: number, latencyNs: number, cause: number, request: number): void {
    this.finished++;
    this.rows[row * ROW_STRIDE + CALLS]++;
    const good = this.isGood(status, cause, request);
    this.ends[row].add(status, flags, originOf(cause, good, request, row), good, latencyNs);
  }

  /** As its sender expects; by default below 400, or below 500 where the application gave it as no error of its own. */
  private isGood(status: number, cause: number, request: number): boolean {
    const expected = request >= 0 ? this.expected[request] : null;
    if (expected !== null) return expected[status] === 1;
    return status > 0 && (status < 400 || (status < 500 && cause === NO_CAUSE));
  }

  /** A client sends a request. */
  offered(request: number): void {
    this.traffic[request].offered++;
    if (!this.measuring) return;
    this.trafficSeries[request].offered[this.interval()]++;
    this.phases?.offered(request);
  }

  /** A client has its answer, or has given up (status 0); whether that is as it expects. */
  answered(
    request: number,
    status: number,
    flags: number,
    latencyNs: number,
    intendedLatencyNs: number,
    cause: number,
  ): boolean {
    const good = this.isGood(status, cause, request);
    const counters = this.traffic[request];
    counters.completed++;
    counters.ends.add(status, flags, originOf(cause, good, request, NO_ROW), good, latencyNs);
    counters.intendedLatency.record(intendedLatencyNs);
    if (!this.measuring) return good;
    this.phases?.answered(request, good, latencyNs);
    const series = this.trafficSeries[request];
    const interval = this.interval();
    series.completed[interval]++;
    if (!good) {
      series.errors[interval]++;
      return false;
    }
    series.latencySumNs[interval] += latencyNs;
    series.latency[interval].record(latencyNs);
    return true;
  }

  /** The run ends before its time: the interval that it is in ends here, and where the warm-up is not over, nothing was measured. */
  cutOff(): void {
    if (!this.measuring) this.begin();
    else if (this.calendar.nowNs > this.sampledNs) this.sample();
  }

  /** The end of an interval. */
  sample(): void {
    this.sampled++;
    this.sampledNs = this.calendar.nowNs;
    // The interval that begins now, and the one after it: something may happen at its last instant.
    if (this.room < this.intervals && this.room < this.sampled + 2) {
      this.room = Math.min(this.intervals, 2 * this.room);
      for (const series of this.trafficSeries) series.growTo(this.room);
    }
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
    return this.ends.map((ends, row) => {
      const numbers = this.rows.subarray(row * ROW_STRIDE, (row + 1) * ROW_STRIDE);
      return {
        calls: numbers[CALLS],
        attempts: numbers[ATTEMPTS],
        retries: numbers[RETRIES],
        timeouts: [...numbers.subarray(FIRST_TIMEOUT, FIRST_TIMEOUT + TIMEOUTS)],
        ...ends.toData(),
      };
    });
  }

  /** What clients sent and got, over the intervals that have ended. */
  trafficSoFar(): Pick<SeriesResult, 'intervalNs' | 'intervals' | 'traffic'> {
    return {
      intervalNs: this.intervalNs,
      intervals: this.sampled,
      traffic: this.trafficSeries.map((series) => series.toData(this.sampled)),
    };
  }

  seriesResult(): Omit<SeriesResult, 'busy'> {
    return {
      intervalNs: this.intervalNs,
      intervals: this.sampled,
      traffic: this.trafficSoFar().traffic,
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

const NO_ROW = -1;

/** A bad answer has an origin: where nothing more is known, that it was not expected, or its row. */
function originOf(cause: number, good: boolean, request: number, row: number): number {
  if (good || cause !== NO_CAUSE) return cause;
  return request >= 0 ? causeOf(REASONS['not expected'], request) : causeOf(REASONS.unknown, row);
}

const STATUSES = 600;

function expectedStatuses(expect: readonly number[] | null): Uint8Array | null {
  if (expect === null) return null;
  const table = new Uint8Array(STATUSES);
  for (const status of expect) table[status] = 1;
  return table;
}

function differences(cumulative: readonly number[]): number[] {
  return cumulative.map((value, i) => (i === 0 ? value : value - cumulative[i - 1]));
}
