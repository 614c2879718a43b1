// Retries on the kernel: amplification, the fixed point that loss and retries settle in, and the overload that feeds itself. All draws are
// keyed by call and attempt. See queue-lab.ts for what a failure means.
import { describe, expect, test } from 'vitest';
import { Calendar } from '../../sim/calendar.js';
import { PHASE } from '../../sim/phases.js';
import { CallKeys, Draws } from '../../sim/random/draws.js';
import { componentStream } from '../../sim/random/stream.js';
import { FifoStation } from '../../sim/stations/fifo.js';
import { REFUSED } from '../../sim/stations/station.js';
import { HeldStation } from '../support/held-station.js';
import { drawNs, expectCovers, exponential, replicate, SECOND_NS } from '../support/queue-lab.js';
import { lossWithRetries, retries, timeoutWithRetries } from './formulas.js';

describe('independent failures', () => {
  test.each([
    [0.2, 3],
    [0.5, 3],
    [0.9, 3],
    [0.1, 2],
  ])('p = %d, up to %d retries', (p, n) => {
    const truth = retries(p, n);
    const values = replicate(`independent ${p} ${n}`, 20, (seed) => {
      const fails = new Draws(seed, 'fails');
      const keys = new CallKeys();
      const calls = 50_000;
      let attempts = 0;
      let failed = 0;
      for (let call = 0; call < calls; call++) {
        let attempt = 0;
        for (; attempt <= n; attempt++) {
          attempts++;
          keys.derive(0, call, 0, attempt);
          if (fails.uniform(keys.hi, keys.lo) >= p) break;
        }
        if (attempt > n) failed++;
      }
      return { attempts: attempts / calls, failed: failed / calls };
    });
    expectCovers(values.attempts, truth.attempts, 'attempts per call');
    expectCovers(values.failed, truth.failed, 'failed calls');
  });
});

const ARRIVAL = 1;
const RETRY = 2;
const SERVICE = 3;
const RETRIES = 3;

/** What becomes of an attempt that starts now. */
interface Server {
  attempt(job: number, demandNs: number): 'done' | 'failed';
  fire(job: number): void;
  /** Wait before a retry over and above its back-off. */
  readonly failsAfterNs: number;
}

interface Phase {
  readonly untilNs: number;
  readonly calls: number;
  readonly attempts: number;
  readonly failedAttempts: number;
}

/**
 * Poisson calls, each with up to three retries after an exponential back-off, hundreds of times the service: retries then look like fresh
 * arrivals, as the fixed points assume. One count per phase of the run.
 */
function callsWithRetries(
  seed: string,
  makeServer: (calendar: Calendar) => Server,
  backoffSeconds: number,
  phases: readonly { readonly seconds: number; readonly ratePerSecond: number }[],
): Phase[] {
  const calendar = new Calendar();
  const server = makeServer(calendar);
  const arrivals = componentStream(seed, 'arrivals');
  const work = new Draws(seed, 'work');
  const backoff = new Draws(seed, 'back-off');
  const keys = new CallKeys();
  const service = exponential(100);
  const wait = exponential(1 / backoffSeconds);
  const results: Phase[] = [];
  let call = 0;
  for (const { seconds, ratePerSecond } of phases) {
    const interarrival = exponential(ratePerSecond);
    const untilNs = calendar.nowNs + seconds * SECOND_NS;
    const counts = { untilNs, calls: 0, attempts: 0, failedAttempts: 0 };
    const first = calendar.nowNs + drawNs(interarrival, arrivals.next());
    calendar.schedule(first, PHASE.arrival, ARRIVAL, 0);
    while (calendar.advance(untilNs)) {
      const { kind, ref, nowNs } = calendar;
      if (kind === SERVICE) {
        server.fire(ref);
        continue;
      }
      let job = ref;
      if (kind === ARRIVAL) {
        job = call++ * (RETRIES + 1);
        counts.calls++;
        const nextNs = nowNs + drawNs(interarrival, arrivals.next());
        if (nextNs <= untilNs) calendar.schedule(nextNs, PHASE.arrival, ARRIVAL, 0);
      }
      counts.attempts++;
      keys.derive(0, Math.floor(job / (RETRIES + 1)), 0, job % (RETRIES + 1));
      if (server.attempt(job, drawNs(service, work.uniform(keys.hi, keys.lo))) === 'done') continue;
      counts.failedAttempts++;
      if (job % (RETRIES + 1) === RETRIES) continue;
      const pauseNs = drawNs(wait, backoff.uniform(keys.hi, keys.lo));
      calendar.schedule(nowNs + server.failsAfterNs + pauseNs, PHASE.timer, RETRY, job + 1);
    }
    results.push(counts);
  }
  return results;
}

/** M/M/1/10: a full queue refuses at once. */
function lossServer(calendar: Calendar): Server {
  const station = new HeldStation(calendar, SERVICE, 1, 9);
  return {
    attempt: (job, demandNs) => (station.arrive(job, demandNs) === REFUSED ? 'failed' : 'done'),
    fire: (job) => {
      station.fire(job);
    },
    failsAfterNs: 0,
  };
}

/** An unbounded M/M/1 that finishes all work, also that whose caller has gone after 100 ms. */
function slowServer(calendar: Calendar): Server {
  const station = new FifoStation(calendar, SERVICE, 1);
  return {
    attempt: (_job, demandNs) => (station.book(demandNs) > 0.1 * SECOND_NS ? 'failed' : 'done'),
    fire: () => {},
    failsAfterNs: 0.1 * SECOND_NS,
  };
}

describe('M/M/1/10 whose refused calls try again', () => {
  // The fixed point takes retries for a Poisson stream; with this back-off it is right within 2 %.
  test.each([80, 95, 110])('%d/s on 100/s (tolerance 2 %)', (lambda) => {
    const truth = lossWithRetries(lambda, 100, 10, RETRIES);
    const values = replicate(`loss ${lambda}`, 10, (seed) => {
      const [, run] = callsWithRetries(seed, lossServer, 2, [
        { seconds: 30, ratePerSecond: lambda },
        { seconds: 200, ratePerSecond: lambda },
      ]);
      return { offered: run.attempts / 200, p: run.failedAttempts / run.attempts };
    });
    expectCovers(values.offered, truth.offered, 'attempts a second', 0.02);
    expectCovers(values.p, truth.p, 'refused attempts', 0.02);
  });
});

describe('time-outs whose work is done all the same', () => {
  // The low point is metastable: with a back-off of 2 s it collapses by itself within some thousand seconds.
  test('50/s on 100/s settles at the low point (tolerance 2 %)', () => {
    const truth = timeoutWithRetries(50, 100, 0.1, RETRIES);
    const values = replicate('time-out', 10, (seed) => {
      const [, run] = callsWithRetries(seed, slowServer, 20, [
        { seconds: 100, ratePerSecond: 50 },
        { seconds: 1000, ratePerSecond: 50 },
      ]);
      return { offered: run.attempts / 1000, p: run.failedAttempts / run.attempts };
    });
    expectCovers(values.offered, truth.offered, 'attempts a second', 0.02);
    expectCovers(values.p, truth.p, 'timed-out attempts', 0.02);
  });

  test('80/s on 100/s collapses: each call makes all of its attempts', () => {
    const phases = callsWithRetries('collapse', slowServer, 2, [
      { seconds: 300, ratePerSecond: 80 },
      { seconds: 100, ratePerSecond: 80 },
    ]);
    expect(phases[1].attempts / phases[1].calls).toBeGreaterThan(3.8);
  });

  test('after a burst 50/s does not recover, though it was stable before; a rest at 15/s heals it', () => {
    const phases = callsWithRetries('metastable', slowServer, 2, [
      { seconds: 200, ratePerSecond: 50 },
      { seconds: 30, ratePerSecond: 300 },
      { seconds: 300, ratePerSecond: 50 },
      { seconds: 2000, ratePerSecond: 15 },
      { seconds: 100, ratePerSecond: 50 },
    ]);
    const amplification = phases.map((phase) => phase.attempts / phase.calls);
    expect(amplification[0]).toBeLessThan(1.05);
    expect(amplification[2]).toBeGreaterThan(3.8);
    expect(amplification[4]).toBeLessThan(1.05);
  });
});
