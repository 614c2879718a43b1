// Public incidents, reproduced from YAML: each directory of examples/incidents behaves as its page says. Seeds are the scenarios' own; the bounds
// are those of the sources, or at least five standard errors wide.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { simulate as simulateOnce } from '../../models/mesh/run/simulation.js';
import { type EdgeSummary, loadMesh, type RequestSummary, type RunResult, simulate } from '../../scenarios/library.js';

const ROOT = join(import.meta.dirname, '../../examples/incidents');

async function run(directory: string): Promise<RunResult> {
  return await simulate(loadMesh(join(ROOT, directory)), { workers: 0 });
}

function request(result: RunResult, name: string): RequestSummary {
  return result.traffic.flatMap(({ requests }) => requests).find((own) => own.name === name)!;
}

function edge(result: RunResult, from: string, to: string): EdgeSummary {
  return result.edges.find((own) => own.from === from && own.to === to)!;
}

function labels(flow: { readonly outcomes: readonly { readonly label: string; readonly count: number }[] }): string[] {
  return flow.outcomes.filter(({ count }) => count > 0).map(({ label }) => label);
}

function counter(result: RunResult, name: string): number {
  return result.clusters.reduce((sum, { counters }) => sum + (counters[name] ?? 0), 0);
}

test('each has a page, and the list names it', () => {
  const list = readFileSync(join(ROOT, 'README.md'), 'utf8');
  const directories = readdirSync(ROOT, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  for (const { name } of directories) {
    expect(readFileSync(join(ROOT, name, 'README.md'), 'utf8')).toContain('**What to see**');
    expect(list).toContain(`](${name})`);
  }
});

describe('1: the hidden time-out', () => {
  test('a delay of 7 s fails the page of jason after 6 s, with two calls of the reviews; nobody else notices', async () => {
    const result = await run('01-hidden-timeout');
    const jason = request(result, 'jason');
    expect(jason.latency.p50Ms.value).toBeGreaterThan(5900);
    expect(jason.latency.maxMs).toBeLessThan(6500);
    expect(request(result, 'others').latency.maxMs).toBeLessThan(100);
    const reviews = edge(result, 'productpage', 'reviews').rows.filter(
      ({ workload }) => workload === 'reviews-v2.default',
    );
    const calls = reviews.reduce((sum, { latency }) => sum + latency.samples, 0);
    expect(reviews.every((row) => row.errorShare.value === 1)).toBe(true);
    expect(calls / jason.latency.samples).toBeGreaterThan(1.9);
    expect(calls / jason.latency.samples).toBeLessThan(2.1);
  });

  test('control: a delay of 2 s is borne', async () => {
    const result = await run('01-hidden-timeout/control');
    expect(result.totals.errorShare.value).toBe(0);
    expect(edge(result, 'productpage', 'reviews').errorShare.value).toBe(0);
    expect(request(result, 'jason').latency.p50Ms.value).toBeGreaterThan(1990);
    expect(request(result, 'jason').latency.maxMs).toBeLessThan(2100);
  });
});

describe('2: a fault before the retries', () => {
  test('half fail, one attempt for each that passes, 2 s that the time-out of 1.5 s does not count', async () => {
    const { totals, edges } = await run('02-fault-before-retries');
    expect(totals.errorShare.value).toBeGreaterThan(0.47);
    expect(totals.errorShare.value).toBeLessThan(0.53);
    expect(labels(edges[0])).toEqual(['200 DI', '502 DI,FI']);
    expect(edges[0].attemptsPerCall.value).toBeCloseTo(1 - edges[0].errorShare.value!, 3);
    expect(totals.latency.p50Ms.value).toBeGreaterThan(1980);
    expect(totals.latency.maxMs).toBeLessThan(2100);
  });

  test('where the service fails as well, those that pass are retried', async () => {
    const { totals, edges } = await run('02-fault-before-retries/both-fail');
    expect(totals.errorShare.value).toBeGreaterThan(0.47);
    expect(totals.errorShare.value).toBeLessThan(0.53);
    const passed = 1 - edges[0].outcomes.find(({ label }) => label === '502 DI,FI')!.share;
    expect(edges[0].attemptsPerCall.value! / passed).toBeGreaterThan(1.85);
    expect(edges[0].attemptsPerCall.value! / passed).toBeLessThan(2.1);
    expect(totals.latency.maxMs).toBeLessThan(3600);
  });

  test('control: without the fault, retries heal the same failures', async () => {
    const { totals } = await run('02-fault-before-retries/control');
    expect(totals.errorShare.value).toBeLessThan(0.005);
  });
});

describe('4: retries of retries', () => {
  test('the last of three hops gets 27 times the load', async () => {
    const result = await run('04-retry-amplification');
    const attempts = edge(result, 'middle', 'leaf');
    const perReader =
      (attempts.servedPerSecond.value! * attempts.attemptsPerCall.value!) / result.totals.servedPerSecond.value!;
    expect(perReader).toBeGreaterThan(25.5);
    expect(perReader).toBeLessThan(28.5);
  });

  test('a retry budget of 20 % bounds it near 1.2 a hop', async () => {
    const { edges } = await run('04-retry-amplification/budget');
    for (const { attemptsPerCall } of edges.filter(({ from }) => from !== 'readers')) {
      expect(attemptsPerCall.value).toBeGreaterThan(1.15);
      expect(attemptsPerCall.value).toBeLessThan(1.3);
    }
  });
});

describe('6: outlier detection that never ejects', () => {
  let result: RunResult;
  beforeAll(async () => {
    result = await run('06-outlier-that-never-ejects');
  });

  test('errors stay near 10 %', () => {
    expect(result.totals.errorShare.value).toBeGreaterThan(0.09);
    expect(result.totals.errorShare.value).toBeLessThan(0.105);
  });

  test('an ejection once in (1 − p⁵) / (p⁵ (1 − p)) = 586 requests of the bad replica', () => {
    const bad = edge(result, 'web', 'quotes') ?? edge(result, 'readers', 'quotes');
    const requests = bad.rows
      .filter(({ workload }) => workload === 'quotes-bad.default')
      .reduce((sum, { latency }) => sum + latency.samples, 0);
    // Some 45 ejections: within four standard errors of their Poisson count.
    const expected = requests / 586;
    expect(Math.abs(counter(result, 'ejectionsEnforced') - expected)).toBeLessThan(4 * Math.sqrt(expected));
  });

  test('three replicas that always fail: the first ejection after 13 to 15 calls of one caller', async () => {
    const { series } = await run('06-outlier-that-never-ejects/all-fail');
    const first = series.clusters[0].ejections.findIndex((count) => count > 0);
    const seconds = (first + 1) * series.intervalSeconds;
    expect(seconds).toBeGreaterThanOrEqual(12);
    expect(seconds).toBeLessThanOrEqual(15);
  });
});

describe('6: a replica that fails for a minute, and four callers that see enough of it', () => {
  let result: RunResult;
  beforeAll(async () => {
    result = await run('06-outlier-that-never-ejects/comes-back');
  });

  test('each caller loses five requests, and five more when it comes back too early', () => {
    expect(counter(result, 'ejectionsEnforced')).toBe(3 * 4 * 2);
    expect(result.impacts![0]!.lost.value!).toBeCloseTo(40);
  });

  test('the second ejection lasts twice as long: well since second 90, the replica has nothing to do until second 120 at least', () => {
    const { arrivalsPerSecond } = result.series.workloads.find(({ name }) => name === 'quotes-bad.default')!;
    const busy = (from: number, to: number): number =>
      arrivalsPerSecond.slice(from, to).filter((rate) => rate > 0).length;
    expect(result.series.intervalSeconds).toBe(1);
    // Ejected within some seconds, for 30 s, and for 60 s; a sweep every 10 s ends it.
    expect(busy(45, 60)).toBe(0);
    expect(busy(60, 80)).toBeGreaterThan(0);
    expect(busy(90, 120)).toBe(0);
    expect(busy(150, 200)).toBe(50);
  });
});

describe('8: everybody is ejected', () => {
  test('minHealthPercent 0: 503 UH until an ejection ends', async () => {
    const { totals, edges } = await run('08-all-ejected');
    expect(edges[0].outcomes.find(({ label }) => label === '503 UH')!.share).toBeGreaterThan(0.9);
    expect(totals.errorShare.value).toBeGreaterThan(0.95);
  });

  test('minHealthPercent 50: panic spreads the requests, and errors are the true 60 %', async () => {
    const result = await run('08-all-ejected/panic');
    expect(result.totals.errorShare.value).toBeGreaterThan(0.58);
    expect(result.totals.errorShare.value).toBeLessThan(0.62);
    expect(labels(result.edges[0])).toEqual(['200', '500']);
    expect(counter(result, 'lbHealthyPanic')).toBeGreaterThan(10_000);
  });
});

describe('8: everybody is ejected for ten seconds of a failing database', () => {
  test('minHealthPercent 0: the outage goes on until the ejections end', async () => {
    const { impacts } = await run('08-all-ejected/blip');
    const { recovery, lost } = impacts![0]!;
    // Ejected within the ten seconds, for 30 s, and seen to by a sweep every 5 s.
    expect(recovery.seconds!.value!).toBeGreaterThan(19);
    expect(recovery.seconds!.value!).toBeLessThan(36);
    // Ten seconds of 60 % would be 300.
    expect(lost.value!).toBeGreaterThan(1000);
  });

  test('minHealthPercent 50: it ends with its cause', async () => {
    const { impacts } = await run('08-all-ejected/blip-panic');
    expect(impacts![0]!.recovery.seconds!.value!).toBeLessThan(2);
    expect(impacts![0]!.lost.value!).toBeLessThan(400);
  });
});

describe('11: one slow pod', () => {
  const slowShare = ({ edges }: RunResult): number => {
    const samples = (version: string): number =>
      edges[0].rows.filter((row) => row.version === version).reduce((sum, { latency }) => sum + latency.samples, 0);
    return samples('slow') / (samples('slow') + samples('fast'));
  };

  test('round robin: a third take 5 s', async () => {
    const result = await run('11-one-slow-pod');
    expect(slowShare(result)).toBeGreaterThan(0.32);
    expect(slowShare(result)).toBeLessThan(0.345);
    expect(result.totals.latency.p90Ms.value).toBeGreaterThan(4900);
  });

  test('least request: one in nine, for which both candidates are the slow pod', async () => {
    const result = await run('11-one-slow-pod/least-request');
    expect(slowShare(result)).toBeGreaterThan(1 / 9 - 0.012);
    expect(slowShare(result)).toBeLessThan(1 / 9 + 0.012);
  });
});

describe('13: the circuit-breaking task', () => {
  /** Share of fortio's calls that fail, in each of 40 replications: where its connections are dealt to is another thing in each. */
  function refusedShares(directory: string): number[] {
    const { plan } = loadMesh(join(ROOT, directory));
    const options = { seed: 'task', warmupNs: 1e9, durationNs: 30e9, intervalNs: 30e9, maxEvents: 1e6 };
    return [...Array(40).keys()].map((replication) => {
      const result = simulateOnce(plan, { ...options, replication });
      const outcomes = result.traffic.flatMap((one) => one.outcomes).filter(({ status }) => status === 503);
      const refused = outcomes.reduce((sum, { count }) => sum + count, 0);
      expect(result.clusters.reduce((sum, one) => sum + one.upstreamRqPendingOverflow, 0)).toBe(refused);
      const calls = result.traffic.flatMap((one) => one.outcomes).reduce((sum, { count }) => sum + count, 0);
      return refused / calls;
    });
  }

  test('two connections on two threads: two to six of 20 fail, three in the task; on one thread half of them', () => {
    const shares = refusedShares('13-circuit-breaking-task');
    const onTwo = shares.filter((share) => share < 0.4);
    // All 40 on the same side: a probability of 2^-39.
    expect(onTwo.length).toBeGreaterThan(0);
    expect(onTwo.length).toBeLessThan(40);
    for (const share of onTwo) {
      expect(share).toBeGreaterThanOrEqual(0.1);
      expect(share).toBeLessThanOrEqual(0.3);
    }
    expect(onTwo.reduce((sum, share) => sum + share, 0) / onTwo.length).toBeLessThan(0.15);
    for (const share of shares.filter((one) => one >= 0.4)) expect(share).toBeCloseTo(0.5, 1);
  });

  test('three connections: 60 to 70 % fail, 63 % in the task', () => {
    for (const share of refusedShares('13-circuit-breaking-task/three')) {
      expect(share).toBeGreaterThan(0.6);
      expect(share).toBeLessThan(0.7);
    }
  });

  test('all by overflow of pending requests', async () => {
    expect(labels(request(await run('13-circuit-breaking-task'), 'fortio'))).toEqual(['200', '503 UO']);
  });
});

describe('14: max requests refuses, max connections queues', () => {
  const counts = ({ edges }: RunResult): object =>
    Object.fromEntries(edges[0].outcomes.map(({ label, count }) => [label, count]));

  test('six at once over HTTP/2: three answers, three refused', async () => {
    expect(counts(await run('14-max-requests-refuses'))).toEqual({ 200: 3, '503 UO': 3 });
  });

  test('six at once over HTTP/1.1: two waves', async () => {
    const result = await run('14-max-requests-refuses/http1');
    expect(counts(result)).toEqual({ 200: 6 });
    const { boundsMs, counts: inside } = result.totals.latencyDistribution;
    const ended = (seconds: number): number =>
      inside.reduce((sum, count, i) => sum + (boundsMs[i + 1] < 1000 * seconds ? count : 0), 0);
    expect([ended(9), ended(15), ended(30)]).toEqual([0, 3, 6]);
  });
});
