// A laboratory for queues: replications of small models on the kernel (calendar, stations, streams, distributions), and the comparison of
// their means with a true value. Times in models are nanoseconds, results are in seconds.
import { expect } from 'vitest';
import { Calendar } from '../../sim/calendar.js';
import { compileDistribution, type Distribution } from '../../sim/distributions/index.js';
import { PHASE } from '../../sim/phases.js';
import { componentStream } from '../../sim/random/stream.js';
import { NO_JOB, REFUSED, type Station } from '../../sim/stations/station.js';
import { meanInterval } from '../../sim/statistics/confidence.js';

export const SECOND_NS = 1e9;

/**
 * Level of the intervals of the fast oracles: a right model fails one check with probability 1e-3 (for a new seed; the seeds are
 * fixed, so the suite is reproducible), a model that is wrong by more than the interval's width is found.
 */
export const LEVEL = 0.999;

/** Values of one replication, by name. */
export type Observed = Readonly<Record<string, number>>;

/** Runs `count` replications with seeds `name/0`, `name/1` …; one array of values per name. */
export function replicate(name: string, count: number, run: (seed: string) => Observed): Record<string, number[]> {
  const columns: Record<string, number[]> = {};
  for (let i = 0; i < count; i++) {
    for (const [key, value] of Object.entries(run(`${name}/${i}`))) {
      columns[key] ??= [];
      columns[key].push(value);
    }
  }
  return columns;
}

/** The interval around the mean of the replications, widened by `tolerance` of the truth where that is an approximation, covers it. */
export function expectCovers(values: readonly number[], truth: number, label: string, tolerance = 0): void {
  const { mean, halfWidth } = meanInterval(values, LEVEL);
  const message = `${label}: ${mean} ± ${halfWidth} should cover ${truth}`;
  expect(Math.abs(mean - truth), message).toBeLessThanOrEqual(halfWidth + tolerance * Math.abs(truth));
  // An interval so wide that it covers anything proves nothing.
  expect(halfWidth, `${label}: the interval is too wide to tell`).toBeLessThan(0.35 * Math.abs(truth));
}

/** Exponential times in seconds. */
export function exponential(ratePerSecond: number): Distribution {
  return compileDistribution({ kind: 'exponential', mean: 1 / ratePerSecond });
}

/** A time of a distribution in seconds, in whole nanoseconds. */
export function drawNs(distribution: Distribution, u: number): number {
  return Math.round(distribution.sample(u) * SECOND_NS);
}

const SERVICE = 1;
const ARRIVAL = 2;
const PATIENCE = 3;

export interface OpenQueue<S extends Station = Station> {
  readonly interarrival: Distribution;
  readonly service: Distribution;
  readonly station: (calendar: Calendar, serviceKind: number) => S;
  /** Jobs that arrive in the measured part, after `warmup` others. */
  readonly jobs: number;
  readonly warmup: number;
  /** Waiting jobs leave after such a time, by `leave`. */
  readonly patience?: Distribution;
  readonly leave?: (station: S, job: number) => boolean;
}

export interface OpenQueueRun {
  /** Of the measured jobs that were served, in order of arrival: time in the system and demand, in seconds. */
  readonly responses: Float64Array;
  readonly demands: Float64Array;
  /** Jobs in the system that each measured arrival found. */
  readonly found: Float64Array;
  readonly refused: number;
  readonly abandoned: number;
  /** Mean number in the system and of busy servers over the measured time. */
  readonly inSystem: number;
  readonly busy: number;
  /** Completions a second in the measured time. */
  readonly throughput: number;
}

/** One replication of an open queue at one station. */
export function openQueue<S extends Station>(seed: string, queue: OpenQueue<S>): OpenQueueRun {
  const calendar = new Calendar();
  const station = queue.station(calendar, SERVICE);
  const arrivals = componentStream(seed, 'arrivals');
  const services = componentStream(seed, 'services');
  const patience = componentStream(seed, 'patience');
  const total = queue.warmup + queue.jobs;
  const arrivedNs = new Float64Array(total);
  const demandNs = new Float64Array(total);
  const leftNs = new Float64Array(total).fill(-1);
  const found = new Float64Array(queue.jobs);
  let refused = 0;
  let abandoned = 0;
  let measuring = false;
  let fromNs = 0;
  let busyFromNs = 0;
  let lastNs = 0;
  let integralNs = 0;
  let completed = 0;
  let untilNs = 0;
  let busyUntilNs = 0;
  let present = 0;

  calendar.schedule(drawNs(queue.interarrival, arrivals.next()), PHASE.arrival, ARRIVAL, 0);
  while (calendar.advance(Number.MAX_SAFE_INTEGER)) {
    const nowNs = calendar.nowNs;
    if (measuring) integralNs += present * (nowNs - lastNs);
    lastNs = nowNs;
    if (calendar.kind === ARRIVAL) {
      const job = calendar.ref;
      if (job === queue.warmup) {
        measuring = true;
        fromNs = nowNs;
        busyFromNs = station.busyNs();
      }
      if (job >= queue.warmup) found[job - queue.warmup] = station.inSystem;
      arrivedNs[job] = nowNs;
      demandNs[job] = drawNs(queue.service, services.next());
      if (station.arrive(job, demandNs[job]) === REFUSED) {
        if (measuring) refused++;
      } else {
        present++;
        if (queue.patience !== undefined) {
          calendar.schedule(nowNs + drawNs(queue.patience, patience.next()), PHASE.timer, PATIENCE, job);
        }
      }
      if (job + 1 < total) {
        calendar.schedule(nowNs + drawNs(queue.interarrival, arrivals.next()), PHASE.arrival, ARRIVAL, job + 1);
      } else {
        measuring = false;
        untilNs = nowNs;
        busyUntilNs = station.busyNs();
      }
    } else if (calendar.kind === SERVICE) {
      const job = station.fire(calendar.ref);
      if (job === NO_JOB) continue;
      leftNs[job] = nowNs;
      present--;
      if (measuring) completed++;
    } else if (queue.leave?.(station, calendar.ref)) {
      present--;
      if (calendar.ref >= queue.warmup) abandoned++;
    }
  }
  const responses: number[] = [];
  const demands: number[] = [];
  for (let job = queue.warmup; job < total; job++) {
    if (leftNs[job] < 0) continue;
    responses.push((leftNs[job] - arrivedNs[job]) / SECOND_NS);
    demands.push(demandNs[job] / SECOND_NS);
  }
  const spanNs = untilNs - fromNs;
  return {
    responses: Float64Array.from(responses),
    demands: Float64Array.from(demands),
    found,
    refused,
    abandoned,
    inSystem: integralNs / spanNs,
    busy: (busyUntilNs - busyFromNs) / spanNs,
    throughput: (completed * SECOND_NS) / spanNs,
  };
}

export function meanOf(values: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
}

export function deviationOf(values: Float64Array): number {
  const mean = meanOf(values);
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += (values[i] - mean) * (values[i] - mean);
  return Math.sqrt(squares / (values.length - 1));
}

/** Share of the values for which `test` holds. */
export function shareOf(values: Float64Array, test: (value: number) => boolean): number {
  let count = 0;
  for (let i = 0; i < values.length; i++) if (test(values[i])) count++;
  return count / values.length;
}

/** Response less demand: the wait, at a first-come station. */
export function waitsOf(run: OpenQueueRun): Float64Array {
  return run.responses.map((response, i) => response - run.demands[i]);
}

/** Empirical quantile (the smallest value that a share p of the values does not exceed). */
export function quantileOf(values: Float64Array, p: number): number {
  const sorted = values.slice().sort();
  return sorted[Math.min(sorted.length - 1, Math.ceil(p * sorted.length) - 1)];
}
