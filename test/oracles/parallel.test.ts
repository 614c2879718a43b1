// Fan-out and choice between many servers on the kernel. Exact forms are held to the interval alone; mean-field limits and approximations
// to the interval widened by a stated tolerance. See queue-lab.ts for what a failure means.
import { describe, test } from 'vitest';
import { Calendar } from '../../sim/calendar.js';
import { PHASE } from '../../sim/phases.js';
import { componentStream } from '../../sim/random/stream.js';
import { FifoStation } from '../../sim/stations/fifo.js';
import { drawNs, expectCovers, exponential, meanOf, quantileOf, replicate, SECOND_NS } from '../support/queue-lab.js';
import { forkJoin, joinShortest, largestOf } from './formulas.js';

const REPLICATIONS = 20;
const ARRIVAL = 1000;

/** Poisson arrivals at `ratePerSecond`; `respond` books one and returns when it is done. */
function arrivalsOnly(
  seed: string,
  calendar: Calendar,
  ratePerSecond: number,
  jobs: number,
  warmup: number,
  respond: () => number,
): Float64Array {
  const arrivals = componentStream(seed, 'arrivals');
  const interarrival = exponential(ratePerSecond);
  const responses = new Float64Array(jobs);
  calendar.schedule(0, PHASE.arrival, ARRIVAL, 0);
  while (calendar.advance(Number.MAX_SAFE_INTEGER)) {
    const job = calendar.ref;
    const endNs = respond();
    if (job >= warmup) responses[job - warmup] = (endNs - calendar.nowNs) / SECOND_NS;
    if (job + 1 < warmup + jobs) {
      calendar.schedule(calendar.nowNs + drawNs(interarrival, arrivals.next()), PHASE.arrival, ARRIVAL, job + 1);
    }
  }
  return responses;
}

describe('fan-out without queues: the slowest of n exponentials', () => {
  test.each([2, 10, 100])('n = %d', (n) => {
    const truth = largestOf(n);
    const values = replicate(`largest ${n}`, REPLICATIONS, (seed) => {
      const work = componentStream(seed, 'work');
      const service = exponential(1);
      const calendar = new Calendar();
      const responses = arrivalsOnly(seed, calendar, 1, 5000, 0, () => {
        let endNs = 0;
        for (let i = 0; i < n; i++) endNs = Math.max(endNs, calendar.nowNs + drawNs(service, work.next()));
        return endNs;
      });
      return { mean: meanOf(responses), p50: quantileOf(responses, 0.5), p99: quantileOf(responses, 0.99) };
    });
    expectCovers(values.mean, truth.mean, 'mean');
    expectCovers(values.p50, truth.quantile(0.5), 'p50');
    expectCovers(values.p99, truth.quantile(0.99), 'p99');
  });
});

describe('fork and join on n queues', () => {
  // Exact for n = 2; Nelson and Tantawi state an error of up to 5 % for more.
  test.each([
    [2, 0.5, 0],
    [2, 0.8, 0],
    [4, 0.5, 0.05],
    [4, 0.8, 0.05],
    [8, 0.5, 0.05],
    [8, 0.8, 0.05],
    [16, 0.5, 0.05],
    [16, 0.8, 0.05],
  ])('n = %d at %d (tolerance %d)', (n, rho, tolerance) => {
    const values = replicate(`fork ${n} ${rho}`, REPLICATIONS, (seed) => {
      const calendar = new Calendar();
      const work = componentStream(seed, 'work');
      const service = exponential(1);
      const branches = Array.from({ length: n }, () => new FifoStation(calendar, 0, 1));
      const responses = arrivalsOnly(seed, calendar, rho, 15_000, 2000, () => {
        let endNs = 0;
        for (const branch of branches)
          endNs = Math.max(endNs, calendar.nowNs + branch.book(drawNs(service, work.next())));
        return endNs;
      });
      return { T: meanOf(responses) };
    });
    expectCovers(values.T, forkJoin(n, rho, 1), 'response', tolerance);
  });
});

describe('join the shortest of d random queues, 200 servers', () => {
  // The form is the limit of infinitely many servers; 200 are within 3 % of it at these loads.
  test.each([
    [1, 0.5],
    [2, 0.5],
    [2, 0.8],
    [3, 0.8],
  ])('d = %d at %d (tolerance 3 %)', (d, rho) => {
    const servers = 200;
    const values = replicate(`jsq ${d} ${rho}`, 10, (seed) => {
      const calendar = new Calendar();
      const work = componentStream(seed, 'work');
      const picks = componentStream(seed, 'picks');
      const arrivals = componentStream(seed, 'arrivals');
      const service = exponential(1);
      const interarrival = exponential(rho * servers);
      const stations = Array.from({ length: servers }, (_unused, i) => new FifoStation(calendar, i, 1));
      const warmup = 10_000;
      const jobs = 30_000;
      const arrivedNs = new Float64Array(warmup + jobs);
      let sumNs = 0;
      calendar.schedule(0, PHASE.arrival, ARRIVAL, 0);
      while (calendar.advance(Number.MAX_SAFE_INTEGER)) {
        const { kind, ref: job, nowNs } = calendar;
        if (kind !== ARRIVAL) {
          stations[kind].fire(job);
          if (job >= warmup) sumNs += nowNs - arrivedNs[job];
          continue;
        }
        let best = stations[picks.integer(servers)];
        for (let i = 1; i < d; i++) {
          const other = stations[picks.integer(servers)];
          if (other.inSystem < best.inSystem) best = other;
        }
        arrivedNs[job] = nowNs;
        best.arrive(job, drawNs(service, work.next()));
        if (job + 1 < warmup + jobs) {
          calendar.schedule(nowNs + drawNs(interarrival, arrivals.next()), PHASE.arrival, ARRIVAL, job + 1);
        }
      }
      return { T: sumNs / SECOND_NS / jobs };
    });
    expectCovers(values.T, joinShortest(rho, d), 'response', 0.03);
  });
});
