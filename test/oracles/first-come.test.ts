// First-come queues on the kernel against their closed forms, at rho <= 0.8 (0.9 for two servers): the 99.9 % interval of 20 replications
// covers the true value. See queue-lab.ts for what a failure means.
import { describe, test } from 'vitest';
import type { Calendar } from '../../sim/calendar.js';
import { compileDistribution, type Distribution } from '../../sim/distributions/index.js';
import { FifoStation } from '../../sim/stations/fifo.js';
import {
  expectCovers,
  exponential,
  meanOf,
  openQueue,
  quantileOf,
  replicate,
  shareOf,
  waitsOf,
} from '../support/queue-lab.js';
import { dm1, md1WaitTail, mg1Wait, mm1, mmc, quantile } from './formulas.js';

const REPLICATIONS = 20;

function firstCome(name: string, interarrival: Distribution, service: Distribution, servers: number, jobs: number) {
  return (observe: (run: ReturnType<typeof openQueue>) => Record<string, number>) =>
    replicate(name, REPLICATIONS, (seed) => {
      const station = (calendar: Calendar, kind: number) => new FifoStation(calendar, kind, servers);
      return observe(openQueue(seed, { interarrival, service, station, jobs, warmup: 2000 }));
    });
}

describe('M/M/1', () => {
  test.each([50, 80])('%d/s on 100/s: means, quantiles, number in the system', (lambda) => {
    const truth = mm1(lambda, 100);
    const values = firstCome(
      `mm1 ${lambda}`,
      exponential(lambda),
      exponential(100),
      1,
      20_000,
    )((run) => ({
      L: run.inSystem,
      Lq: run.inSystem - run.busy,
      busy: run.busy,
      W: meanOf(run.responses),
      Wq: meanOf(waitsOf(run)),
      p50: quantileOf(run.responses, 0.5),
      p95: quantileOf(run.responses, 0.95),
      p99: quantileOf(run.responses, 0.99),
      waits: shareOf(waitsOf(run), (wait) => wait > 1e-9),
      five: shareOf(run.found, (found) => found >= 5),
    }));
    expectCovers(values.L, truth.L, 'L');
    expectCovers(values.Lq, truth.Lq, 'Lq');
    expectCovers(values.busy, lambda / 100, 'utilisation');
    expectCovers(values.W, truth.W, 'W');
    expectCovers(values.Wq, truth.Wq, 'Wq');
    expectCovers(values.p50, truth.responseQuantile(0.5), 'p50');
    expectCovers(values.p95, truth.responseQuantile(0.95), 'p95');
    expectCovers(values.p99, truth.responseQuantile(0.99), 'p99');
    expectCovers(values.waits, lambda / 100, 'P(wait)');
    expectCovers(values.five, truth.atLeast(5), 'P(found >= 5)');
  });
});

describe('M/M/c', () => {
  test.each([
    [160, 100, 2],
    [40, 10, 5],
    [80, 10, 10],
  ])('%d/s on %d/s, %d servers', (lambda, mu, c) => {
    const truth = mmc(lambda, mu, c);
    const values = firstCome(
      `mmc ${c}`,
      exponential(lambda),
      exponential(mu),
      c,
      20_000,
    )((run) => ({
      C: shareOf(waitsOf(run), (wait) => wait > 1e-9),
      Wq: meanOf(waitsOf(run)),
      W: meanOf(run.responses),
      L: run.inSystem,
      Lq: run.inSystem - run.busy,
      p95: quantileOf(run.responses, 0.95),
      p99: quantileOf(run.responses, 0.99),
      wait95: quantileOf(waitsOf(run), 0.95),
    }));
    expectCovers(values.C, truth.C, 'P(wait)');
    expectCovers(values.Wq, truth.Wq, 'Wq');
    expectCovers(values.W, truth.W, 'W');
    expectCovers(values.L, truth.L, 'L');
    expectCovers(values.Lq, truth.Lq, 'Lq');
    expectCovers(values.p95, truth.responseQuantile(0.95), 'p95');
    expectCovers(values.p99, truth.responseQuantile(0.99), 'p99');
    expectCovers(values.wait95, truth.waitQuantile(0.95), 'p95 of the wait');
  });
});

describe('M/G/1 (Pollaczek-Khinchine), 80/s, mean service 10 ms', () => {
  const p = (1 + Math.sqrt(0.6)) / 2;
  const balanced = [0.01 / (2 * p), 0.01 / (2 * (1 - p))];
  test.each([
    ['deterministic', compileDistribution({ kind: 'constant', value: 0.01 }), 0],
    ['Erlang-4', compileDistribution({ kind: 'gamma', mean: 0.01, shape: 4 }), 0.25],
    ['exponential', exponential(100), 1],
    ['lognormal', compileDistribution({ kind: 'lognormal', mean: 0.01, cv: Math.sqrt(Math.E - 1) }), Math.E - 1],
    ['hyperexponential', compileDistribution({ kind: 'hyperexponential', weights: [p, 1 - p], means: balanced }), 4],
  ] as const)('%s service', (name, service, cs2) => {
    const values = firstCome(
      `mg1 ${name}`,
      exponential(80),
      service,
      1,
      30_000,
    )((run) => ({ Wq: meanOf(waitsOf(run)) }));
    expectCovers(values.Wq, mg1Wait(80, 0.01, cs2), 'Wq');
  });
});

describe('M/G/1 with 1 % of services a hundred times as long', () => {
  const service = compileDistribution({
    kind: 'mixture',
    weights: [99, 1],
    parts: [
      { kind: 'constant', value: 0.001 },
      { kind: 'constant', value: 0.1 },
    ],
  });
  test.each([100, 200, 300])('%d/s', (lambda) => {
    const values = firstCome(
      `bimodal ${lambda}`,
      exponential(lambda),
      service,
      1,
      30_000,
    )((run) => ({
      Wq: meanOf(waitsOf(run)),
    }));
    expectCovers(values.Wq, mg1Wait(lambda, 0.00199, 24.501881), 'Wq');
  });
});

describe('M/D/1', () => {
  test.each([50, 80])('distribution of the wait at %d/s', (lambda) => {
    const service = compileDistribution({ kind: 'constant', value: 0.01 });
    const values = firstCome(
      `md1 ${lambda}`,
      exponential(lambda),
      service,
      1,
      20_000,
    )((run) => ({
      Wq: meanOf(waitsOf(run)),
      overOne: shareOf(waitsOf(run), (wait) => wait > 0.01),
      overTwo: shareOf(waitsOf(run), (wait) => wait > 0.02),
      p95: quantileOf(waitsOf(run), 0.95),
      p99: quantileOf(waitsOf(run), 0.99),
    }));
    expectCovers(values.Wq, mg1Wait(lambda, 0.01, 0), 'Wq');
    expectCovers(values.overOne, md1WaitTail(lambda, 0.01, 0.01), 'P(wait > D)');
    expectCovers(values.overTwo, md1WaitTail(lambda, 0.01, 0.02), 'P(wait > 2 D)');
    expectCovers(
      values.p95,
      quantile((t) => 1 - md1WaitTail(lambda, 0.01, t), 0.95),
      'p95',
    );
    expectCovers(
      values.p99,
      quantile((t) => 1 - md1WaitTail(lambda, 0.01, t), 0.99),
      'p99',
    );
  });
});

describe('D/M/1', () => {
  test.each([50, 80])('%d/s on 100/s', (lambda) => {
    const interarrival = compileDistribution({ kind: 'constant', value: 1 / lambda });
    const values = firstCome(
      `dm1 ${lambda}`,
      interarrival,
      exponential(100),
      1,
      20_000,
    )((run) => ({
      Wq: meanOf(waitsOf(run)),
      waits: shareOf(waitsOf(run), (wait) => wait > 1e-9),
    }));
    expectCovers(values.Wq, dm1(lambda, 100).Wq, 'Wq');
    expectCovers(values.waits, dm1(lambda, 100).sigma, 'P(wait)');
  });
});
