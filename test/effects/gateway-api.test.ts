// What objects of the Gateway API do in a run: shares of requests, statuses, time-outs. Bounds are five standard errors of a binomial share.
import { describe, expect, test } from 'vitest';
import { loadMesh, type RunResult, type ScenarioSpec, simulate } from '../../scenarios/library.js';

const pods = (name: string, replicas = 2): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name} }
spec:
  replicas: ${replicas}
  selector: { matchLabels: { app: ${name} } }
  template: { metadata: { labels: { app: ${name} } }, spec: { containers: [{ name: app, image: app }] } }
---
apiVersion: v1
kind: Service
metadata: { name: ${name} }
spec: { selector: { app: ${name} }, ports: [{ name: http, port: 80 }] }
`;

const gateway = `apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: edge }
spec: { gatewayClassName: istio, listeners: [{ name: web, port: 80, protocol: HTTP }] }
`;

const route = (rule: string): string => `apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: route }
spec: { parentRefs: [{ name: edge }], rules: [${rule}] }
`;

const scenario = {
  run: { duration: '40s', warmup: '2s', replications: 1, seed: 'gateway api' },
  traffic: [{ name: 'visitors', to: 'http://shop.example.com/', rate: '100/s' }],
  services: { old: { work: '2ms' }, new: { work: '300ms' } },
} satisfies ScenarioSpec;

async function run(rule: string): Promise<RunResult> {
  const text = [pods('old'), pods('new', 40), gateway, route(rule)].join('---\n');
  return await simulate(loadMesh([{ name: 'mesh.yaml', text }], { scenario }), { workers: 0 });
}

/** Share of the gateway's calls that went to a service. */
function shareOf(result: RunResult, to: string): number {
  const calls = (name: string): number =>
    result.edges.find((edge) => edge.from === 'edge-istio' && edge.to === name)?.latency.samples ?? 0;
  return calls(to) / (calls('old') + calls('new'));
}

describe('HTTPRoute', () => {
  test('sends requests by weight', async () => {
    const result = await run(
      '{ backendRefs: [{ name: old, port: 80, weight: 9 }, { name: new, port: 80, weight: 1 }] }',
    );
    expect(Math.abs(shareOf(result, 'new') - 0.1)).toBeLessThan(5 * Math.sqrt((0.1 * 0.9) / 4000));
    expect(result.totals.errorShare.value).toBe(0);
  });

  test('a backend that is gone costs its share of the requests: 500', async () => {
    const result = await run(
      '{ backendRefs: [{ name: old, port: 80, weight: 3 }, { name: gone, port: 80, weight: 1 }] }',
    );
    const failed = result.totals.errorShare.value!;
    expect(Math.abs(failed - 0.25)).toBeLessThan(5 * Math.sqrt((0.25 * 0.75) / 4000));
    const labels = result.edges.flatMap(({ outcomes }) =>
      outcomes.filter(({ count }) => count > 0).map(({ label }) => label),
    );
    expect(labels).toContain('500 NC');
  });

  test('its time-out ends slow requests', async () => {
    const result = await run('{ backendRefs: [{ name: new, port: 80 }], timeouts: { request: 100ms } }');
    expect(result.totals.errorShare.value).toBe(1);
    expect(result.edges.flatMap(({ outcomes }) => outcomes.map(({ label }) => label))).toContain('504 UT');
    expect(result.totals.latency.maxMs).toBeLessThan(110);
  });
});
