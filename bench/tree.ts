// A tree of services as Kubernetes and Istio YAML: each service does a little work and calls its children all at once; limits, outlier detection, retries
// and time-outs everywhere. What grows with the number of services alone shows here.

export const TREE_BRANCHES = 6;
/** Attempts a second in all, whatever the number of services. */
export const TREE_ATTEMPTS_PER_SECOND = 20_000;

const ENTRY = `apiVersion: networking.istio.io/v1
kind: Gateway
metadata: { name: entry, namespace: tree }
spec: { selector: { istio: ingressgateway }, servers: [{ port: { number: 80, name: http, protocol: HTTP }, hosts: ["*"] }] }
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: entry, namespace: tree }
spec:
  hosts: [tree.example.com]
  gateways: [entry]
  http: [{ route: [{ destination: { host: node-0, port: { number: 8080 } } }] }]`;

export interface TreeTexts {
  readonly mesh: string;
  readonly scenario: string;
}

export function treeTexts(services: number): TreeTexts {
  const numbers = Array.from({ length: services }, (_, service) => service);
  const mesh = [
    'apiVersion: v1\nkind: Namespace\nmetadata: { name: tree, labels: { istio-injection: enabled } }',
    ENTRY,
    ...numbers.flatMap(objectsOf),
  ];
  const scenario = `apiVersion: seatrial.dev/v1alpha1
kind: Scenario
metadata: { name: tree-${services} }
spec:
  mesh: [./mesh.yaml]
  run: { duration: 10s, warmup: 2s, replications: 1, maxEvents: 2000000000 }
  nodeCores: 4
  traffic: [{ name: users, to: "http://tree.example.com/", rate: ${TREE_ATTEMPTS_PER_SECOND / services}/s }]
  services:
${numbers.map((service) => `    node-${service}.tree: { steps: [${stepsOf(service, services)}] }`).join('\n')}
`;
  return { mesh: mesh.join('\n---\n'), scenario };
}

function stepsOf(service: number, services: number): string {
  const first = service * TREE_BRANCHES + 1;
  const calls = Array.from({ length: TREE_BRANCHES }, (_, i) => first + i)
    .filter((to) => to < services)
    .map((to) => `{ call: "http://node-${to}:8080/" }`);
  const work = '{ cpu: "exponential(mean=0.2ms)" }';
  return calls.length === 0 ? work : `${work}, { parallel: [${calls.join(', ')}] }`;
}

function objectsOf(service: number): string[] {
  const name = `node-${service}`;
  const metadata = `metadata: { name: ${name}, namespace: tree }`;
  return [
    `apiVersion: v1
kind: Service
${metadata}
spec: { selector: { app: ${name} }, ports: [{ name: http-web, port: 8080 }] }`,
    `apiVersion: apps/v1
kind: Deployment
${metadata}
spec:
  replicas: 2
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name}, version: v1 } }
    spec: { containers: [{ name: app, image: app, resources: { requests: { cpu: 100m }, limits: { cpu: "2" } } }] }`,
    `apiVersion: networking.istio.io/v1
kind: DestinationRule
${metadata}
spec:
  host: ${name}
  trafficPolicy:
    connectionPool: { http: { http1MaxPendingRequests: 1024, http2MaxRequests: 1024 } }
    outlierDetection: { consecutive5xxErrors: 5, interval: 10s, baseEjectionTime: 30s }`,
    `apiVersion: networking.istio.io/v1
kind: VirtualService
${metadata}
spec:
  hosts: [${name}]
  http:
    - timeout: 5s
      retries: { attempts: 2, perTryTimeout: 2s, retryOn: "connect-failure,refused-stream,503" }
      route: [{ destination: { host: ${name} } }]`,
  ];
}
