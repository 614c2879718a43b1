// Networks of first-come stations on the kernel, open and closed: jobs walk from station to station, events carry the job.
import { Calendar } from '../../sim/calendar.js';
import type { Distribution } from '../../sim/distributions/index.js';
import { PHASE } from '../../sim/phases.js';
import { componentStream } from '../../sim/random/stream.js';
import { FifoStation } from '../../sim/stations/fifo.js';
import { drawNs, exponential, SECOND_NS } from './queue-lab.js';

const ARRIVAL = 100;
const LEAVES = -1;

export interface Station {
  readonly service: Distribution;
  readonly servers: number;
}

/** Walks in an open network: event kinds 0 … n - 1 are ends of service at those stations. */
export function openNetwork(
  seed: string,
  ratePerSecond: number,
  stations: readonly Station[],
  routing: readonly (readonly number[])[],
  jobs: number,
  warmup: number,
) {
  const calendar = new Calendar();
  const built = stations.map(({ servers }, i) => new FifoStation(calendar, i, servers));
  const services = stations.map((_station, i) => componentStream(seed, `service ${i}`));
  const routes = componentStream(seed, 'routes');
  const arrivals = componentStream(seed, 'arrivals');
  const interarrival = exponential(ratePerSecond);
  const arrivedNs = new Float64Array(warmup + jobs);
  const responses = new Float64Array(jobs);
  /** Sums, by station, of times spent there by measured jobs. */
  const spentNs = stations.map(() => 0);
  const enteredNs = new Float64Array(warmup + jobs);

  function enter(job: number, station: number): void {
    enteredNs[job] = calendar.nowNs;
    built[station].arrive(job, drawNs(stations[station].service, services[station].next()));
  }

  calendar.schedule(drawNs(interarrival, arrivals.next()), PHASE.arrival, ARRIVAL, 0);
  while (calendar.advance(Number.MAX_SAFE_INTEGER)) {
    const { kind, ref: job, nowNs } = calendar;
    if (kind === ARRIVAL) {
      arrivedNs[job] = nowNs;
      enter(job, 0);
      if (job + 1 < warmup + jobs) {
        calendar.schedule(nowNs + drawNs(interarrival, arrivals.next()), PHASE.arrival, ARRIVAL, job + 1);
      }
      continue;
    }
    built[kind].fire(job);
    if (job >= warmup) spentNs[kind] += nowNs - enteredNs[job];
    const next = choose(routing[kind], routes.next());
    if (next !== LEAVES) enter(job, next);
    else if (job >= warmup) responses[job - warmup] = (nowNs - arrivedNs[job]) / SECOND_NS;
  }
  return { responses, spent: spentNs.map((each) => each / SECOND_NS / jobs) };
}

function choose(probabilities: readonly number[], u: number): number {
  let left = u;
  for (let i = 0; i < probabilities.length; i++) {
    left -= probabilities[i];
    if (left < 0) return i;
  }
  return LEAVES;
}

/** `customers` go round: think for an exponential time of this mean (0 = not at all), then one station after the other. */
export function closedNetwork(
  seed: string,
  customers: number,
  thinkSeconds: number,
  stations: readonly Station[],
  cycles: number,
  warmup: number,
) {
  const calendar = new Calendar();
  const built = stations.map(({ servers }, i) => new FifoStation(calendar, i, servers));
  const services = stations.map((_station, i) => componentStream(seed, `service ${i}`));
  const thoughts = componentStream(seed, 'think');
  const think = thinkSeconds > 0 ? exponential(1 / thinkSeconds) : null;
  const startedNs = new Float64Array(customers);
  let ended = 0;
  let fromNs = 0;
  let sumNs = 0;

  function begin(job: number): void {
    if (think === null) enter(job, 0);
    else calendar.schedule(calendar.nowNs + drawNs(think, thoughts.next()), PHASE.arrival, ARRIVAL, job);
  }
  function enter(job: number, station: number): void {
    if (station === 0) startedNs[job] = calendar.nowNs;
    built[station].arrive(job, drawNs(stations[station].service, services[station].next()));
  }

  for (let job = 0; job < customers; job++) begin(job);
  while (ended < warmup + cycles && calendar.advance(Number.MAX_SAFE_INTEGER)) {
    const { kind, ref: job, nowNs } = calendar;
    if (kind === ARRIVAL) {
      enter(job, 0);
      continue;
    }
    built[kind].fire(job);
    if (kind + 1 < stations.length) {
      enter(job, kind + 1);
      continue;
    }
    ended++;
    if (ended === warmup) fromNs = nowNs;
    if (ended > warmup) sumNs += nowNs - startedNs[job];
    begin(job);
  }
  return { X: (cycles * SECOND_NS) / (calendar.nowNs - fromNs), R: sumNs / SECOND_NS / cycles };
}
