// Incident 17: pods end before their callers have heard of it. Seeds are those of the test; counts have bounds of five standard errors of a Poisson count
// (error probability below 1e-6 each).
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Change, parseChange } from '../../models/config/change.js';
import type { ReplicationResult } from '../../models/mesh/recording/result.js';
import { simulate } from '../../models/mesh/run/simulation.js';
import { World } from '../../models/mesh/run/world.js';
import { type LoadScenarioOptions, loadScenario } from '../../scenarios/loading/load-scenario.js';

const ROOT = join(import.meta.dirname, '../../examples/incidents/17-503s-at-a-rollout');
const S = 1_000_000_000;
const WARMUP_NS = S;
const INTERVAL_NS = S / 100;
/** The sidecar of a pod tries again to reach an application that is gone, for up to 75 ms, before it answers 503. */
const LATER_INTERVALS = 8;
/** The last pod that a hook keeps has ended by then. */
const SECONDS = 25;
const PODS = 10;
const RATE_PER_SECOND = 1000;
const SEEDS = ['a', 'b', 'c'];

function options(seed: string) {
  return {
    seed,
    replication: 0,
    warmupNs: WARMUP_NS,
    durationNs: SECONDS * S,
    intervalNs: INTERVAL_NS,
    maxEvents: 1e7,
  };
}

function change(text: string): Change {
  const parsed = parseChange(text);
  if (typeof parsed === 'string') throw new Error(parsed);
  return parsed;
}

/** Nothing happens before the roll-out. */
const SOONER = change('scenario:spec.timeline[0].at=5s');
const DEFAULT_RETRIES = change('VirtualService/orders:spec.http[0].retries={attempts: 2}');
const NO_SIDECAR = change('Deployment/orders:spec.template.metadata.labels["sidecar.istio.io/inject"]="false"');

function run(folder: string, seed: string, given: LoadScenarioOptions = {}): ReplicationResult {
  const changes = [SOONER, ...(given.changes ?? [])];
  const { plan } = loadScenario([join(ROOT, folder, 'scenario.yaml')], { ...given, changes });
  return simulate(plan!, options(seed));
}

/** By interval: requests that failed. All pods have been replaced. */
function failures(folder: string, seed: string, given: LoadScenarioOptions = {}): readonly number[] {
  const { series, happenings } = run(folder, seed, given);
  expect(happenings!.filter(({ kind }) => kind === 'pod ended')).toHaveLength(PODS);
  return series.traffic[0]!.errors;
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}

/** Requests that failed, of all seeds. */
function lost(folder: string, given: LoadScenarioOptions = {}): number {
  return sum(SEEDS.map((seed) => sum(failures(folder, seed, given))));
}

interface Lag {
  /** Requests that callers send to pods that go, if all pods that they know are alike to them. */
  readonly expected: number;
  /** Intervals in which a caller knows a pod that goes. */
  readonly late: ReadonlySet<number>;
}

/** What each proxy knows, after each event: the lag is taken from the run, not from a formula. */
function lagOf(seed: string): Lag {
  const { plan } = loadScenario([join(ROOT, 'scenario.yaml')], { changes: [SOONER] });
  const world = new World(plan!, options(seed));
  const { calendar, clusters } = world;
  const late = new Set<number>();
  let expected = 0;
  let share = 0;
  let sinceNs = 0;
  while (calendar.advance(WARMUP_NS + SECONDS * S)) {
    expected += (share * RATE_PER_SECOND * (calendar.nowNs - sinceNs)) / S;
    sinceNs = calendar.nowNs;
    world.handle(calendar.kind, calendar.ref);
    world.settle();
    const known = clusters.states.filter(({ endpoints }) => endpoints.length > 0);
    const shares = known.map(({ endpoints }) => endpoints.filter(({ pod }) => pod.isLeaving).length / endpoints.length);
    share = sum(shares) / Math.max(1, known.length);
    if (share > 0) late.add(Math.floor((calendar.nowNs - WARMUP_NS) / INTERVAL_NS));
  }
  return { expected, late };
}

describe('17: 503s at a roll-out', () => {
  let lags: readonly Lag[];
  beforeAll(() => {
    lags = SEEDS.map(lagOf);
  });

  test('callers know a pod for some tenths of a second after its end has begun', () => {
    for (const { expected } of lags) {
      const lagSeconds = expected / PODS / (RATE_PER_SECOND / PODS);
      expect(lagSeconds).toBeGreaterThan(0.1);
      expect(lagSeconds).toBeLessThan(0.6);
    }
  });

  test.each<[string, LoadScenarioOptions]>([
    ['pods without a sidecar refuse connections', { changes: [NO_SIDECAR] }],
    ['sidecars answer for applications that are gone, and try once (Istio 1.23)', { istioVersion: '1.23' }],
  ])('%s: a pod loses its share of the requests, times the lag', (_, given) => {
    lags.forEach(({ expected }, i) => {
      const failed = sum(failures('.', SEEDS[i]!, given));
      expect(Math.abs(failed - expected)).toBeLessThan(5 * Math.sqrt(expected));
    });
  });

  test('sidecars that try again (since 1.24) hold requests, and least request turns to the others: somewhat less is lost', () => {
    lags.forEach(({ expected, late }, i) => {
      const errors = failures('.', SEEDS[i]!);
      expect(sum(errors)).toBeGreaterThan(expected / 2);
      expect(sum(errors)).toBeLessThan(expected + 5 * Math.sqrt(expected));
      for (const interval of errors.keys()) {
        if (errors[interval] === 0) continue;
        expect([...Array(LATER_INTERVALS + 1).keys()].some((back) => late.has(interval - back))).toBe(true);
      }
    });
  });

  test('a preStop hook that outlasts the lag: nothing is lost', () => {
    expect(lost('prestop')).toBe(0);
  });

  test('retries of 503: next to nothing is lost; what is left found only pods that go, or was cut with its sidecar', () => {
    expect(lost('retries')).toBeLessThan(lost('.') / 10);
  });

  test('the default retries help where a connection fails, or 503 is among them (before 1.24), and not against the 503 of a sidecar', () => {
    const without = lost('.');
    const changes = [DEFAULT_RETRIES];
    expect(lost('.', { changes: [NO_SIDECAR, DEFAULT_RETRIES] })).toBeLessThan(without / 10);
    expect(lost('.', { changes, istioVersion: '1.23' })).toBeLessThan(without / 10);
    expect(lost('.', { changes })).toBeGreaterThan(without / 2);
  });
});
