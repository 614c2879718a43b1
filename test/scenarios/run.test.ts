// A run from end to end on this thread: pilots, replications, summary, verdict.
import { describe, expect, it } from 'vitest';
import { loadResources } from '../../models/config/load.js';
import { validateScenario } from '../../scenarios/document/validate.js';
import { interpretScenario } from '../../scenarios/reading/interpret.js';
import { readRunResult } from '../../scenarios/result/read-result-file.js';
import { exitCodeOf, runScenario } from '../../scenarios/run.js';
import type { RunProgress } from '../../scenarios/running/job-progress.js';
import { SHOP, SHOP_SCENARIO } from './shop.js';

function loadShop(replications = 3, text = SHOP_SCENARIO) {
  const resources = loadResources([
    { name: 'shop.yaml', text: SHOP },
    { name: 'scenario.yaml', text },
  ]);
  const [raw] = resources.scenarios;
  const { document } = validateScenario(raw);
  if (document === null) throw new Error('not a scenario');
  const { plan, scenario, diagnostics, fidelity } = interpretScenario(raw, document, resources, { replications });
  if (plan === null || scenario === null) throw new Error(JSON.stringify(diagnostics));
  return { plan, relative: { diagnostics, fidelity, scenario } };
}

describe('runScenario', () => {
  it('simulates the shop', async () => {
    const seen: RunProgress[] = [];
    const { result, completed, exitCode, interrupted } = await runScenario(loadShop(), {
      workers: 0,
      onProgress: (at) => seen.push(at),
    });
    if (result === null) throw new Error('no result');
    expect([completed, interrupted]).toEqual([[0, 1, 2], false]);
    expect(readRunResult(JSON.parse(JSON.stringify(result)))).toEqual(result);
    expect(
      seen
        .filter(({ finished }) => finished)
        .map(({ phase, done, replications }) => `${phase} ${done}/${replications}`),
    ).toEqual(['warm-up 1/2', 'warm-up 2/2', 'replications 1/3', 'replications 2/3', 'replications 3/3']);

    // 200 a second for 3 × 4 s: 2400 arrivals, standard deviation 49; within 5 of them (error probability 6e-7).
    const { totals, traffic, edges, services, thresholds, slos } = result;
    expect(Math.abs((totals.offeredPerSecond.value ?? 0) * 12 - 2400)).toBeLessThan(245);
    expect(traffic[0].requests.map(({ name }) => name)).toEqual(['home', 'buy']);
    expect(edges.map(({ from, to }) => `${from}->${to}`)).toEqual(['shoppers->frontend', 'frontend->catalog']);
    expect(services.map(({ name }) => name)).toEqual(['catalog', 'frontend']);
    expect(thresholds.map(({ verdict }) => verdict)).toEqual(['pass', 'pass', 'pass', 'fail']);
    expect(result.verdict).toBe('fail');
    expect(exitCode).toBe(1);
    expect(slos[0].verdict).toBe('pass');
    // The catalog answers 2 % with 503 and is retried: its retries are those 2 %, give or take.
    const retries = edges[1].retriesPerCall.value ?? 0;
    expect(retries).toBeGreaterThan(0.005);
    expect(retries).toBeLessThan(0.05);
  });

  it('is a pure function of the scenario', async () => {
    const [a, b] = [await runScenario(loadShop(2), { workers: 0 }), await runScenario(loadShop(2), { workers: 0 })];
    expect(JSON.stringify(a.result)).toBe(JSON.stringify(b.result));
    const other = await runScenario(loadShop(2, SHOP_SCENARIO.replace('replications: 3', 'seed: other')), {
      workers: 0,
    });
    expect(other.result?.totals.latency.meanMs.value).not.toBe(a.result?.totals.latency.meanMs.value);
  });

  it('stops between replications', async () => {
    const stop = new AbortController();
    const onProgress = ({ phase, finished }: RunProgress): void => {
      if (phase === 'replications' && finished) stop.abort();
    };
    const outcome = await runScenario(loadShop(3), { workers: 0, signal: stop.signal, onProgress });
    expect(outcome).toMatchObject({ completed: [0], interrupted: true, exitCode: 130 });
    expect(outcome.result?.warnings.map(({ code }) => code)).toContain('interrupted');
    const again = await runScenario(loadShop(3), { workers: 0, signal: AbortSignal.abort() });
    expect(again).toEqual({ result: null, completed: [], interrupted: true, exitCode: 130 });
  });

  it('has an exit code for each verdict', () => {
    expect((['pass', 'fail', 'inconclusive'] as const).map(exitCodeOf)).toEqual([0, 1, 4]);
  });
});
