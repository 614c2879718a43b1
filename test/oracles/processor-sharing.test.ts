// Processor sharing on the kernel against its closed forms: the mean does not care for the distribution of service, the spread does. See
// queue-lab.ts for what a failure means.
import { describe, test } from 'vitest';
import { compileDistribution, type Distribution } from '../../sim/distributions/index.js';
import { ProcessorSharing } from '../../sim/stations/processor-sharing.js';
import {
  deviationOf,
  expectCovers,
  exponential,
  meanOf,
  type OpenQueueRun,
  openQueue,
  replicate,
} from '../support/queue-lab.js';
import { mmc, ps } from './formulas.js';

const REPLICATIONS = 20;

const bimodal = compileDistribution({
  kind: 'mixture',
  weights: [8, 1],
  parts: [
    { kind: 'constant', value: 0.005 },
    { kind: 'constant', value: 0.05 },
  ],
});
const services: readonly (readonly [string, Distribution])[] = [
  ['exponential', exponential(100)],
  ['constant', compileDistribution({ kind: 'constant', value: 0.01 })],
  ['lognormal', compileDistribution({ kind: 'lognormal', mean: 0.01, cv: 1.5 })],
  ['bimodal', bimodal],
];

function shared(
  name: string,
  lambda: number,
  service: Distribution,
  cores: number,
  observe: (run: OpenQueueRun) => Record<string, number>,
) {
  return replicate(name, REPLICATIONS, (seed) =>
    observe(
      openQueue(seed, {
        interarrival: exponential(lambda),
        service,
        station: (calendar, kind) => new ProcessorSharing(calendar, kind, 0, { cores }),
        jobs: 20_000,
        warmup: 2000,
      }),
    ),
  );
}

describe('M/G/1 processor sharing', () => {
  for (const [name, service] of services) {
    test.each([50, 80])(
      `%d/s, mean service 10 ms, ${name}: mean response, utilisation, number in the system`,
      (lambda) => {
        const truth = ps(lambda, 0.01);
        const values = shared(`ps ${name} ${lambda}`, lambda, service, 1, (run) => ({
          W: meanOf(run.responses),
          L: run.inSystem,
          busy: run.busy,
        }));
        expectCovers(values.W, truth.W, 'W');
        expectCovers(values.L, lambda * truth.W, 'L');
        expectCovers(values.busy, lambda / 100, 'utilisation');
      },
    );
  }

  test.each([50, 80])('M/M/1 at %d/s: the spread of the response', (lambda) => {
    const values = shared(`ps spread ${lambda}`, lambda, exponential(100), 1, (run) => ({
      sd: deviationOf(run.responses),
    }));
    expectCovers(values.sd, ps(lambda, 0.01).sdExponential, 'sd');
  });

  test.each([50, 80])('at %d/s a job of size x takes x / (1 - rho) on average', (lambda) => {
    const values = shared(`ps conditional ${lambda}`, lambda, bimodal, 1, (run) => ({
      short: meanOf(run.responses.filter((_response, i) => run.demands[i] < 0.01)),
      long: meanOf(run.responses.filter((_response, i) => run.demands[i] > 0.01)),
    }));
    expectCovers(values.short, ps(lambda, 0.01).conditional(0.005), 'short jobs');
    expectCovers(values.long, ps(lambda, 0.01).conditional(0.05), 'long jobs');
  });
});

describe('processor sharing on k cores has as many jobs in the system as M/M/k', () => {
  for (const [name, service] of services) {
    test.each([
      [160, 2],
      [320, 4],
    ])(`%d/s on %d cores, ${name}`, (lambda, cores) => {
      const values = shared(`ps cores ${cores} ${name}`, lambda, service, cores, (run) => ({ L: run.inSystem }));
      expectCovers(values.L, mmc(lambda, 100, cores).L, 'L');
    });
  }
});
