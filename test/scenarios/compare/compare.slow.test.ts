// How often comparisons are wrong, and how often they find what is there. Fixed seeds; each bound says with which probability a sound
// procedure would break it.
import { describe, expect, it } from 'vitest';
import type { ReplicationResult } from '../../../models/mesh/recording/result.js';
import { compareArms, isComparisonPrecise, type MeasuredComparison } from '../../../scenarios/compare/compare-arms.js';
import { runDiff } from '../../../scenarios/compare/run-diff.js';
import type { DiffSettings } from '../../../scenarios/result/diff-result.js';
import { meanInterval } from '../../../sim/statistics/index.js';
import { S } from '../../support/plans.js';
import { armRun, loadedArm, PRIMARY, queueWorld, replications, SETTINGS } from './worlds.js';

/** As `runDiff` goes about it, but the candidate has customers of its own. One comparison for each of the settings, of the same runs. */
function compareStrangers(meanMs: number, run: number, each: readonly DiffSettings[]): MeasuredComparison[] {
  const plan = queueWorld(meanMs);
  const own: ReplicationResult[] = [];
  const others: ReplicationResult[] = [];
  const { batch, replicationsMax } = SETTINGS;
  const simulateUpTo = (pairs: number): void => {
    const first = own.length;
    if (first >= pairs) return;
    own.push(...replications(plan, `one ${run}`, pairs - first, 30 * S, first));
    others.push(...replications(plan, `other ${run}`, pairs - first, 30 * S, first));
  };
  return each.map((settings) => {
    for (let pairs = batch; ; pairs += batch) {
      simulateUpTo(pairs);
      const base = armRun(plan, own.slice(0, pairs));
      const candidate = armRun(plan, others.slice(0, pairs));
      if (pairs >= replicationsMax || isComparisonPrecise(base, candidate, PRIMARY, settings)) {
        return compareArms(base, candidate, PRIMARY, settings);
      }
    }
  });
}

describe('the same world with independent seeds', () => {
  const RUNS = 200;
  const BARE = { ...SETTINGS, marginLatencyShare: 1e-9, marginErrorShare: 1e-9 };

  // Binomial(200, 5 %) exceeds 20 with probability 8e-4. Each side of the gate is held to 2.5 %: Binomial(200, 2.5 %) exceeds 13 with probability 6e-4.
  it('raises a false alarm in at most 5 % of runs at the default margins, and fails the gate in at most 2.5 % without any', () => {
    let alarms = 0;
    let failures = 0;
    for (let run = 0; run < RUNS; run++) {
      const [usual, bare] = compareStrangers(5, run, [SETTINGS, BARE]);
      const { counts, gate, metrics } = usual!;
      expect(metrics.filter(({ isPrimary, difference }) => isPrimary && difference !== null)).toHaveLength(3);
      if (counts.worse + counts.better + counts.changed > 0 || gate.verdict === 'fail') alarms += 1;
      if (bare!.gate.verdict === 'fail') failures += 1;
    }
    console.info(`of ${RUNS}: ${alarms} false alarms, ${failures} failures of the gate without margins`);
    expect(alarms).toBeLessThanOrEqual(20);
    expect(failures).toBeLessThanOrEqual(13);
  });
});

describe('a 5 % regression of p99', () => {
  // M/M/1 at 50 %: the sojourn is exponential with rate μ − λ, so that work × 1.0244 makes every quantile × 1.05.
  const base = queueWorld(5);
  const slower = queueWorld(5 * 1.024390243902439);
  const RUNS = 60;

  // Binomial(60, 95 %) falls below 52 with probability 5e-3.
  it('is found in at least 95 % of runs at the default settings', { timeout: 1_200_000 }, async () => {
    let found = 0;
    let effect = 0;
    const pairs: number[] = [];
    for (let run = 0; run < RUNS; run++) {
      const arms = [loadedArm('base', base, `run ${run}`, 60 * S), loadedArm('slower', slower, `run ${run}`, 60 * S)];
      const { result, exitCode } = await runDiff(arms, { workers: 0, primary: ['get p(99)'] });
      if (exitCode === 1) found += 1;
      effect += result!.comparisons[0].metrics.find(({ isPrimary }) => isPrimary)!.relative!.value / RUNS;
      pairs.push(result!.replications);
    }
    console.info(`found: ${found} of ${RUNS}; effect ${effect}; pairs ${pairs.join(' ')}`);
    expect(effect).toBeGreaterThan(0.04);
    expect(effect).toBeLessThan(0.06);
    expect(found).toBeGreaterThanOrEqual(52);
  });
});

/** How many intervals of 5 pairs each lie wholly below, and wholly above, the mean of all pairs. */
function p99Misses(seconds: number, experiments: number): { readonly understate: number; readonly overstate: number } {
  const PAIRS = 5;
  const p99 = (plan: ReturnType<typeof queueWorld>): readonly number[] =>
    Array.from({ length: experiments / 50 }, (_, block) => {
      const results = replications(plan, 'coverage', 50 * PAIRS, seconds * S, block * 50 * PAIRS);
      const request = armRun(plan, results).readings.find(({ subject }) => subject.kind === 'request')!;
      return request.readings.find(({ metric }) => metric === 'p99')!.values;
    }).flat();
  const slower = p99(queueWorld(5.3));
  const differences = p99(queueWorld(5)).map((value, r) => slower[r] - value);
  const truth = differences.reduce((sum, value) => sum + value, 0) / differences.length;
  const intervals = Array.from({ length: experiments }, (_, i) =>
    meanInterval(differences.slice(i * PAIRS, (i + 1) * PAIRS)),
  );
  const understate = intervals.filter(({ high }) => high < truth).length;
  const overstate = intervals.filter(({ low }) => low > truth).length;
  console.info(`${seconds} s: of ${experiments} intervals ${understate} too low, ${overstate} too high`);
  return { understate, overstate };
}

// The differences are skewed: where a customer waits longer, those behind do too. Student's interval of so few pairs then covers less than
// its nominal 95 %, and errs towards no change: it raises fewer false alarms than 2.5 %, and understates a slowdown more often. Measured
// here and once more with other seeds: 93.2 % of 900 at the default length, 90.6 % of 1600 where ten calls lie beyond p99. These tests
// hold the procedure to what it was measured to do.
describe('the paired interval of p99 with 5 pairs', () => {
  // At a true coverage of 93.2 % more than 35 of 300 miss with probability 1e-3.
  it('covers the true difference in about 93 % of experiments at the default length', { timeout: 1_200_000 }, () => {
    const { understate, overstate } = p99Misses(60, 300);
    expect(understate + overstate).toBeLessThanOrEqual(35);
    expect(overstate).toBeLessThan(understate);
  });

  // At a true coverage of 90.6 % more than 57 of 400 miss with probability 1e-3.
  it('covers it in about 90 % where only ten calls lie beyond p99', () => {
    const { understate, overstate } = p99Misses(10, 400);
    expect(understate + overstate).toBeLessThanOrEqual(57);
    expect(overstate).toBeLessThan(understate);
  });
});
