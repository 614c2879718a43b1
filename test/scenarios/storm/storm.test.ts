// Random storms: how they are drawn, made smaller and scored, and a whole search on this thread.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { ScenarioTimelineEntry } from '../../../scenarios/document/schema-timeline.js';
import { loadScenario } from '../../../scenarios/loading/load-scenario.js';
import type { StormOutcome } from '../../../scenarios/result/storm-result.js';
import { runScenario } from '../../../scenarios/run.js';
import { drawStorm } from '../../../scenarios/storm/draw.js';
import { lessened, withoutOne } from '../../../scenarios/storm/lessen.js';
import { runStorms } from '../../../scenarios/storm/run-storms.js';
import { byHarm, isNearly } from '../../../scenarios/storm/score.js';
import { shrunk } from '../../../scenarios/storm/shrink.js';
import { type StormTargets, stormTargets } from '../../../scenarios/storm/targets.js';

const ROOT = join(import.meta.dirname, '../../..');
const TARGETS: StormTargets = {
  workloads: [
    { name: 'cart.shop', pods: 3 },
    { name: 'web.shop', pods: 1 },
  ],
  zones: ['a', 'b'],
  links: [{ from: 'web.shop', to: 'cart.shop' }],
  traffic: ['shoppers'],
  hasIstiod: true,
};

describe('a storm', () => {
  const storms = Array.from({ length: 200 }, (_, number) => drawStorm(TARGETS, 'seed', number, 60e9));

  test('is one to four entries in the order of their times, calm before and after', () => {
    expect(new Set(storms.map(({ length }) => length))).toEqual(new Set([1, 2, 3, 4]));
    for (const entry of storms.flat()) {
      const at = Number.parseFloat(String(entry.at));
      const end = at + Number.parseFloat(String(entry.for ?? '0s'));
      expect([at >= 15, end <= 43]).toEqual([true, true]);
    }
    for (const entries of storms) {
      const times = entries.map(({ at }) => Number.parseFloat(String(at)));
      expect(times).toEqual([...times].sort((a, b) => a - b));
    }
  });

  test('does all that can be done, and is the same for the same number', () => {
    const words = new Set(storms.flat().flatMap(({ at: _at, for: _for, ...action }) => Object.keys(action)));
    expect([...words].sort()).toEqual(
      'crash delay fail hang istiod kill loss partition pause refuse slow stealCpu traffic'.split(' '),
    );
    expect(drawStorm(TARGETS, 'seed', 7, 60e9)).toEqual(storms[7]);
    expect(drawStorm(TARGETS, 'other', 7, 60e9)).not.toEqual(storms[7]);
  });

  test('does nothing to what is not there', () => {
    const bare = { ...TARGETS, zones: [], links: [], hasIstiod: false };
    const drawn = Array.from({ length: 200 }, (_, number) => drawStorm(bare, 'seed', number, 60e9)).flat();
    for (const { istiod, partition, delay, loss, kill } of drawn) {
      expect([istiod, partition, delay, loss, kill?.zone]).toEqual(Array(5).fill(undefined));
    }
    expect(drawStorm({ ...bare, workloads: [] }, 'seed', 0, 60e9)).toEqual([]);
  });
});

describe('smaller', () => {
  const entry: ScenarioTimelineEntry = { at: '10s', for: '8s', slow: { workload: 'cart', by: '200ms' } };
  const spike: ScenarioTimelineEntry = { at: '12s', for: '1s', traffic: { name: 'shoppers', rate: '2x' } };

  test('is an entry less', () => {
    expect(withoutOne([entry, spike])).toEqual([[spike], [entry]]);
    expect(withoutOne([entry])).toEqual([]);
  });

  test('is half the time, fewer pods, half the size', () => {
    expect(lessened([entry])).toEqual([
      [{ ...entry, for: '4s' }],
      [{ ...entry, slow: { workload: 'cart', by: '200ms', pods: '50%' } }],
      [{ ...entry, slow: { workload: 'cart', by: '100ms' } }],
    ]);
    expect(lessened([spike])).toEqual([[{ ...spike, traffic: { name: 'shoppers', rate: '1.5x' } }]]);
    expect(lessened([{ at: '1s', kill: { workload: 'cart', pods: 1 } }])).toEqual([]);
  });
});

describe('harm', () => {
  const of = (lost: number, recovered = true): StormOutcome => ({ lost, lostShare: lost / 1000, recovered });

  test('what requests do not recover from comes first, then what costs most', () => {
    expect([of(10), of(5, false), of(20)].sort(byHarm)).toEqual([of(5, false), of(20), of(10)]);
  });

  test('nearly as much is four fifths, and does not recover where the whole does not', () => {
    expect([isNearly(of(80), of(100)), isNearly(of(79), of(100))]).toEqual([true, false]);
    expect([isNearly(of(100), of(100, false)), isNearly(of(100, false), of(100, false))]).toEqual([false, true]);
  });

  test('a storm shrinks to the entry that does it, as short as does it', async () => {
    const bad: ScenarioTimelineEntry = { at: '10s', for: '16s', hang: { workload: 'cart', pods: 1 } };
    const others = ['5s', '12s', '20s'].map(
      (at): ScenarioTimelineEntry => ({ at, kill: { workload: 'web', pods: 1 } }),
    );
    const entries = [others[0], bad, others[1], others[2]];
    const play = async (storms: readonly (readonly ScenarioTimelineEntry[])[]) =>
      storms.map((storm) => of(storm.some((one) => one.hang && Number.parseFloat(String(one.for)) >= 4) ? 100 : 1));
    expect(await shrunk({ entries, outcome: of(103) }, play)).toEqual({
      entries: [{ ...bad, for: '4s' }],
      outcome: of(100),
    });
  });
});

describe('a search', () => {
  const directory = mkdtempSync(join(tmpdir(), 'seatrial-storm-'));
  afterAll(() => rmSync(directory, { recursive: true }));
  const load = () => loadScenario(join(ROOT, 'test/cli/scenarios/recovery.yaml'));
  const options = { storms: 5, worst: 2, workers: 0, overrides: {} };

  test('hits the pods that requests reach', () => {
    const { plan } = load();
    if (plan === null) throw new Error('no plan');
    expect(stormTargets(plan)).toEqual({
      workloads: [{ name: 'greeter.default', pods: 2 }],
      zones: [],
      links: [{ from: 'visitor.default', to: 'greeter.default' }],
      traffic: ['visitors'],
      hasIstiod: true,
    });
  });

  test('is the same each time, and its scenarios play what it tells', async () => {
    const first = await runStorms(load(), options);
    expect(await runStorms(load(), options).then(({ result }) => result)).toEqual(first.result);
    const { result } = first;
    expect(result).toMatchObject({ storms: 5, stormsRequested: 5, stop: 'storms', scenario: 'recovery' });
    const [worst] = result?.worst ?? [];
    expect(worst.lost).toBeGreaterThan(0);
    const file = join(directory, worst.file);
    writeFileSync(file, first.scenarioTexts(directory)[worst.file]);
    const replay = loadScenario(file);
    expect(replay.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
    const { result: played } = await runScenario(replay, { workers: 0 });
    const { totals, durationNs } = played ?? { totals: null, durationNs: 0 };
    const offered = ((totals?.offeredPerSecond.value ?? 0) * durationNs) / 1e9;
    const good = ((totals?.goodputPerSecond.value ?? 0) * durationNs) / 1e9;
    const sent = Math.max(offered, result?.calm.offered ?? 0);
    expect(Math.round(sent * (result?.calm.goodShare ?? 0) - good)).toBe(worst.lost);
  });

  test('more storms change none of them', async () => {
    const { result } = await runStorms(load(), { ...options, storms: 1, worst: 1 });
    expect(result?.storms).toBe(1);
    expect(result?.worst.every(({ storm }) => storm === 1)).toBe(true);
  });
});
