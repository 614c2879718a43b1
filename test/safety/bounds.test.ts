// Where the input, or a run, is more than a machine holds, that is said with its place; nothing hangs and nothing fills the memory.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { PODS_OF_WORKLOAD_MAX, PROXY_WORKERS_MAX, STRING_LENGTH_MAX } from '../../models/bounds.js';
import { simulate } from '../../models/mesh/run/simulation.js';
import { gather } from '../../scenarios/gather/gather.js';
import { replicate } from '../../scenarios/running/replicate.js';
import { summarise } from '../../scenarios/summary/summarise.js';
import { errorOf, meshOf, SPEC } from './support-edges.js';

test.each([
  ['pods', { serverReplicas: 1_000_000_000 }, 'too-many-pods mesh.yaml:14:3'],
  ['pods, just above', { serverReplicas: PODS_OF_WORKLOAD_MAX + 1 }, 'too-many-pods mesh.yaml:14:3'],
  [
    'threads of a sidecar',
    { annotations: '{ sidecar.istio.io/proxyCPULimit: "1e9" }' },
    'too-many-proxy-workers mesh.yaml:17:57',
  ],
  [
    'threads of many pods together',
    { serverReplicas: 2000, annotations: '{ sidecar.istio.io/proxyCPULimit: "1000" }' },
    'too-many-proxy-workers mesh.yaml:17:57',
  ],
  [
    'threads by concurrency',
    { annotations: '{ proxy.istio.io/config: "concurrency: 1000000" }' },
    'too-many-proxy-workers mesh.yaml:17:57',
  ],
  [
    "threads of Linkerd's proxy",
    { annotations: '{ config.linkerd.io/proxy-cpu-limit: "1e9" }', mesh: 'linkerd' },
    'too-many-proxy-workers mesh.yaml:17:57',
  ],
] as const)('%s', (_, edge, error) => {
  expect(errorOf(() => meshOf(edge))).toBe(error);
});

test('as many threads as the bound are simulated', () => {
  const limit = `{ sidecar.istio.io/proxyCPULimit: "${PROXY_WORKERS_MAX}" }`;
  const { plan } = meshOf({ annotations: limit });
  const options = { seed: 'bounds', replication: 0, warmupNs: 0, durationNs: 1e9, intervalNs: 1e9, maxEvents: 10_000 };
  expect(simulate(plan, options).events).toBeGreaterThan(0);
});

test('one endless string', () => {
  const more = `---\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: long }\ndata:\n  text: ${'x'.repeat(STRING_LENGTH_MAX + 1)}\n`;
  expect(errorOf(() => meshOf({}, SPEC, more))).toBe('string-too-long mesh.yaml:32:9');
});

test('an endless file', () => {
  const { texts, diagnostics } = gather(['/dev/zero'], { maxInputBytes: 3_000_000 });
  expect(texts).toEqual([]);
  expect(diagnostics.map(({ code, position }) => `${code} ${position?.file}`)).toEqual(['input-too-large /dev/zero']);
});

test('a folder does not wait for its devices', () => {
  const directory = mkdtempSync(join(tmpdir(), 'seatrial-bounds-'));
  expect(gather([directory]).diagnostics.map(({ code }) => code)).toEqual(['input-empty']);
  rmSync(directory, { recursive: true });
});

test('memory: the run stops with what it has, and is incomplete', () => {
  const { plan, scenario, diagnostics, fidelity } = meshOf({});
  const options = { seed: 'bounds', replication: 0, warmupNs: 0, durationNs: 1e14, intervalNs: 1e12, maxEvents: 1e12 };
  const result = replicate(plan, { ...options, memoryMaxBytes: 1 });
  expect(result.stopped).toBe('max-memory');
  expect(result.measuredNs).toBeLessThan(1e14);
  const warmup = { kind: 'fixed', warmupNs: 0, reliable: true, reason: '' } as const;
  const { warnings, verdict } = summarise({ plan, scenario, results: [result], warmup, diagnostics, fidelity });
  expect(warnings.find(({ code }) => code === 'stopped-early')?.message).toContain('max-memory');
  expect(verdict).toBe('inconclusive');
});
