// Do the intervals keep their promise? For each model, 1,000 seeds give 1,000 intervals of 95 % from 20 replications each; the number that
// cover the true mean is binomial if they are right. The accepted band has an error probability of 1e-3 per model, both sides together.
import { expect, test } from 'vitest';
import type { Calendar } from '../../sim/calendar.js';
import { compileDistribution, type Distribution } from '../../sim/distributions/index.js';
import { FifoStation } from '../../sim/stations/fifo.js';
import { ProcessorSharing } from '../../sim/stations/processor-sharing.js';
import type { Station } from '../../sim/stations/station.js';
import { meanInterval } from '../../sim/statistics/confidence.js';
import { exponential, meanOf, openQueue, waitsOf } from '../support/queue-lab.js';
import { mg1Wait, mm1, mmc, ps } from './formulas.js';

const SEEDS = 1000;
const REPLICATIONS = 20;
/** Long enough that the means of replications are nearly normal: short runs are skewed and cover too seldom. */
const JOBS = 6000;
const WARMUP = 1000;
/** Half-width of the band: 3.29 standard deviations of a binomial share. */
const BAND = 3.29 * Math.sqrt((0.95 * 0.05) / SEEDS);

interface Model {
  readonly name: string;
  readonly lambda: number;
  readonly service: Distribution;
  readonly station: (calendar: Calendar, kind: number) => Station;
  /** Whether the mean wait is watched, or the mean response. */
  readonly waits: boolean;
  readonly truth: number;
}

const twoKinds = compileDistribution({
  kind: 'mixture',
  weights: [8, 1],
  parts: [
    { kind: 'constant', value: 0.005 },
    { kind: 'constant', value: 0.05 },
  ],
});

const models: readonly Model[] = [
  {
    name: 'M/M/1 at 0.6',
    lambda: 60,
    service: exponential(100),
    station: (calendar, kind) => new FifoStation(calendar, kind, 1),
    waits: true,
    truth: mm1(60, 100).Wq,
  },
  {
    name: 'M/M/2 at 0.7',
    lambda: 140,
    service: exponential(100),
    station: (calendar, kind) => new FifoStation(calendar, kind, 2),
    waits: true,
    truth: mmc(140, 100, 2).Wq,
  },
  {
    name: 'M/E4/1 at 0.8',
    lambda: 80,
    service: compileDistribution({ kind: 'gamma', mean: 0.01, shape: 4 }),
    station: (calendar, kind) => new FifoStation(calendar, kind, 1),
    waits: true,
    truth: mg1Wait(80, 0.01, 0.25),
  },
  {
    name: 'M/G/1 processor sharing at 0.6, two kinds of jobs',
    lambda: 60,
    service: twoKinds,
    station: (calendar, kind) => new ProcessorSharing(calendar, kind, 0, { cores: 1 }),
    waits: false,
    truth: ps(60, 0.01).W,
  },
];

test.each(models)('$name', ({ name, lambda, service, station, waits, truth }) => {
  let covered = 0;
  const interarrival = exponential(lambda);
  for (let seed = 0; seed < SEEDS; seed++) {
    const means: number[] = [];
    for (let replication = 0; replication < REPLICATIONS; replication++) {
      const run = openQueue(`coverage ${name}/${seed}/${replication}`, {
        interarrival,
        service,
        station,
        jobs: JOBS,
        warmup: WARMUP,
      });
      means.push(meanOf(waits ? waitsOf(run) : run.responses));
    }
    const { low, high } = meanInterval(means, 0.95);
    if (low <= truth && truth <= high) covered++;
  }
  expect(covered / SEEDS).toBeGreaterThanOrEqual(0.95 - BAND);
  expect(covered / SEEDS).toBeLessThanOrEqual(0.95 + BAND);
});
