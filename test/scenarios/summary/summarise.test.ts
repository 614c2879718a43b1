// From hand-made replications to the result: pooled values, intervals, reasons, warnings, verdicts.
import { describe, expect, it } from 'vitest';
import type { ReplicationResult } from '../../../models/mesh/recording/result.js';
import { resultsJsonSchema, scenarioJsonSchema } from '../../../scenarios/json-schemas.js';
import type { Scenario } from '../../../scenarios/reading/scenario.js';
import { subjectNames } from '../../../scenarios/reading/subjects.js';
import { parseThreshold } from '../../../scenarios/reading/thresholds.js';
import { readRunResult } from '../../../scenarios/result/read-result-file.js';
import type { WarmupChoice } from '../../../scenarios/running/warmup.js';
import { summarise } from '../../../scenarios/summary/summarise.js';
import { smallPlan } from '../../support/plans.js';
import { type FakeReplication, fakeReplication } from '../results.js';

const PLAN = smallPlan({ arrivals: [{ kind: 'open', process: 'poisson', profile: [{ atNs: 0, ratePerSecond: 10 }] }] });
const SETTLED: WarmupChoice = { kind: 'auto', warmupNs: 1e9, reliable: true, reason: '' };

function scenario(replications: number, thresholds: readonly string[] = []): Scenario {
  return {
    name: 'trial',
    file: 'scenario.yaml',
    istioVersion: '1.31',
    run: { seed: 's', durationNs: 10e9, warmupNs: null, replications, maxEvents: 1e6, intervalNs: 1e9 },
    slos: [
      {
        name: 'fast',
        subjectText: '',
        subject: { kind: 'all' },
        position: null,
        latencyNs: 50.5e6,
        objectiveShare: 0.2,
      },
      { name: 'up', subjectText: '', subject: { kind: 'all' }, position: null, latencyNs: null, objectiveShare: 0.9 },
    ],
    thresholds: thresholds.map((text) => {
      const reading = parseThreshold(text, subjectNames(PLAN));
      if ('error' in reading) throw new Error(reading.error);
      return { ...reading.threshold, position: null };
    }),
  };
}

function result(
  fakes: readonly FakeReplication[],
  thresholds: readonly string[] = [],
  warmup = SETTLED,
  requested = fakes.length,
) {
  const results: ReplicationResult[] = fakes.map((fake, replication) => fakeReplication({ replication, ...fake }));
  return summarise({
    plan: PLAN,
    scenario: scenario(requested, thresholds),
    results,
    warmup,
    diagnostics: [],
    fidelity: [],
  });
}

/** 1, 2, … 100 ms, and so on. */
function ramp(offsetMs = 0, n = 100): number[] {
  return Array.from({ length: n }, (_, i) => i + 1 + offsetMs);
}

describe('summarise', () => {
  it('pools the value and takes the interval from replications', () => {
    const { totals, traffic, edges, services } = result([
      { latenciesMs: ramp() },
      { latenciesMs: ramp(10) },
      { latenciesMs: ramp(20) },
    ]);
    // Means 50.5, 60.5, 70.5: s = 10, t(0.975, 2) = 4.302653, half-width 24.8414.
    expect(totals.latency.meanMs.value).toBeCloseTo(60.5, 6);
    expect(totals.latency.meanMs.low).toBeCloseTo(60.5 - 24.8414, 3);
    expect(totals.latency.meanMs.high).toBeCloseTo(60.5 + 24.8414, 3);
    expect(totals.latency.samples).toBe(300);
    expect(totals.servedPerSecond).toEqual({ value: 10, low: 10, high: 10, reason: null });
    expect(traffic[0].requests[0].latency).toEqual(totals.latency);
    expect(edges).toMatchObject([
      { from: 'client', to: 'web', rows: [{ request: 'GET /', workload: 'web-v1.default', version: 'v1' }] },
    ]);
    expect(services.map(({ name, pods }) => [name, pods])).toEqual([
      ['client', 1],
      ['web', 1],
    ]);
    expect(services[1].calls?.latency.samples).toBe(300);
    expect(services[0].calls).toBeNull();
    expect(services[1].appCpuCores.value).toBeCloseTo(0.5, 12);
  });

  it('never gives a bare quantile', () => {
    const { latency } = result([{ latenciesMs: ramp(0, 60) }, { latenciesMs: ramp(0, 60) }]).totals;
    expect(latency.p90Ms.reason).toBeNull();
    expect(latency.p99Ms).toEqual({ value: null, low: null, high: null, reason: 'too few samples' });
    expect(result([{ latenciesMs: [] }, { latenciesMs: [] }]).totals.latency.p50Ms.reason).toBe('no calls');
  });

  it('shows outcomes, errors and retries', () => {
    const { totals, edges } = result([
      { latenciesMs: ramp(), failed: 10, retries: 20 },
      { latenciesMs: ramp(), failed: 30 },
    ]);
    expect(totals.outcomes.map(({ label, count, isError }) => [label, count, isError])).toEqual([
      ['200', 160, false],
      ['503 UO', 40, true],
    ]);
    expect(totals.errorShare.value).toBeCloseTo(0.2, 12);
    expect(totals.goodputPerSecond.value).toBeCloseTo(8, 12);
    expect(edges[0].retriesPerCall.value).toBeCloseTo(0.1, 12);
    expect(edges[0].attemptsPerCall.value).toBeCloseTo(1.1, 12);
  });

  it('does not take no error in 200 calls for never', () => {
    const { errorShare } = result([{ latenciesMs: ramp() }, { latenciesMs: ramp() }]).totals;
    expect(errorShare.value).toBe(0);
    // Wilson for 0 of 200: z² / (n + z²) = 3.8415 / 203.8415.
    expect(errorShare.high).toBeCloseTo(0.018846, 5);
  });

  it('cuts the only replication into batches where there is a series', () => {
    const only = result([{ latenciesMs: ramp(0, 400), intervals: 40 }]);
    expect(only.totals.latency.meanMs.reason).toBeNull();
    expect(only.edges[0].latency.meanMs).toMatchObject({ value: 200.5, low: null, reason: 'one replication' });
    expect(only.warnings.map(({ code }) => code)).toEqual(['one-replication', 'too-few-samples']);
    expect(result([{ latenciesMs: ramp() }]).totals.latency.meanMs.reason).toBe('one replication');
  });

  it('judges thresholds and SLOs', () => {
    const thresholds = [
      'mean < 500ms',
      'p(50) < 2ms',
      'errors < 1%',
      'service:web mean > 1ms',
      'edge:client->web served >= 10',
      'retries < 1%',
    ];
    const judged = result([{ latenciesMs: ramp() }, { latenciesMs: ramp() }], thresholds);
    expect(judged.thresholds.map(({ verdict }) => verdict)).toEqual([
      'pass',
      'fail',
      'inconclusive',
      'pass',
      'pass',
      'pass',
    ]);
    expect(judged.thresholds[0]).toMatchObject({ unit: 'ms', limit: 500, metric: 'mean', subject: '' });
    expect(judged.verdict).toBe('fail');
    expect(judged.slos.map(({ kind, verdict, latencyMs }) => [kind, verdict, latencyMs])).toEqual([
      ['latency', 'pass', 50.5],
      ['availability', 'pass', null],
    ]);
    expect(judged.slos[0].goodShare.value).toBeCloseTo(0.5, 2);
    expect(judged.slos[0].budgetUsedShare).toBeCloseTo(0.5 / 0.8, 2);
  });

  it('warns of what should not be trusted', () => {
    const codes = (fakes: readonly FakeReplication[], warmup = SETTLED, requested = fakes.length) => {
      const { warnings, verdict } = result(fakes, [], warmup, requested);
      return [...warnings.map(({ code }) => code), verdict];
    };
    const good = { latenciesMs: ramp(0, 1000) };
    expect(codes([good, good])).toEqual(['pass']);
    expect(codes([good, good], SETTLED, 5)).toEqual(['interrupted', 'inconclusive']);
    expect(codes([good, { ...good, stopped: 'max-events' }])).toEqual(['stopped-early', 'inconclusive']);
    expect(codes([good, { ...good, unanswered: 200 }])).toEqual(['overload', 'pass']);
    expect(codes([good, good], { ...SETTLED, reliable: false, reason: 'never settles' })).toEqual([
      'short-warm-up',
      'pass',
    ]);
  });

  it('adds counters, keeps peaks, averages series', () => {
    const { clusters, series } = result([{ latenciesMs: ramp() }, { latenciesMs: ramp(0, 50) }]);
    expect(clusters[0].counters.upstreamRqTotal).toBe(20);
    expect(clusters[0].peaks.peakConnections).toBe(2);
    expect(series.intervals).toBe(10);
    expect(series.traffic[0].servedPerSecond[0]).toBe(7.5);
    expect(series.workloads.map(({ cpuUtilisationShare }) => cpuUtilisationShare[0])).toEqual([0, 1]);
    expect(series.workloads[1].proxyUtilisationShare[0]).toBe(0.25);
    expect(series.traffic[0].meanMs[0]).toBeCloseTo((10 * 46 + 5 * 21) / 15, 6);
  });

  it('survives a run that ended before anything was measured', () => {
    const { totals } = result([{ latenciesMs: [], measuredNs: 0, stopped: 'max-events' }]);
    expect(totals.servedPerSecond.reason).toBe('no data');
  });

  it('is what its own schema says, also after JSON', () => {
    const full = result([{ latenciesMs: ramp(0, 50), failed: 3 }, { latenciesMs: ramp() }], ['errors < 1%']);
    expect(readRunResult(JSON.parse(JSON.stringify(full)))).toEqual(full);
    expect(() => readRunResult({ ...full, host: 'laptop' })).toThrow();
  });
});

describe('JSON Schemas', () => {
  it('describe every field of a scenario', () => {
    const undescribed: string[] = [];
    const walk = (schema: Record<string, unknown>, path: string): void => {
      const properties = (schema.properties ?? {}) as Record<string, Record<string, unknown>>;
      for (const [name, child] of Object.entries(properties)) {
        const isPlain = child.description === undefined && child.const === undefined && child.$ref === undefined;
        if (isPlain && !['', '.metadata', '.spec'].includes(path)) undescribed.push(`${path}.${name}`);
        walk(child, `${path}.${name}`);
      }
      for (const key of ['items', 'additionalProperties']) {
        const child = schema[key];
        if (typeof child === 'object' && child !== null) walk(child as Record<string, unknown>, `${path}[]`);
      }
    };
    walk(scenarioJsonSchema(), '');
    expect(undescribed).toEqual([]);
  });

  it('are versioned', () => {
    expect(JSON.stringify(resultsJsonSchema())).toContain('"const":"seatrial.results/2"');
    expect(JSON.stringify(scenarioJsonSchema())).toContain('"const":"seatrial.dev/v1alpha1"');
  });
});
