// Finite queues and impatient customers on the kernel against their closed forms. See queue-lab.ts for what a failure means.
import { describe, test } from 'vitest';
import { compileDistribution } from '../../sim/distributions/index.js';
import { HeldStation } from '../support/held-station.js';
import { expectCovers, exponential, meanOf, openQueue, replicate, waitsOf } from '../support/queue-lab.js';
import { erlangA, erlangB, mm1Patience, mmcK } from './formulas.js';

const JOBS = 20_000;
const WARMUP = 2000;
const REPLICATIONS = 20;

describe('M/M/c/K', () => {
  test.each([
    [90, 100, 1, 10],
    [120, 100, 1, 10],
    [40, 10, 4, 8],
    [50, 10, 4, 8],
  ])('%d/s on %d/s, %d servers, %d places', (lambda, mu, c, K) => {
    const truth = mmcK(lambda, mu, c, K);
    const values = replicate(`mmck ${lambda} ${c}`, REPLICATIONS, (seed) => {
      const run = openQueue(seed, {
        interarrival: exponential(lambda),
        service: exponential(mu),
        station: (calendar, kind) => new HeldStation(calendar, kind, c, K - c),
        jobs: JOBS,
        warmup: WARMUP,
      });
      return {
        PK: run.refused / JOBS,
        X: run.throughput,
        L: run.inSystem,
        W: meanOf(run.responses),
        Wq: meanOf(waitsOf(run)),
      };
    });
    expectCovers(values.PK, truth.PK, 'loss');
    expectCovers(values.X, truth.X, 'throughput');
    expectCovers(values.L, truth.L, 'L');
    expectCovers(values.W, truth.W, 'W');
    expectCovers(values.Wq, truth.Wq, 'Wq');
  });
});

describe('Erlang B does not care for the distribution of service', () => {
  const services = [
    ['exponential', exponential(1)],
    ['constant', compileDistribution({ kind: 'constant', value: 1 })],
    ['lognormal', compileDistribution({ kind: 'lognormal', mean: 1, cv: 2 })],
  ] as const;
  for (const [name, service] of services) {
    test.each([
      [8, 10],
      [20, 20],
      [0.9, 1],
    ])(`load %d on %d servers, ${name} service`, (a, c) => {
      const values = replicate(`erlang b ${a} ${name}`, REPLICATIONS, (seed) => {
        const run = openQueue(seed, {
          interarrival: exponential(a),
          service,
          station: (calendar, kind) => new HeldStation(calendar, kind, c, 0),
          jobs: JOBS,
          warmup: WARMUP,
        });
        return { lost: run.refused / JOBS };
      });
      expectCovers(values.lost, erlangB(a, c), 'loss');
    });
  }
});

/** Only who waits may leave. */
function leaveQueue(station: HeldStation, job: number): boolean {
  return station.pool.abandon(job);
}

describe('customers who leave the queue', () => {
  test.each([
    [80, 100, 1, 10],
    [120, 100, 1, 10],
    [95, 10, 10, 1],
    [12, 1, 10, 0.5],
  ])('Erlang A: %d/s on %d/s, %d servers, patience %d/s', (lambda, mu, c, theta) => {
    const truth = erlangA(lambda, mu, c, theta);
    const values = replicate(`erlang a ${lambda} ${c}`, REPLICATIONS, (seed) => {
      const run = openQueue(seed, {
        interarrival: exponential(lambda),
        service: exponential(mu),
        station: (calendar, kind) => new HeldStation(calendar, kind, c, null),
        patience: exponential(theta),
        leave: leaveQueue,
        jobs: JOBS,
        warmup: WARMUP,
      });
      let waiting = 0;
      for (let i = 0; i < run.found.length; i++) if (run.found[i] >= c) waiting++;
      return { wait: waiting / JOBS, abandoned: run.abandoned / JOBS, Lq: run.inSystem - run.busy };
    });
    expectCovers(values.wait, truth.wait, 'P(wait)');
    expectCovers(values.abandoned, truth.abandoned, 'abandoned');
    expectCovers(values.Lq, truth.Lq, 'Lq');
  });

  test.each([80, 95, 120])('M/M/1 with a constant patience of 50 ms, %d/s on 100/s', (lambda) => {
    const truth = mm1Patience(lambda, 100, 0.05);
    const values = replicate(`patience ${lambda}`, REPLICATIONS, (seed) => {
      const run = openQueue(seed, {
        interarrival: exponential(lambda),
        service: exponential(100),
        station: (calendar, kind) => new HeldStation(calendar, kind, 1, null),
        patience: compileDistribution({ kind: 'constant', value: 0.05 }),
        leave: leaveQueue,
        jobs: JOBS,
        warmup: WARMUP,
      });
      return { idle: 1 - run.busy, abandoned: run.abandoned / JOBS };
    });
    expectCovers(values.idle, truth.P0, 'idle');
    expectCovers(values.abandoned, truth.abandoned, 'abandoned');
  });
});
