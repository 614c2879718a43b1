// Closed forms of queueing theory that the kernel is compared with. Rates are per second, times in seconds. Sources: L. Kleinrock, Queueing
// Systems I (1975); R. Wolff, Stochastic Modeling and the Theory of Queues (1989); G. Franx, "A simple solution for the M/D/c waiting
// time distribution" (2001); M. Mitzenmacher, "The power of two choices" (1996); R. Nelson and A. Tantawi, "Approximate analysis of
// fork/join synchronization in parallel queues" (1988).

export interface Means {
  /** Jobs in the system, jobs waiting, time in the system, time waiting. */
  readonly L: number;
  readonly Lq: number;
  readonly W: number;
  readonly Wq: number;
}

/** M/M/1, first-come. */
export function mm1(lambda: number, mu: number) {
  const rho = lambda / mu;
  const W = 1 / (mu - lambda);
  return {
    L: rho / (1 - rho),
    Lq: (rho * rho) / (1 - rho),
    W,
    Wq: rho * W,
    /** P(jobs in the system >= n). */
    atLeast: (n: number) => rho ** n,
    responseQuantile: (p: number) => -Math.log(1 - p) * W,
  };
}

/** Erlang's loss formula for an offered load of `a` on `c` servers. */
export function erlangB(a: number, c: number): number {
  let blocked = 1;
  for (let k = 1; k <= c; k++) blocked = (a * blocked) / (k + a * blocked);
  return blocked;
}

/** M/M/c, first-come (Erlang C). */
export function mmc(lambda: number, mu: number, c: number) {
  const rho = lambda / (c * mu);
  const lost = erlangB(lambda / mu, c);
  const C = lost / (1 - rho * (1 - lost));
  const theta = c * mu - lambda;
  const Wq = C / theta;
  const W = Wq + 1 / mu;
  const responseTail = (t: number) =>
    theta === mu
      ? Math.exp(-mu * t) * (1 + C * mu * t)
      : (1 - C) * Math.exp(-mu * t) + (C * (theta * Math.exp(-mu * t) - mu * Math.exp(-theta * t))) / (theta - mu);
  return {
    C,
    Wq,
    W,
    Lq: lambda * Wq,
    L: lambda * W,
    responseQuantile: (p: number) => quantile((t) => 1 - responseTail(t), p),
    waitQuantile: (p: number) => Math.max(0, Math.log(C / (1 - p)) / theta),
  };
}

/** M/M/c/K: at most K in the system, others are lost. */
export function mmcK(lambda: number, mu: number, c: number, K: number) {
  const p = birthDeath(
    () => lambda,
    (n) => Math.min(n, c) * mu,
    K,
  );
  const X = lambda * (1 - p[K]);
  const L = mean(p);
  return { P0: p[0], PK: p[K], X, L, W: L / X, Wq: L / X - 1 / mu };
}

/** Mean wait in M/G/1, first-come (Pollaczek-Khinchine); `cs2` = squared coefficient of variation of the service. */
export function mg1Wait(lambda: number, meanService: number, cs2: number): number {
  const rho = lambda * meanService;
  return ((rho / (1 - rho)) * (1 + cs2) * meanService) / 2;
}

/** P(wait > t) in M/D/1, by sums of positive terms only. */
export function md1WaitTail(lambda: number, service: number, t: number): number {
  const rho = lambda * service;
  const k = Math.floor(t / service) + 1;
  // moreThan[n] = P(Poisson(rho) > n), from the far end so that nothing is subtracted.
  const terms = k + 60;
  const moreThan = new Array<number>(terms + 1).fill(0);
  for (let n = terms - 1; n >= 0; n--) moreThan[n] = moreThan[n + 1] + poisson(rho, n + 1);
  const p = [1 - rho];
  for (let j = 1; j <= k; j++) {
    let sum = p[0] * moreThan[j - 1];
    for (let i = 1; i < j; i++) sum += p[i] * moreThan[j - i];
    p.push(sum / (1 - moreThan[0]));
  }
  let cumulated = p[0];
  const waiting = p.slice(1).map((each) => {
    cumulated += each;
    return cumulated;
  });
  const load = lambda * (k * service - t);
  let atMost = 0;
  for (let j = 0; j < k; j++) atMost += waiting[k - 1 - j] * poisson(load, j);
  return 1 - atMost;
}

/** D/M/1: the probability of waiting, and the mean wait. */
export function dm1(lambda: number, mu: number) {
  const rho = lambda / mu;
  let sigma = 0;
  for (let i = 0; i < 10_000; i++) sigma = Math.exp(-(1 - sigma) / rho);
  return { sigma, Wq: sigma / (mu * (1 - sigma)) };
}

/** Kingman's approximation of the mean wait in G/G/1, in mean services. */
export function kingman(rho: number, ca2: number, cs2: number): number {
  return ((rho / (1 - rho)) * (ca2 + cs2)) / 2;
}

/** Kingman's upper bound of the mean wait in G/G/1, in mean services. */
export function kingmanBound(rho: number, ca2: number, cs2: number): number {
  return (ca2 / rho + rho * cs2) / (2 * (1 - rho));
}

/** Arrival rates of a Jackson network: `routing[i][j]` = probability of going from i to j. */
export function jacksonRates(external: readonly number[], routing: readonly (readonly number[])[]): number[] {
  let rates = [...external];
  for (let round = 0; round < 10_000; round++) {
    rates = external.map((gamma, i) => gamma + rates.reduce((sum, rate, j) => sum + rate * routing[j][i], 0));
  }
  return rates;
}

/** Quantile of a sum of independent exponentials with different rates. */
export function sumOfExponentialsQuantile(rates: readonly number[], p: number): number {
  const weights = rates.map((rate, i) =>
    rates.reduce((w, other, j) => (j === i ? w : (w * other) / (other - rate)), 1),
  );
  return quantile((t) => 1 - rates.reduce((sum, rate, i) => sum + weights[i] * Math.exp(-rate * t), 0), p);
}

/** Exact mean value analysis of a closed network of first-come exponential (or processor-sharing) stations. */
export function mva(demands: readonly number[], think: number, customers: number) {
  let queues = demands.map(() => 0);
  let X = 0;
  let R = 0;
  for (let n = 1; n <= customers; n++) {
    const residence = demands.map((demand, i) => demand * (1 + queues[i]));
    R = residence.reduce((sum, each) => sum + each, 0);
    X = n / (R + think);
    queues = residence.map((each) => X * each);
  }
  return { X, R };
}

/** N users who think for an exponential time of mean 1 and share one M/M/c station. */
export function machineRepair(users: number, mu: number, c: number) {
  const p = birthDeath(
    (n) => users - n,
    (n) => Math.min(n, c) * mu,
    users,
  );
  const X = p.reduce((sum, each, n) => sum + each * Math.min(n, c) * mu, 0);
  return { X, R: users / X - 1 };
}

/** Mean response of M/G/1 processor sharing, and its standard deviation if service is exponential. */
export function ps(lambda: number, meanService: number) {
  const rho = lambda * meanService;
  const W = meanService / (1 - rho);
  return {
    W,
    sdExponential: W * Math.sqrt((2 + rho) / (2 - rho)),
    conditional: (service: number) => service / (1 - rho),
  };
}

/** Mean response (in mean services) of infinitely many M/M/1 when each job joins the shortest of d random queues. */
export function joinShortest(rho: number, d: number): number {
  let sum = 0;
  let power = 1;
  for (let exponent = 1; exponent < 1e6; exponent = exponent * d + 1) {
    power = rho ** exponent;
    sum += power;
    if (power < 1e-17) break;
  }
  return sum / rho;
}

/** Attempts per call and share of calls that fail for good, if each attempt fails with p and at most n are repeated. */
export function retries(p: number, n: number) {
  return { attempts: (1 - p ** (n + 1)) / (1 - p), failed: p ** (n + 1) };
}

/** M/M/1/K whose rejected jobs try again up to n times, long enough after to look like fresh Poisson arrivals. */
export function lossWithRetries(lambda: number, mu: number, K: number, n: number) {
  const offered = root(
    (rate) => lambda * retries(mmcK(rate, mu, 1, K).PK, n).attempts - rate,
    lambda,
    lambda * (n + 1),
  );
  const p = mmcK(offered, mu, 1, K).PK;
  return { offered, p, goodput: offered * (1 - p), failed: retries(p, n).failed };
}

/** As above for an unbounded M/M/1 that goes on with work whose caller has timed out: the low, stable point if there is one. */
export function timeoutWithRetries(lambda: number, mu: number, timeout: number, n: number) {
  let offered = lambda;
  for (let i = 0; i < 100_000; i++) {
    const p = offered < mu ? Math.exp(-(mu - offered) * timeout) : 1;
    offered = lambda * (p === 1 ? n + 1 : retries(p, n).attempts);
  }
  return { offered, p: offered < mu ? Math.exp(-(mu - offered) * timeout) : 1 };
}

/** Mean of the largest of n exponentials of mean 1, and its quantiles. */
export function largestOf(n: number) {
  let harmonic = 0;
  for (let k = 1; k <= n; k++) harmonic += 1 / k;
  return { mean: harmonic, quantile: (p: number) => -Math.log(1 - p ** (1 / n)) };
}

/** Mean response of n parallel M/M/1 with common arrivals, when all must end: exact for 2, Nelson and Tantawi's approximation above. */
export function forkJoin(n: number, lambda: number, mu: number): number {
  const rho = lambda / mu;
  const two = (12 - rho) / 8 / (mu - lambda);
  const ratio = largestOf(n).mean / largestOf(2).mean;
  return (ratio + (4 / 11) * (1 - ratio) * rho) * two;
}

/** Erlang A: M/M/c whose waiting jobs leave after an exponential time of rate theta. */
export function erlangA(lambda: number, mu: number, c: number, theta: number) {
  const p = birthDeath(
    () => lambda,
    (n) => Math.min(n, c) * mu + Math.max(0, n - c) * theta,
    2000,
  );
  const Lq = p.reduce((sum, each, n) => sum + each * Math.max(0, n - c), 0);
  const wait = p.reduce((sum, each, n) => (n >= c ? sum + each : sum), 0);
  return { wait, abandoned: (theta * Lq) / lambda, Lq };
}

/** M/M/1 whose jobs leave after waiting for `patience`. */
export function mm1Patience(lambda: number, mu: number, patience: number) {
  const within = lambda === mu ? patience : (1 - Math.exp(-(mu - lambda) * patience)) / (mu - lambda);
  const beyond = Math.exp(-(mu - lambda) * patience) / mu;
  const P0 = 1 / (1 + lambda * (within + beyond));
  return { P0, abandoned: lambda * P0 * beyond };
}

/** Stationary distribution of a birth-death process on 0..last. */
function birthDeath(birth: (n: number) => number, death: (n: number) => number, last: number): number[] {
  const logs = [0];
  for (let n = 1; n <= last; n++) logs.push(logs[n - 1] + Math.log(birth(n - 1)) - Math.log(death(n)));
  const largest = Math.max(...logs);
  const weights = logs.map((each) => Math.exp(each - largest));
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((each) => each / sum);
}

function mean(p: readonly number[]): number {
  return p.reduce((sum, each, n) => sum + each * n, 0);
}

function poisson(load: number, n: number): number {
  if (load === 0) return n === 0 ? 1 : 0;
  let logFactorial = 0;
  for (let k = 2; k <= n; k++) logFactorial += Math.log(k);
  return Math.exp(n * Math.log(load) - load - logFactorial);
}

/** The t >= 0 with cdf(t) = p. */
export function quantile(cdf: (t: number) => number, p: number): number {
  let high = 1e-9;
  while (cdf(high) < p) high *= 2;
  return root((t) => cdf(t) - p, 0, high);
}

/** A zero of f between low and high by bisection, where f changes its sign. */
function root(f: (x: number) => number, low: number, high: number): number {
  const rises = f(high) > 0;
  for (let i = 0; i < 200; i++) {
    const middle = (low + high) / 2;
    if (f(middle) > 0 === rises) high = middle;
    else low = middle;
  }
  return (low + high) / 2;
}
