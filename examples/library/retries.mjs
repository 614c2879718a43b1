// The library in one page: load a mesh, put load on it, ask what another policy would do. `node examples/library/retries.mjs`
import { compare, InvalidMeshError, loadMesh, simulate } from 'seatrial';

const kubernetes = `
apiVersion: v1
kind: Namespace
metadata: { name: default, labels: { istio-injection: enabled } }
---
apiVersion: v1
kind: Service
metadata: { name: quotes }
spec: { selector: { app: quotes }, ports: [{ name: http, port: 80, targetPort: 8080 }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: quotes }
spec:
  replicas: 3
  selector: { matchLabels: { app: quotes } }
  template: { metadata: { labels: { app: quotes } }, spec: { containers: [{ name: quotes, image: quotes }] } }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: web, image: web }] } }
`;

const virtualService = (retries) => `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: quotes }
spec:
  hosts: [quotes]
  http: [{ route: [{ destination: { host: quotes } }], retries: { ${retries} } }]
`;

/** What only we know: the load, and that one answer in fifty is an error. */
const scenario = {
  run: { duration: '20s', warmup: '5s', seed: 'monday' },
  traffic: [{ name: 'pages', from: 'web.default', to: 'http://quotes/today', rate: '100/s' }],
  services: { quotes: { work: 'lognormal(mean=8ms, cv=1)', errors: { 503: '2%' } } },
  thresholds: ['errors < 1%'],
};

const NAMES = ['no retries', 'one retry', 'two retries'];

const meshWith = (attempts) =>
  loadMesh(
    [
      { name: 'kubernetes.yaml', text: kubernetes },
      {
        name: 'istio.yaml',
        text: virtualService(attempts === 0 ? 'attempts: 0' : `attempts: ${attempts}, retryOn: 5xx`),
      },
    ],
    { name: NAMES[attempts] ?? String(attempts), scenario, strict: true },
  );

const without = meshWith(0);
const result = await simulate(without, { replications: 3 });
console.log(`${without.name}: ${percent(result.totals.errorShare.value)} errors, ${result.verdict}`);

const diff = await compare(without, [meshWith(1), meshWith(2)]);
for (const { candidate, gate, metrics } of diff.comparisons) {
  const errors = metrics[gate.metrics[0].index];
  console.log(`${candidate.name}: ${percent(errors.candidate)} errors, ${errors.verdict}`);
}

try {
  meshWith('many');
} catch (error) {
  if (!(error instanceof InvalidMeshError)) throw error;
  console.log(error.message);
}

function percent(share) {
  return share === null || share === undefined ? 'unknown' : `${(share * 100).toFixed(2)} %`;
}
