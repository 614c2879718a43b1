// How fast the linter is: five thousand documents of a mesh that is all of a piece, and the corpus where it stands beside the repository.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { NamedText } from '../models/config/resource.js';
import { type LintedPaths, lintPaths, lintTexts } from '../scenarios/loading/lint.js';
import type { BenchRow } from './mesh.js';

const SERVICES = 1000;

/** Service, Deployment, VirtualService, DestinationRule and PeerAuthentication of one service. */
export function documentsOf(index: number): string {
  const name = `service-${index}`;
  const namespace = `namespace-${index % 20}`;
  const metadata = `metadata: {name: ${name}, namespace: ${namespace}}`;
  return `apiVersion: v1
kind: Service
${metadata}
spec: {selector: {app: ${name}}, ports: [{name: http, port: 80}]}
---
apiVersion: apps/v1
kind: Deployment
${metadata}
spec:
  replicas: 3
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}, version: v1}}
    spec: {containers: [{name: app, image: app}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
${metadata}
spec:
  hosts: [${name}]
  http:
    - timeout: 1s
      retries: {attempts: 2, perTryTimeout: 400ms}
      route: [{destination: {host: ${name}, subset: v1}}]
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
${metadata}
spec:
  host: ${name}
  trafficPolicy: {outlierDetection: {}}
  subsets: [{name: v1, labels: {version: v1}}]
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
${metadata}
spec: {selector: {matchLabels: {app: ${name}}}, mtls: {mode: STRICT}}
`;
}

export async function benchLint(): Promise<BenchRow[]> {
  const texts: NamedText[] = Array.from({ length: SERVICES }, (_, index) => ({
    name: `service-${index}.yaml`,
    text: documentsOf(index),
  }));
  const rows = [await timed(`lint: ${SERVICES * 5} documents of one mesh`, () => lintTexts(texts))];
  const corpus = fileURLToPath(new URL('../../../shared/corpus', import.meta.url));
  if (existsSync(corpus)) rows.push(await timed('lint: the corpus', () => lintPaths([corpus])));
  return rows;
}

async function timed(name: string, run: () => Promise<LintedPaths>): Promise<BenchRow> {
  const start = performance.now();
  const { objects } = (await run()).result;
  const seconds = (performance.now() - start) / 1000;
  return { name: `${name}, ${objects} objects`, value: seconds, unit: 's' };
}
