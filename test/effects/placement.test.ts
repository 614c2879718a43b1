// What the place of pods does to requests: a round trip between zones.
import { expect, test } from 'vitest';
import { loadMesh, simulate } from '../../scenarios/library.js';

const mesh = (affinity: string): string => `apiVersion: v1
kind: Service
metadata: { name: shop }
spec: { selector: { app: shop }, ports: [{ name: http, port: 80 }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: shop }
spec:
  replicas: 4
  selector: { matchLabels: { app: shop } }
  template: { metadata: { labels: { app: shop } }, spec: { containers: [{ name: app }], affinity: ${affinity} } }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: visitor }
spec:
  selector: { matchLabels: { app: visitor } }
  template: { metadata: { labels: { app: visitor } }, spec: { containers: [{ name: app }], nodeSelector: { topology.kubernetes.io/zone: r-a } } }
`;

const inZone = (operator: string): string =>
  `{ nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [{ key: topology.kubernetes.io/zone, operator: ${operator}, values: [r-a] }] }] } } }`;

async function medianMs(affinity: string): Promise<number> {
  const scenario = {
    run: { duration: '20s', warmup: '5s', replications: 1, seed: 'placement' },
    zones: ['r/r-a', 'r/r-b'],
    network: { sameZone: '1ms', crossZone: '40ms' },
    traffic: [{ name: 'load', to: 'http://shop', from: 'visitor.default', rate: '50/s' }],
    services: { shop: { wait: '5ms' } },
  };
  const text = mesh(affinity);
  const result = await simulate(loadMesh([{ name: 'mesh.yaml', text }], { scenario }), { workers: 0 });
  return result.totals.latency.p50Ms.value!;
}

test('pods that keep to the zone of their caller answer sooner by the round trip', async () => {
  const [near, far] = [await medianMs(inZone('In')), await medianMs(inZone('NotIn'))];
  expect(near).toBeLessThan(8);
  expect(far - near).toBeGreaterThan(38);
  expect(far - near).toBeLessThan(42);
});
