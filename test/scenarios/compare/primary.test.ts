// The metrics that a gate looks at by default: each quantile is one that a replication can tell.
import { expect, test } from 'vitest';
import { choosePrimary } from '../../../scenarios/compare/primary.js';
import { loadMesh, type ScenarioSpec } from '../../../scenarios/library.js';

const YAML = `
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { selector: { app: web }, ports: [{ name: http, port: 80 }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec: { selector: { matchLabels: { app: web } }, template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: web, image: web }] } } }
`;

function quantilesOf(load: object, durationSeconds = 60): string[] {
  const scenario = {
    run: { duration: `${durationSeconds}s` },
    traffic: [{ name: 'load', to: 'http://web.default', ...load }],
  } as ScenarioSpec;
  const mesh = loadMesh([{ name: 'web.yaml', text: YAML }], { scenario });
  const reading = choosePrimary(mesh.plan, mesh.scenario, []);
  if ('error' in reading) throw new Error(reading.error);
  return reading.metrics.filter(({ probability }) => probability !== null).map(({ metric }) => metric);
}

test.each([
  ['1,500 calls tell a p99', { rate: '25/s' }, ['p99']],
  ['1,440 might not', { rate: '24/s' }, ['p90']],
  ['60 tell a median', { rate: '1/s' }, ['p50']],
  ['a connection with a pace', { connections: 4, qps: 100 }, ['p99']],
  ['without a pace there is no telling', { connections: 4 }, ['p99']],
  ['a ramp from 0 to 40/s over the run: 1,200', { stages: [{ duration: '60s', target: '40/s' }] }, ['p90']],
  ['a ramp that ends half-way: 1,800', { stages: [{ duration: '30s', target: '40/s' }] }, ['p99']],
  [
    'by the weight of each request',
    {
      rate: '50/s',
      requests: [
        { name: 'often', weight: 9 },
        { name: 'seldom', weight: 1 },
      ],
    },
    ['p99', 'p90'],
  ],
])('%s', (_, load, quantiles) => {
  expect(quantilesOf(load)).toEqual(quantiles);
});
