// The response rate limit of a fault filter, from an EnvoyFilter to the latency of a run.
import { expect, test } from 'vitest';
import { loadMesh, type ScenarioSpec, simulate } from '../../scenarios/library.js';

const mesh = (percent: number): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: reader }
spec:
  replicas: 1
  selector: { matchLabels: { app: reader } }
  template: { metadata: { labels: { app: reader } }, spec: { containers: [{ name: app, image: app }] } }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: files }
spec:
  replicas: 1
  selector: { matchLabels: { app: files } }
  template: { metadata: { labels: { app: files } }, spec: { containers: [{ name: app, image: app }] } }
---
apiVersion: v1
kind: Service
metadata: { name: files }
spec: { selector: { app: files }, ports: [{ name: http, port: 80 }] }
---
apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: { name: slow }
spec:
  workloadSelector: { labels: { app: files } }
  configPatches:
    - applyTo: HTTP_FILTER
      match: { context: SIDECAR_INBOUND, listener: { filterChain: { filter: { name: envoy.filters.network.http_connection_manager, subFilter: { name: envoy.filters.http.router } } } } }
      patch:
        operation: INSERT_BEFORE
        value:
          name: envoy.filters.http.fault
          typed_config:
            "@type": type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault
            response_rate_limit: { fixed_limit: { limit_kbps: 100 }, percentage: { numerator: ${percent} } }
`;

const scenario = {
  run: { duration: '20s', warmup: '1s', replications: 1, seed: 'response rate' },
  traffic: [{ name: 'readers', from: 'reader.default', to: 'http://files/', rate: '2/s' }],
  services: { files: { work: '1ms', responseBytes: '100KiB' } },
} satisfies ScenarioSpec;

async function medianMs(percent: number): Promise<number> {
  const text = mesh(percent);
  const result = await simulate(loadMesh([{ name: 'mesh.yaml', text }], { scenario }), { workers: 0 });
  return result.totals.latency.p50Ms.value!;
}

test('100 KiB at 100 KiB a second take a second, less what the bucket holds from the start', async () => {
  const slow = await medianMs(100);
  expect(slow).toBeGreaterThan(940);
  expect(slow).toBeLessThan(1010);
});

test('nobody is held back at 0 %', async () => {
  expect(await medianMs(0)).toBeLessThan(10);
});
