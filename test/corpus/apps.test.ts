// Bookinfo and Online Boutique as their projects publish them load and run. Their manifests stand beside the repository, where somebody put
// them; without them these tests are skipped.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadScenario } from '../../scenarios/loading/load-scenario.js';
import type { RunResult } from '../../scenarios/result/run-result.js';
import { runScenario } from '../../scenarios/run.js';

const corpus = fileURLToPath(new URL('../../../shared/corpus/istio/samples/bookinfo', import.meta.url));
const present = existsSync(corpus);
if (!present) console.warn('skipped: the corpus of published applications is not beside the repository');

async function sail(file: string): Promise<RunResult> {
  const loaded = loadScenario(fileURLToPath(new URL(file, import.meta.url)));
  expect(loaded.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  const { result } = await runScenario(loaded, { workers: 0 });
  if (result === null) throw new Error('no result');
  return result;
}

function callsPerSecond(result: RunResult, from: string, to: string): number {
  const edge = result.edges.find((candidate) => candidate.from === from && candidate.to === to);
  if (edge === undefined) throw new Error(`no edge ${from} → ${to}: ${result.edges.map((e) => `${e.from} → ${e.to}`)}`);
  return edge.servedPerSecond.value ?? 0;
}

describe.skipIf(!present)('bookinfo', () => {
  it('runs its documented call graph', async () => {
    const result = await sail('bookinfo.scenario.yaml');
    const rate = callsPerSecond(result, 'readers', 'istio-ingressgateway');
    expect(callsPerSecond(result, 'productpage', 'details') / rate).toBeCloseTo(1, 1);
    expect(callsPerSecond(result, 'productpage', 'reviews') / rate).toBeCloseTo(1, 1);
    // Least request spreads over three pods of reviews, of which two call ratings.
    expect(callsPerSecond(result, 'reviews', 'ratings') / rate).toBeCloseTo(2 / 3, 1);
    expect(result.totals.errorShare.value).toBe(0);
  });
});

describe.skipIf(!present)('Online Boutique', () => {
  it('runs its call graph from the gateway and from its own load generator', async () => {
    const result = await sail('online-boutique.scenario.yaml');
    expect(callsPerSecond(result, 'checkoutservice', 'paymentservice')).toBeGreaterThan(1);
    expect(callsPerSecond(result, 'cartservice', 'redis-cart')).toBeGreaterThan(10);
    expect(result.totals.errorShare.value).toBeLessThan(0.01);
    // Ten sessions that think for two seconds make about five requests a second.
    const sessions = result.traffic.find(({ name }) => name === 'loadgenerator');
    expect(sessions?.servedPerSecond.value).toBeCloseTo(5, 0);
  });
});
