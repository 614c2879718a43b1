// Comparisons from end to end on this thread: exact zero, a real change, how a run ends.
import { describe, expect, it } from 'vitest';
import { compareArms } from '../../../scenarios/compare/compare-arms.js';
import type { LoadedArm } from '../../../scenarios/compare/load-arms.js';
import { checkPrimary, runDiff } from '../../../scenarios/compare/run-diff.js';
import { expWork, MS, RETRY, S } from '../../support/plans.js';
import { armRun, loadedArm, PRIMARY, queueWorld, replications, SETTINGS } from './worlds.js';

describe('the same plan and the same seed', () => {
  it('differs by exactly zero everywhere and is the same everywhere, however little was seen', () => {
    const plan = queueWorld(5, {
      errors: [{ status: 503, probability: 0.01 }],
      route: { retry: { ...RETRY, statuses: [503] } },
    });
    const run = (): ReturnType<typeof armRun> => armRun(plan, replications(plan, 'same', 3, 2 * S));
    const { metrics, gate, isSamePlan, entities } = compareArms(run(), run(), PRIMARY, SETTINGS);
    expect(isSamePlan).toBe(true);
    expect(entities).toEqual([]);
    expect(metrics.length).toBeGreaterThan(20);
    for (const { difference, verdict } of metrics) {
      expect(verdict).toBe('same');
      if (difference !== null) expect(difference).toEqual({ value: 0, low: 0, high: 0 });
    }
    expect(gate.verdict).toBe('pass');
  });
});

describe('runDiff', () => {
  const arms = (mean: number, duration = 20 * S): LoadedArm[] => [
    loadedArm('base', queueWorld(5), 'trial', duration),
    loadedArm('candidate', queueWorld(mean), 'trial', duration),
  ];

  it('finds a slowdown, most important first, in plain JSON', async () => {
    const { result, exitCode, runs } = await runDiff(arms(6), { workers: 0 });
    expect(exitCode).toBe(1);
    expect(JSON.parse(JSON.stringify(result))).toEqual(result);
    expect(runs).toHaveLength(2);
    const [{ metrics, gate, counts }] = result!.comparisons;
    expect(gate.verdict).toBe('fail');
    expect(metrics[0]).toMatchObject({ verdict: 'worse', isPrimary: true });
    // M/M/1: 1 / (μ − λ) goes from 10 ms to 15 ms.
    const mean = metrics.find(({ isPrimary, metric }) => isPrimary && metric === 'mean')!;
    expect(mean.base).toBeGreaterThan(8);
    expect(mean.base).toBeLessThan(12);
    expect(mean.relative!.value).toBeGreaterThan(0.3);
    const order = metrics.map(({ verdict }) => verdict);
    const ranks = ['worse', 'better', 'changed', 'inconclusive', 'same'];
    expect(order).toEqual(order.toSorted((a, b) => ranks.indexOf(a) - ranks.indexOf(b)));
    expect(Object.values(counts).reduce((sum, count) => sum + count, 0)).toBe(metrics.length);
  });

  it('finds that faster is better, and passes', async () => {
    const { result, exitCode } = await runDiff(arms(4), { workers: 0 });
    expect([exitCode, result!.comparisons[0].metrics[0].verdict]).toEqual([0, 'better']);
  });

  it('says that too little was run', async () => {
    const { result, exitCode } = await runDiff(arms(5.02, 1 * S), { workers: 0, replicationsMax: 5 });
    expect([exitCode, result!.verdict]).toEqual([4, 'inconclusive']);
  });

  it('stops at the end of a batch, or runs as many as are asked for', async () => {
    const { result } = await runDiff(arms(8), { workers: 0 });
    expect([result!.stop, result!.replications % 5]).toEqual(['precision', 0]);
    const asked = await runDiff(arms(8), { workers: 0, replications: 7 });
    expect([asked.result!.stop, asked.result!.replications]).toEqual(['replications', 7]);
  });

  it('simulates nothing where all worlds compile to the same plan', async () => {
    const { result, exitCode, runs } = await runDiff(arms(5), { workers: 0, replications: 7 });
    expect([exitCode, result!.stop, result!.replications, result!.verdict]).toEqual([0, 'same-plan', 0, 'pass']);
    expect(runs).toEqual([]);
  });

  it('keeps whole pairs when it is interrupted, and nothing when there are none', async () => {
    const interruption = new AbortController();
    const { result, exitCode } = await runDiff(arms(5.2), {
      workers: 0,
      signal: interruption.signal,
      onProgress: ({ done }) => void (done === 5 && interruption.abort()),
    });
    expect([exitCode, result!.stop, result!.replications, result!.verdict]).toEqual([
      130,
      'interrupted',
      2,
      'inconclusive',
    ]);
    expect(result!.warnings.map(({ code }) => code)).toEqual(['interrupted']);
    interruption.abort();
    const none = await runDiff(arms(5.2), { workers: 0, signal: interruption.signal });
    expect([none.result, none.exitCode]).toEqual([null, 130]);
  });

  it('says when the budget ended it, and with how many pairs', async () => {
    const { result, stop, exitCode } = await runDiff(arms(5.2, 600 * S), { workers: 0, budgetMs: 1 });
    expect([result, stop, exitCode]).toEqual([null, 'budget', 4]);
  });

  it('compares each candidate with the base, under one warm-up', async () => {
    const three = [...arms(6), loadedArm('other', queueWorld(4), 'trial', 20 * S)];
    const { result, exitCode } = await runDiff(three, { workers: 0 });
    expect(result!.comparisons.map(({ gate }) => gate.verdict)).toEqual(['fail', 'pass']);
    expect(exitCode).toBe(1);
  });

  it('lists what only one world has, and does not pass a gate on it', async () => {
    const renamed = queueWorld(5);
    const candidate = {
      ...renamed,
      traffic: renamed.traffic.map((traffic) => ({ ...traffic, name: 'other load' })),
    };
    const { result } = await runDiff([loadedArm('a', queueWorld(5)), loadedArm('b', candidate)], { workers: 0 });
    const [{ entities, gate }] = result!.comparisons;
    expect(entities.map(({ change, subject }) => `${change} ${subject.kind}`)).toEqual([
      'removed request',
      'added request',
    ]);
    expect([gate.missing.length, gate.verdict]).toEqual([3, 'inconclusive']);
  });

  it('counts a threshold that held and no longer holds as a regression', async () => {
    const threshold = {
      text: 'p(50) < 8ms',
      position: null,
      subjectText: '',
      subject: { kind: 'all' as const },
      metricText: 'p(50)',
      metric: { kind: 'quantile' as const, probability: 0.5 },
      comparison: '<' as const,
      limit: 8 * MS,
    };
    const worlds = arms(6).map((arm) => ({ ...arm, scenario: { ...arm.scenario, thresholds: [threshold] } }));
    const { result, exitCode } = await runDiff(worlds, { workers: 0 });
    expect(result!.settings.primaryFrom).toBe('thresholds');
    expect(result!.comparisons[0].gate.brokenThresholds.map(({ text }) => text)).toEqual(['p(50) < 8ms']);
    expect(exitCode).toBe(1);
  });
});

describe('--primary', () => {
  const base = loadedArm('base', queueWorld(5, { program: [expWork(5 * MS)] }));

  it.each(['get p(99)', 'p99.9', 'errors', 'load 0.get mean', 'service:web goodput', 'edge:client->web retries'])(
    'takes %s',
    (text) => {
      expect(checkPrimary(base, [text])).toBeNull();
    },
  );

  it.each([
    ['get p(99', 'cannot read'],
    ['get speed', 'cannot read'],
    ['gte mean', 'there is no'],
    ['get retries', 'retries belong'],
    ['service:web offered', 'offered'],
  ])('refuses %s', (text, message) => {
    expect(checkPrimary(base, [text])?.error).toContain(message);
  });
});
