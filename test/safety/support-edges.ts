// A client that calls a server, as YAML in which single fields are put to their edges; and its run, without threads.

import type { ScenarioSpec } from '../../scenarios/document/schema.js';
import type { Mesh } from '../../scenarios/library.js';
import { InvalidMeshError, loadMesh } from '../../scenarios/library.js';
import type { RunResult } from '../../scenarios/result/run-result.js';
import { runScenario } from '../../scenarios/run.js';

export interface Edge {
  readonly clientReplicas?: number | string;
  readonly serverReplicas?: number | string;
  /** YAML of the server's pod annotations. */
  readonly annotations?: string;
  /** YAML of the limits of the server's container. */
  readonly limits?: string;
  readonly mesh?: 'istio' | 'linkerd';
}

export function meshText({
  clientReplicas = 1,
  serverReplicas = 1,
  annotations = '{}',
  limits = '{}',
  mesh = 'istio',
}: Edge): string {
  const injection =
    mesh === 'istio' ? 'labels: { istio-injection: enabled }' : 'annotations: { linkerd.io/inject: enabled }';
  return `apiVersion: v1
kind: Namespace
metadata: { name: default, ${injection} }
---
apiVersion: v1
kind: Service
metadata: { name: server }
spec: { selector: { app: server }, ports: [{ name: http, port: 80 }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: server }
spec:
  replicas: ${serverReplicas}
  selector: { matchLabels: { app: server } }
  template:
    metadata: { labels: { app: server }, annotations: ${annotations} }
    spec: { containers: [{ name: app, image: app, resources: { limits: ${limits} } }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: client }
spec:
  replicas: ${clientReplicas}
  selector: { matchLabels: { app: client } }
  template: { metadata: { labels: { app: client } }, spec: { containers: [{ name: app, image: app }] } }
`;
}

export const SPEC: ScenarioSpec = {
  run: { duration: '5s', warmup: '0s', replications: 1 },
  traffic: [{ name: 'calls', from: 'client.default', to: 'http://server/', rate: '40/s' }],
  services: { server: { work: '2ms' } },
};

export function meshOf(edge: Edge, spec: ScenarioSpec = SPEC, more = ''): Mesh {
  return loadMesh([{ name: 'mesh.yaml', text: meshText(edge) + more }], { scenario: spec });
}

/** `code file:line:column` of the first error. */
export function errorOf(load: () => unknown): string {
  try {
    load();
  } catch (error) {
    if (!(error instanceof InvalidMeshError)) throw error;
    const found = error.diagnostics.find(({ severity }) => severity === 'error');
    return `${found?.code} ${found?.position?.file}:${found?.position?.line}:${found?.position?.column}`;
  }
  return 'no error';
}

export async function runOf({ plan, scenario, diagnostics, fidelity }: Mesh): Promise<RunResult> {
  const { result } = await runScenario({ plan, relative: { scenario, diagnostics, fidelity } }, { workers: 0 });
  if (result === null) throw new Error('no result');
  return result;
}
