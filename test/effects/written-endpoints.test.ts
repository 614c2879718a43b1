// What endpoints written by hand do in a run: somebody answers, from their zone; without them nobody does.
import { describe, expect, test } from 'vitest';
import { loadMesh, type RunResult, type ScenarioSpec, simulate } from '../../scenarios/library.js';

const MESH = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  selector: { matchLabels: { app: web } }
  template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: app, image: app }] } }
---
apiVersion: v1
kind: Service
metadata: { name: old }
spec: { ports: [{ name: http, port: 80 }] }
`;

const slice = (zone: string): string => `---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: old-1, labels: { kubernetes.io/service-name: old } }
addressType: IPv4
ports: [{ name: http, port: 8080 }]
endpoints: [{ addresses: [10.0.0.1], zone: ${zone} }, { addresses: [10.0.0.2], zone: ${zone} }]
`;

const scenario = {
  run: { duration: '20s', warmup: '1s', replications: 1, seed: 'written endpoints' },
  zones: ['here-1/here-1a'],
  traffic: [{ name: 'load', from: 'web', to: 'http://old/', rate: '50/s' }],
  defaults: { work: '2ms' },
} satisfies ScenarioSpec;

async function run(more: string): Promise<RunResult> {
  return await simulate(loadMesh([{ name: 'mesh.yaml', text: MESH + more }], { scenario }), { workers: 0 });
}

describe('written endpoints', () => {
  test('answer', async () => {
    const [without, near, far] = [await run(''), await run(slice('here-1a')), await run(slice('there-2a'))];
    expect(without.totals.errorShare.value).toBe(1);
    expect(near.totals.errorShare.value).toBe(0);
    const p50 = ({ edges }: RunResult): number => edges.find(({ to }) => to === 'old')?.latency.p50Ms.value ?? 0;
    // Another region is 60 ms away by default.
    expect(p50(far)).toBeGreaterThan(10 * p50(near));
  });
});
