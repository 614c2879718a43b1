import { join } from 'node:path';
import { expect, test } from 'vitest';
import { releaseText } from '../../reports/release.js';
import { loadMesh, simulate } from '../../scenarios/library.js';

test('Envoy is named where it is another than Istio carries', () => {
  expect(releaseText({ istioVersion: '1.31' })).toBe('1.31');
  expect(releaseText({ istioVersion: '1.31', envoyVersion: '1.36' })).toBe('1.31 with Envoy 1.36');
});

test('so in results', async () => {
  const mesh = (envoyVersion?: string) =>
    loadMesh(join(import.meta.dirname, '../../examples/minimal'), { istioVersion: '1.31', envoyVersion });
  const settings = { replications: 1, duration: '100ms', workers: 0 };
  expect(await simulate(mesh('1.39'), settings)).not.toHaveProperty('envoyVersion');
  expect((await simulate(mesh('1.36.2'), settings)).envoyVersion).toBe('1.36');
});
