// The oracles' own oracle: the formulas against numbers computed once in 40-digit arithmetic, rounded to 6 decimals.
import { describe, expect, test } from 'vitest';
import {
  dm1,
  erlangA,
  erlangB,
  forkJoin,
  jacksonRates,
  joinShortest,
  kingman,
  kingmanBound,
  largestOf,
  lossWithRetries,
  machineRepair,
  md1WaitTail,
  mg1Wait,
  mm1,
  mm1Patience,
  mmc,
  mmcK,
  mva,
  ps,
  quantile,
  retries,
  sumOfExponentialsQuantile,
  timeoutWithRetries,
} from './formulas.js';

/** Equal to the printed number, of which the last digit is rounded. */
function printed(actual: number, expected: number, digits = 6): void {
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(0.500001 * 10 ** -digits);
}

describe('open queues', () => {
  test.each([
    [50, 1, 0.5, 0.02, 0.01, 0.013863, 0.059915, 0.092103, 9.765625e-4],
    [80, 4, 3.2, 0.05, 0.04, 0.034657, 0.149787, 0.230259, 0.107374],
    [95, 19, 18.05, 0.2, 0.19, 0.138629, 0.599146, 0.921034, 0.598737],
  ])('M/M/1 at %d/s', (lambda, L, Lq, W, Wq, t50, t95, t99, tenOrMore) => {
    const queue = mm1(lambda, 100);
    printed(queue.L, L);
    printed(queue.Lq, Lq);
    printed(queue.W, W);
    printed(queue.Wq, Wq);
    printed(queue.responseQuantile(0.5), t50);
    printed(queue.responseQuantile(0.95), t95);
    printed(queue.responseQuantile(0.99), t99);
    printed(queue.atLeast(10), tenOrMore);
  });

  test.each([
    [180, 100, 2, 0.852632, 0.042632, 0.052632, 7.673684, 9.473684, 0.152972, 0.233444, 0.141815, 0.222287],
    [40, 10, 5, 0.554113, 0.055411, 0.155411, 2.21645, 6.21645, 0.419746, 0.607966, 0.240534, 0.401478],
    [80, 10, 10, 0.40918, 0.020459, 0.120459, 1.636721, 9.636721, 0.332827, 0.494611, 0.105107, 0.185579],
    [95, 1, 100, 0.506457, 0.101291, 1.101291, 9.62268, 104.62268, 3.114949, 4.724387, 0.463083, 0.784971],
  ])('M/M/c: %d/s, %d/s, %d servers', (lambda, mu, c, C, Wq, W, Lq, L, t95, t99, wq95, wq99) => {
    const queue = mmc(lambda, mu, c);
    const actual = [queue.C, queue.Wq, queue.W, queue.Lq, queue.L, queue.responseQuantile(0.95)];
    [C, Wq, W, Lq, L, t95].forEach((expected, i) => {
      printed(actual[i], expected);
    });
    printed(queue.responseQuantile(0.99), t99);
    printed(queue.waitQuantile(0.95), wq95);
    printed(queue.waitQuantile(0.99), wq99);
  });

  test.each([
    [90, 100, 1, 10, 0.145732, 0.050814, 85.426764, 3.969441, 0.046466, 0.036466],
    [120, 100, 1, 10, 0.031104, 0.192586, 96.889621, 6.710709, 0.069261, 0.059261],
    [40, 10, 4, 8, 0.012987, 0.138528, 34.458874, 4.831169, 0.140201, 0.040201],
    [50, 10, 4, 8, 0.003952, 0.25124, 37.438006, 5.801958, 0.154975, 0.054975],
  ])('M/M/c/K: %d/s, %d/s, %d servers, %d places', (lambda, mu, c, K, P0, PK, X, L, W, Wq) => {
    const queue = mmcK(lambda, mu, c, K);
    printed(queue.P0, P0);
    printed(queue.PK, PK);
    printed(queue.X, X);
    printed(queue.L, L);
    printed(queue.W, W);
    printed(queue.Wq, Wq);
  });

  test('Erlang B', () => {
    printed(erlangB(8, 10), 0.121661);
    printed(erlangB(20, 20), 0.158892);
    printed(erlangB(0.9, 1), 0.473684);
  });

  test('M/G/1', () => {
    const expected = [0.02, 0.025, 0.04, 0.054366, 0.1];
    [0, 0.25, 1, Math.E - 1, 4].forEach((cs2, i) => {
      printed(mg1Wait(80, 0.01, cs2), expected[i]);
    });
    const bimodal = [0.006304, 0.016776, 0.037589];
    [100, 200, 300].forEach((lambda, i) => {
      printed(mg1Wait(lambda, 0.00199, 24.501881), bimodal[i]);
    });
  });

  test.each([
    [50, 0.175639, 0.053039, 0.020506, 0.033363],
    [80, 0.554892, 0.36548, 0.066203, 0.103559],
    [95, 0.870715, 0.788526, 0.291162, 0.449378],
  ])('waits in M/D/1 at %d/s', (lambda, overOne, overTwo, wq95, wq99) => {
    printed(md1WaitTail(lambda, 0.01, 0.01), overOne);
    printed(md1WaitTail(lambda, 0.01, 0.02), overTwo);
    printed(
      quantile((t) => 1 - md1WaitTail(lambda, 0.01, t), 0.95),
      wq95,
    );
    printed(
      quantile((t) => 1 - md1WaitTail(lambda, 0.01, t), 0.99),
      wq99,
    );
  });

  test.each([
    [0.5, 0.203188, 0.255001, 0.5],
    [0.8, 0.62863, 1.692731, 2],
    [0.9, 0.8069, 4.178659, 4.5],
    [0.95, 0.901695, 9.172434, 9.5],
  ])('D/M/1 at %d', (rho, sigma, wait, approximation) => {
    printed(dm1(rho, 1).sigma, sigma);
    printed(dm1(rho, 1).Wq, wait);
    printed(kingman(rho, 0, 1), approximation);
  });

  test("Kingman's approximation and bound", () => {
    printed(kingman(0.8, 4, 1), 10);
    printed(kingman(0.9, 1, 4), 22.5);
    printed(kingmanBound(0.8, 1, 1), 5.125);
    printed(kingmanBound(0.8, 4, 1), 14.5);
    printed(kingmanBound(0.9, 1, 4), 23.555556);
    printed(kingmanBound(0.9, 0, 1), 4.5);
  });

  test('processor sharing', () => {
    const expected = [
      [50, 0.02, 0.02582, 0.1],
      [80, 0.05, 0.076376, 0.25],
      [90, 0.1, 0.162369, 0.5],
    ];
    for (const [lambda, W, sd, conditional] of expected) {
      const queue = ps(lambda, 0.01);
      printed(queue.W, W);
      printed(queue.sdExponential, sd);
      printed(queue.conditional(0.05), conditional);
    }
  });
});

describe('networks', () => {
  test('Jackson', () => {
    const routing = [
      [0, 0.5, 0.5],
      [0.2, 0, 0],
      [0, 0, 0],
    ];
    const rates = jacksonRates([40, 0, 0], routing);
    printed(rates[0], 44.444444);
    printed(rates[1], 22.222222);
    printed(rates[2], 22.222222);
    const L = [100, 60, 80].reduce((sum, mu, i) => sum + mm1(rates[i], mu).L, 0);
    printed(L, 1.772851);
    printed(L / 40, 0.044321);
  });

  test('tandem', () => {
    printed(sumOfExponentialsQuantile([50, 30, 10], 0.5), 0.126895);
    printed(sumOfExponentialsQuantile([50, 30, 10], 0.95), 0.362387);
    printed(sumOfExponentialsQuantile([50, 30, 10], 0.99), 0.523376);
  });

  test.each([
    [1, 6.666667, 0.15, 0.869565, 0.15],
    [5, 11.898734, 0.420213, 4.20874, 0.188004],
    [10, 12.44633, 0.80345, 7.891676, 0.267158],
    [20, 12.499515, 1.600062, 12.022089, 0.663604],
    [50, 12.5, 4.0, 12.499999, 3.0],
  ])('closed, %d customers', (customers, x0, r0, x1, r1) => {
    const demands = [0.05, 0.08, 0.02];
    printed(mva(demands, 0, customers).X, x0);
    printed(mva(demands, 0, customers).R, r0);
    printed(mva(demands, 1, customers).X, x1);
    printed(mva(demands, 1, customers).R, r1);
  });

  test.each([
    [5, 10, 1, 4.360478, 0.146663],
    [10, 10, 1, 7.854177, 0.273208],
    [20, 10, 1, 9.98131, 1.003745],
    [20, 5, 4, 15.823052, 0.263979],
  ])('machine repair: %d users, %d/s, %d servers', (users, mu, c, X, R) => {
    printed(machineRepair(users, mu, c).X, X);
    printed(machineRepair(users, mu, c).R, R);
  });
});

describe('policies', () => {
  test.each([
    [0.5, 2, 1.265686, 1.125244, 1.03125],
    [0.8, 5, 1.947363, 1.580886, 1.328918],
    [0.9, 10, 2.614057, 2.027856, 1.632881],
    [0.95, 20, 3.383046, 2.535133, 1.988772],
    [0.99, 100, 5.431997, 3.857847, 2.901683],
  ])('power of choices at %d', (rho, d1, d2, d3, d5) => {
    printed(joinShortest(rho, 1), d1);
    printed(joinShortest(rho, 2), d2);
    printed(joinShortest(rho, 3), d3);
    printed(joinShortest(rho, 5), d5);
  });

  test.each([
    [0.1, 3, 1.111, 1e-4],
    [0.5, 3, 1.875, 0.0625],
    [0.9, 3, 3.439, 0.6561],
    [0.01, 2, 1.0101, 1e-6],
  ])('retries: p = %d, n = %d', (p, n, attempts, failed) => {
    printed(retries(p, n).attempts, attempts);
    printed(retries(p, n).failed, failed);
  });

  test.each([
    [80, 82.367866, 0.028748],
    [95, 111.24819, 0.146446],
    [110, 221.865055, 0.549361],
  ])('M/M/1/10 with retries at %d/s', (lambda, offered, p) => {
    printed(lossWithRetries(lambda, 100, 10, 3).offered, offered);
    printed(lossWithRetries(lambda, 100, 10, 3).p, p);
  });

  test('what gets through M/M/1/10 with retries in overload', () => {
    printed(lossWithRetries(110, 100, 10, 3).goodput, 99.980991);
    printed(lossWithRetries(110, 100, 10, 3).failed, 0.091082);
  });

  test('time-outs with retries: a stable low point below the fold, collapse above it', () => {
    printed(timeoutWithRetries(50, 100, 0.1, 3).offered, 50.351399);
    printed(timeoutWithRetries(50, 100, 0.1, 3).p, 0.006979);
    printed(timeoutWithRetries(60, 100, 0.1, 3).offered, 61.275, 3);
    printed(timeoutWithRetries(60, 100, 0.1, 3).p, 0.0208, 4);
    printed(timeoutWithRetries(70, 100, 0.1, 3).offered, 280);
    printed(timeoutWithRetries(80, 100, 0.1, 3).offered, 320);
  });

  test.each([
    [2, 1.5, 5.295808, 1.227947],
    [10, 2.928968, 6.903237, 2.703555],
    [100, 5.187378, 9.20537, 4.975147],
    [1000, 7.485471, 11.50791, 7.274615],
  ])('largest of %d', (n, mean, p99, p50) => {
    printed(largestOf(n).mean, mean);
    printed(largestOf(n).quantile(0.99), p99);
    printed(largestOf(n).quantile(0.5), p50);
  });

  test('fork and join', () => {
    [2.875, 3.789773, 4.784821, 5.824325].forEach((expected, i) => {
      printed(forkJoin([2, 4, 8, 16][i], 0.5, 1), expected);
    });
    [7, 8.930303, 11.03, 13.223503].forEach((expected, i) => {
      printed(forkJoin([2, 4, 8, 16][i], 0.8, 1), expected);
    });
  });

  test.each([
    [80, 100, 1, 10, 0.695481, 0.130648, 1.045186],
    [120, 100, 1, 10, 0.896607, 0.252828, 3.033932],
    [95, 10, 10, 1, 0.68198, 0.043335, 4.116803],
    [12, 1, 10, 0.5, 0.850385, 0.195656, 4.695743],
  ])('Erlang A: %d/s, %d/s, %d servers, patience %d/s', (lambda, mu, c, theta, wait, abandoned, Lq) => {
    const queue = erlangA(lambda, mu, c, theta);
    printed(queue.wait, wait);
    printed(queue.abandoned, abandoned);
    printed(queue.Lq, Lq);
  });

  test.each([
    [80, 0.261589, 0.076987],
    [95, 0.168275, 0.1245],
    [120, 0.068627, 0.223855],
  ])('M/M/1 with constant patience at %d/s', (lambda, P0, abandoned) => {
    const queue = mm1Patience(lambda, 100, 0.05);
    printed(queue.P0, P0);
    printed(queue.abandoned, abandoned);
    expect(lambda * (1 - queue.abandoned)).toBeCloseTo(100 * (1 - queue.P0), 9);
  });
});
