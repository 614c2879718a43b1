import { join } from 'node:path';
import { expect, test } from 'vitest';
import { meshText } from '../../reports/release.js';
import { loadMesh, simulate } from '../../scenarios/library.js';

test('the mesh is named whose proxies play a part; Envoy where it is another than Istio carries', () => {
  expect(meshText({ istioVersion: '1.31', meshes: ['istio'] })).toBe('Istio 1.31');
  expect(meshText({ istioVersion: '1.31', envoyVersion: '1.36', meshes: ['istio'] })).toBe(
    'Istio 1.31 with Envoy 1.36',
  );
  expect(meshText({ istioVersion: '1.31', envoyVersion: '1.36', meshes: ['linkerd'] })).toBe('Linkerd 2');
  expect(meshText({ istioVersion: '1.31', meshes: ['istio', 'linkerd'] })).toBe('Istio 1.31 and Linkerd 2');
  expect(meshText({ istioVersion: '1.31', meshes: [] })).toBe('no mesh');
  expect(meshText({ istioVersion: '1.31', meshes: ['linkerd'], assumedMesh: 'linkerd' })).toBe(
    'Linkerd 2 (proxies assumed)',
  );
});

test('so in results', async () => {
  const mesh = (envoyVersion?: string) =>
    loadMesh(join(import.meta.dirname, '../../examples/minimal'), { istioVersion: '1.31', envoyVersion });
  const settings = { replications: 1, duration: '100ms', workers: 0 };
  const result = await simulate(mesh('1.39'), settings);
  expect(result).not.toHaveProperty('envoyVersion');
  expect(result.meshes).toEqual(['istio']);
  expect((await simulate(mesh('1.36.2'), settings)).envoyVersion).toBe('1.36');
});
