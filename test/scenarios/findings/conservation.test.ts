// Nothing is lost: bad answers by origin add up to the bad answers, and the parts of the time to the latency, in random meshes with and without causes.
import { expect, test } from 'vitest';
import { simulate as replicateOnce } from '../../../models/mesh/run/simulation.js';
import { MS, S } from '../../support/plans.js';
import { PLANTERS, planted } from '../../support/planted.js';
import { loadRandomMesh, randomMesh, runRandomMesh } from '../../support/random-mesh.js';

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

test.each(Object.keys(PLANTERS))('errors by origin are the errors of every flow: %s', async (cause) => {
  const { mesh } = planted(cause, 'conserved');
  const { plan, scenario } = loadRandomMesh(mesh);
  const result = replicateOnce(plan, {
    seed: scenario.run.seed,
    replication: 0,
    warmupNs: S,
    durationNs: 3 * S,
    intervalNs: S,
    maxEvents: 1e9,
  });
  for (const flow of [...result.rows, ...result.traffic]) {
    const calls = 'completed' in flow ? flow.completed : flow.calls;
    const countOf = (isGood: boolean): number =>
      sum(flow.outcomes.filter(({ good }) => good === isGood).map(({ count }) => count));
    expect(countOf(true)).toBe(flow.good);
    expect(flow.good + countOf(false)).toBe(calls);
    expect(sum(flow.causes.filter(({ good }) => !good).map(({ count }) => count))).toBe(calls - flow.good);
    expect(flow.latency.count).toBe(calls);
  }
  // Of the requests that were sent, none is unaccounted for: `offered` are those of the window, so that what was under way at its beginning adds to what ended.
  const [traffic] = result.traffic;
  const waiting = sum(traffic.waiting.map(({ count }) => count));
  expect(traffic.completed + waiting).toBeGreaterThanOrEqual(traffic.offered);
});

test.each(Object.keys(PLANTERS))('the summary says the same: %s', async (cause) => {
  const { mesh } = planted(cause, 'conserved');
  const { traffic, findings } = await runRandomMesh(mesh);
  for (const flow of traffic.flatMap((source) => [source, ...source.requests])) {
    const ended = sum(flow.outcomes.map(({ count }) => count));
    const bad = sum(flow.outcomes.filter(({ isError }) => isError).map(({ count }) => count));
    const good = ended - bad;
    const shareOf = (count: number): number | null => (ended === 0 ? null : count / ended);
    expect(flow.latency.samples).toBe(ended);
    expect(sum(flow.origins.filter(({ isExpected }) => !isExpected).map(({ count }) => count))).toBe(bad);
    expect(sum(flow.refusals.map(({ count }) => count))).toBeLessThanOrEqual(ended);
    if (ended > 0) {
      expect(flow.errorShare.value ?? shareOf(bad)).toBeCloseTo(bad / ended, 9);
      expect(flow.goodShare.value ?? shareOf(good)).toBeCloseTo(good / ended, 9);
    }
  }
  // Each bad answer is put to one account.
  const bad = sum(
    traffic.flatMap(({ outcomes }) => outcomes.filter(({ isError }) => isError).map(({ count }) => count)),
  );
  const ended = sum(traffic.flatMap(({ outcomes }) => outcomes.map(({ count }) => count)));
  if (ended > 0) expect(sum(findings.map(({ errorShare }) => errorShare))).toBeCloseTo(bad / ended, 9);
});

const RTT_NS = 2 * MS;
const PROXY = { requestCpu: '60us', responseCpu: '40us', afterResponseCpu: '100us', latency: '50us' };
/** CPU of a proxy before a request and before its response, and its latency in both directions. */
const PASSED_NS = 60_000 + 40_000 + 2 * 50_000;

/** Time of all requests at every station, and on the known way between them. */
function accountedNs(result: ReturnType<typeof replicateOnce>): number {
  const { completed } = result.traffic[0];
  const tries = sum(result.rows.map(({ attempts }) => attempts));
  // Every try passes two proxies but the clients', who have none.
  const wayNs = tries * (RTT_NS + 2 * PASSED_NS) - completed * PASSED_NS;
  const stationsNs = result.workloads.map(
    ({ appCpuNs, cpuWaitNs, pauseNs, queued, proxyWaitNs, inboundWaitNs }) =>
      appCpuNs + cpuWaitNs + pauseNs + queued * result.measuredNs + proxyWaitNs + inboundWaitNs,
  );
  const poolsNs = result.clusters.map(({ pendingWaitNs, backoffNs }) => pendingWaitNs + backoffNs);
  return wayNs + sum(stationsNs) + sum(poolsNs);
}

/**
 * In calls one after the other every moment of a request is in one place. The window cuts requests at both ends: stations count what they did in it, the
 * latency is that of requests that ended in it. A few of some thousand: less than 1 %.
 */
const TOLERANCE = 0.01;

test.each(Array.from({ length: 6 }, (_, i) => i))('the parts of the time are the latency: mesh %i', (number) => {
  const mesh = randomMesh(`parts ${number}`, { isSequential: true, allSidecars: true, isPlain: true });
  mesh.scenario.sidecar = PROXY;
  mesh.scenario.network = { sameZone: '2ms', external: '2ms' };
  if (number % 2 === 1) {
    // It calls nobody: its workers are held less than all the time.
    const target = mesh.services[mesh.services.length - 1];
    target.behaviour.workers = 1;
    target.behaviour.errors = { 503: '10%' };
  }
  const { plan, scenario } = loadRandomMesh(mesh);
  const { seed } = scenario.run;
  const window = { warmupNs: 5 * S, durationNs: 40 * S, intervalNs: 40 * S };
  const result = replicateOnce(plan, { seed, replication: 0, ...window, maxEvents: 1e9 });
  const [{ completed, latency }] = result.traffic;
  const ratio = accountedNs(result) / latency.sum;
  expect(completed).toBeGreaterThan(200);
  expect(Math.abs(ratio - 1)).toBeLessThan(TOLERANCE);
});
