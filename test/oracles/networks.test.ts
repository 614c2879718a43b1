// Networks on the kernel against product form and exact mean value analysis. See queue-lab.ts for what a failure means.
import { describe, test } from 'vitest';
import { closedNetwork, openNetwork } from '../support/network-lab.js';
import { expectCovers, exponential, meanOf, quantileOf, replicate } from '../support/queue-lab.js';
import { jacksonRates, machineRepair, mm1, mva, sumOfExponentialsQuantile } from './formulas.js';

const REPLICATIONS = 20;

test('Jackson: a network with a loop', () => {
  const routing = [
    [0, 0.5, 0.5],
    [0.2, 0, 0],
    [0, 0, 0],
  ];
  const mus = [100, 60, 80];
  const rates = jacksonRates([40, 0, 0], routing);
  const values = replicate('jackson', REPLICATIONS, (seed) => {
    const stations = mus.map((mu) => ({ service: exponential(mu), servers: 1 }));
    const { responses, spent } = openNetwork(seed, 40, stations, routing, 20_000, 1000);
    return { W: meanOf(responses), s0: spent[0], s1: spent[1], s2: spent[2] };
  });
  const L = mus.map((mu, i) => mm1(rates[i], mu).L);
  expectCovers(values.W, (L[0] + L[1] + L[2]) / 40, 'time in the network');
  expectCovers(values.s0, L[0] / 40, 'time at the first station');
  expectCovers(values.s1, L[1] / 40, 'time at the second station');
  expectCovers(values.s2, L[2] / 40, 'time at the third station');
});

test('tandem: the end-to-end time is a sum of independent exponentials', () => {
  const routing = [
    [0, 1, 0],
    [0, 0, 1],
    [0, 0, 0],
  ];
  const values = replicate('tandem', REPLICATIONS, (seed) => {
    const stations = [100, 80, 60].map((mu) => ({ service: exponential(mu), servers: 1 }));
    const { responses, spent } = openNetwork(seed, 50, stations, routing, 20_000, 2000);
    return {
      s0: spent[0],
      s1: spent[1],
      s2: spent[2],
      p50: quantileOf(responses, 0.5),
      p95: quantileOf(responses, 0.95),
      p99: quantileOf(responses, 0.99),
    };
  });
  expectCovers(values.s0, mm1(50, 100).W, 'first station');
  expectCovers(values.s1, mm1(50, 80).W, 'second station');
  expectCovers(values.s2, mm1(50, 60).W, 'third station');
  expectCovers(values.p50, sumOfExponentialsQuantile([50, 30, 10], 0.5), 'p50');
  expectCovers(values.p95, sumOfExponentialsQuantile([50, 30, 10], 0.95), 'p95');
  expectCovers(values.p99, sumOfExponentialsQuantile([50, 30, 10], 0.99), 'p99');
});

describe('closed networks (exact mean value analysis)', () => {
  const demands = [0.05, 0.08, 0.02];
  for (const think of [0, 1]) {
    test.each([1, 5, 10, 20])(`%d customers who think for ${think} s`, (customers) => {
      const truth = mva(demands, think, customers);
      const values = replicate(`closed ${think} ${customers}`, REPLICATIONS, (seed) => {
        const stations = demands.map((demand) => ({ service: exponential(1 / demand), servers: 1 }));
        return closedNetwork(seed, customers, think, stations, 5000, 500);
      });
      expectCovers(values.X, truth.X, 'throughput');
      expectCovers(values.R, truth.R, 'response');
    });
  }
});

describe('machine repair: users who think for 1 s and share a station', () => {
  test.each([
    [5, 10, 1],
    [10, 10, 1],
    [20, 10, 1],
    [20, 5, 4],
  ])('%d users, %d/s, %d servers', (users, mu, c) => {
    const truth = machineRepair(users, mu, c);
    const values = replicate(`repair ${users} ${c}`, REPLICATIONS, (seed) =>
      closedNetwork(seed, users, 1, [{ service: exponential(mu), servers: c }], 5000, 500),
    );
    expectCovers(values.X, truth.X, 'throughput');
    expectCovers(values.R, truth.R, 'response');
  });
});
