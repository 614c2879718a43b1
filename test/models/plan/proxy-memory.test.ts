// What the estimate of a proxy's memory is made of: its release, the configuration that its namespace sees, the limit of its container.
import { describe, expect, test } from 'vitest';
import { defaultProxyCost } from '../../../models/plan/settings/proxy-cost.js';
import { CLUSTER, deployment, destinationRule, namespace, planOf, service, type Wish, withCluster } from './support.js';

const MIB = 1024 * 1024;

function memoryOf(wish: Wish, workload = 'client') {
  return planOf(wish).workloads.find(({ name }) => name === workload)!.proxy!.memory!;
}

describe('at rest', () => {
  test.each([
    ['1.20', 50e6],
    ['1.23', 50e6],
    ['1.24', 60e6],
    ['1.31', 60e6],
  ])('%s has what is published', (release, bytes) => {
    expect(defaultProxyCost(release).memoryBytes).toBe(bytes);
    const proxy = defaultProxyCost(release);
    expect(memoryOf({ yaml: withCluster(), input: { istioVersion: release, proxy } }).baseBytes).toBe(bytes);
  });

  test('a cluster for each port, with the pods of its service', () => {
    // web: 4 pods, db: 1, two: 2 ports of 1 pod.
    expect(memoryOf({ yaml: withCluster() }).configBytes).toBe(4 * 40_577 + (4 + 1 + 2) * 1_380);
  });

  test('a subset is a cluster of its own', () => {
    const subsets = destinationRule(
      'web',
      'b',
      '{ host: web, subsets: [{ name: v1, labels: { version: v1 } }, { name: v2, labels: { version: v2 } }] }',
    );
    const [plain, split] = [CLUSTER, withCluster(subsets)].map((yaml) => memoryOf({ yaml }).configBytes);
    expect(split - plain).toBe(2 * (40_577 + 4 * 1_380));
  });

  test('what is not exported to a namespace is not known there', () => {
    const kept = service('kept', 'b', ['{ name: http, port: 80 }']).replace(
      'metadata: { name: kept, namespace: b }',
      'metadata: { name: kept, namespace: b, annotations: { networking.istio.io/exportTo: "." } }',
    );
    const yaml = withCluster(kept);
    const difference = memoryOf({ yaml }, 'two').configBytes - memoryOf({ yaml }, 'client').configBytes;
    expect(difference).toBe(40_577);
  });
});

describe('the limit', () => {
  const limitOf = (pod: Parameters<typeof deployment>[4]) =>
    memoryOf({ yaml: [CLUSTER, deployment('own', 'a', { app: 'own' }, 1, pod)].join('---\n'), from: 'own.a' }, 'own')
      .limitBytes;

  test('is that of the annotation, of the container, or the default', () => {
    expect(limitOf({})).toBe(1024 * MIB);
    expect(limitOf({ annotations: 'sidecar.istio.io/proxyMemoryLimit: 128Mi' })).toBe(128 * MIB);
    // Any annotation replaces the whole default block.
    expect(limitOf({ annotations: 'sidecar.istio.io/proxyCPU: 100m' })).toBeNull();
    const container = '{ name: istio-proxy, image: auto, resources: { limits: { memory: 200Mi } } }';
    expect(limitOf({ spec: `{ containers: [{ name: app, image: app }, ${container}] }` })).toBe(200 * MIB);
  });

  test('workloads without a proxy have no memory to speak of', () => {
    const plan = planOf({ yaml: withCluster(namespace('out', 'istio-injection: disabled')), from: null });
    expect(plan.workloads.find(({ kind }) => kind === 'client')!.proxy).toBeNull();
  });
});
