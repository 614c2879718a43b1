// How often comparisons are wrong, and how often they find what is there. Fixed seeds; each bound says with which probability a sound
// procedure would break it.
import { describe, expect, it } from 'vitest';
import { compareArms, isComparisonPrecise, type MeasuredComparison } from '../../../scenarios/compare/compare-arms.js';
import type { DiffSettings } from '../../../scenarios/compare/diff-result.js';
import { runDiff } from '../../../scenarios/compare/run-diff.js';
import { meanInterval } from '../../../sim/statistics/index.js';
import { S } from '../../support/plans.js';
import { armRun, loadedArm, PRIMARY, queueWorld, replications, SETTINGS } from './worlds.js';

/** As `runDiff` goes about it, but the candidate has customers of its own. */
function compareStrangers(meanMs: number, run: number, settings: DiffSettings): MeasuredComparison {
  const plan = queueWorld(meanMs);
  for (let pairs = settings.batch; ; pairs += settings.batch) {
    const base = armRun(plan, replications(plan, `one ${run}`, pairs, 5 * S));
    const candidate = armRun(plan, replications(plan, `other ${run}`, pairs, 5 * S));
    if (pairs >= settings.replicationsMax || isComparisonPrecise(base, candidate, PRIMARY, settings)) {
      return compareArms(base, candidate, PRIMARY, settings);
    }
  }
}

describe('the same world with independent seeds', () => {
  const RUNS = 200;

  // Binomial(200, 5 %) exceeds 20 with probability 8e-4.
  it('raises a false alarm on any metric in at most 5 % of runs, at the default margins', () => {
    let wrong = 0;
    for (let run = 0; run < RUNS; run++) {
      const { counts, gate } = compareStrangers(5, run, SETTINGS);
      if (counts.worse + counts.better + counts.changed > 0 || gate.verdict === 'fail') wrong += 1;
    }
    console.info(`false alarms: ${wrong} of ${RUNS}`);
    expect(wrong).toBeLessThanOrEqual(20);
  });

  // Each side of the gate is held to 2.5 %: Binomial(200, 2.5 %) exceeds 13 with probability 6e-4.
  it('fails the gate in at most 2.5 % of runs where no margin protects it', () => {
    const bare = { ...SETTINGS, marginLatencyShare: 1e-9, marginErrorShare: 1e-9 };
    let wrong = 0;
    for (let run = 0; run < RUNS; run++) {
      if (compareStrangers(5, run, bare).gate.verdict === 'fail') wrong += 1;
    }
    console.info(`gate without margins: ${wrong} of ${RUNS}`);
    expect(wrong).toBeLessThanOrEqual(13);
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

describe('the paired interval of p99', () => {
  // 200 intervals of 5 pairs each against the mean of all 1000 pairs: at a true coverage of 95 % fewer than 180 hold it with
  // probability 1e-3.
  it('covers the true difference in about 95 % of experiments', () => {
    const base = queueWorld(5);
    const slower = queueWorld(5.3);
    const p99 = (plan: typeof base): readonly number[] => {
      const { readings } = armRun(plan, replications(plan, 'coverage', 1000, 10 * S));
      const request = readings.find(({ subject }) => subject.kind === 'request')!;
      return request.readings.find(({ metric }) => metric === 'p99')!.values;
    };
    const other = p99(slower);
    const differences = p99(base).map((value, r) => other[r] - value);
    const truth = differences.reduce((sum, value) => sum + value, 0) / differences.length;
    for (const pairs of [5, 10]) {
      let covered = 0;
      const experiments = differences.length / pairs;
      for (let i = 0; i < experiments; i++) {
        const { low, high } = meanInterval(differences.slice(i * pairs, (i + 1) * pairs));
        if (low <= truth && truth <= high) covered += 1;
      }
      console.info(`coverage with ${pairs} pairs: ${covered} of ${experiments}`);
      expect(covered / experiments).toBeGreaterThanOrEqual(pairs === 5 ? 0.9 : 0.88);
    }
  });
});
