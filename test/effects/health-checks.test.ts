// Active health checks that an EnvoyFilter merges into a cluster: the hosts that fail them get no requests.
import { expect, test } from 'vitest';
import { loadMesh, type ScenarioSpec, simulate } from '../../scenarios/library.js';

const pods = (name: string, app: string): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name} }
spec:
  replicas: 2
  selector: { matchLabels: { app: ${app}, name: ${name} } }
  template: { metadata: { labels: { app: ${app}, name: ${name} } }, spec: { containers: [{ name: app, image: app }] } }
`;

const MESH = [
  'apiVersion: v1\nkind: Namespace\nmetadata: { name: default, labels: { istio-injection: enabled } }\n',
  pods('client', 'client'),
  pods('web-good', 'web'),
  pods('web-bad', 'web'),
  'apiVersion: v1\nkind: Service\nmetadata: { name: web }\nspec: { selector: { app: web }, ports: [{ name: http, port: 80 }] }\n',
];

const checks = (path: string): string => `apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: { name: checks }
spec:
  configPatches:
    - applyTo: CLUSTER
      match: { context: SIDECAR_OUTBOUND, cluster: { service: web.default.svc.cluster.local } }
      patch:
        operation: MERGE
        value:
          health_checks:
            - timeout: 1s
              interval: 1s
              no_traffic_interval: 1s
              unhealthy_threshold: 1
              healthy_threshold: 1
              http_health_check: { path: ${path} }
`;

async function errorShare(...more: string[]): Promise<number> {
  const scenario = {
    run: { duration: '10s', warmup: '5s', replications: 1, seed: 'checks' },
    traffic: [{ name: 'load', from: 'client.default', to: 'http://web/', rate: '100/s' }],
    services: { web: { work: '1ms' } },
    workloads: {
      'web-bad.default': {
        operations: [{ match: { path: '/' }, work: '1ms', errors: { 500: '100%' } }],
        work: '1ms',
      },
    },
  } satisfies ScenarioSpec;
  const text = [...MESH, ...more].join('---\n');
  const result = await simulate(loadMesh([{ name: 'mesh.yaml', text }], { scenario }), { workers: 0 });
  return result.totals.errorShare.value ?? Number.NaN;
}

test('hosts that fail the operation that is asked get nothing; those that pass it get their share, whatever else they do', async () => {
  expect(await errorShare()).toBeGreaterThan(0.3);
  expect(await errorShare(checks('/'))).toBe(0);
  expect(await errorShare(checks('/ready'))).toBeGreaterThan(0.3);
});
