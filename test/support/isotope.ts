// A mesh of many services in the shape of Istio's load tests (istio/tools: isotope/example-topologies, 1000-svc_5000-end.yaml): a tree whose
// inner services call all of theirs at once. On top of it, so that a report has something to show: every seventh leaf also calls a service of
// another branch, some calls are made sometimes only, some leaves fail now and then, and calls to half of these are retried. No chance: the same options give the
// same text.

export interface IsotopeOptions {
  /** >= 2 */
  readonly services: number;
  /** How many services an inner one calls; 100 is the shape of the original. */
  readonly branches: number;
  /** Requests a second that enter at the root. */
  readonly ratePerSecond: number;
  /** Of the run, e.g. `5s`. */
  readonly duration: string;
  readonly replications: number;
}

export interface IsotopeMesh {
  /** Kubernetes and Istio manifests. */
  readonly manifests: string;
  /** A scenario that reads them from `mesh.yaml` beside it. */
  readonly scenario: string;
}

const PORT = 8080;

export function isotopeMesh(options: IsotopeOptions): IsotopeMesh {
  const tree = new Tree(options);
  return { manifests: manifestsOf(tree), scenario: scenarioOf(tree, options) };
}

/** Services are numbered from the root, layer by layer. */
class Tree {
  readonly count: number;
  private readonly branches: number;

  constructor({ services, branches }: IsotopeOptions) {
    this.count = services;
    this.branches = branches;
  }

  get numbers(): number[] {
    return [...Array(this.count).keys()];
  }

  childrenOf(service: number): number[] {
    const first = service * this.branches + 1;
    const last = Math.min(first + this.branches, this.count);
    return first < last ? [...Array(last - first).keys()].map((i) => first + i) : [];
  }

  isLeaf(service: number): boolean {
    return service * this.branches + 1 >= this.count;
  }

  /** `svc-0-3-7`: the way from the root, as isotope names them. */
  nameOf(service: number): string {
    if (service === 0) return 'svc-0';
    const parent = Math.floor((service - 1) / this.branches);
    return `${this.nameOf(parent)}-${service - parent * this.branches - 1}`;
  }

  /** Each branch below the root is a namespace of its own, ten of them at most. */
  namespaceOf(service: number): string {
    let top = service;
    while (top > this.branches) top = Math.floor((top - 1) / this.branches);
    return top === 0 ? 'front' : `branch-${(top - 1) % 10}`;
  }

  addressOf(service: number): string {
    return `${this.nameOf(service)}.${this.namespaceOf(service)}:${PORT}`;
  }

  /** What a leaf calls beside the tree: a leaf far away with a higher number, so that no calls go round. */
  shortcutOf(service: number): number | null {
    if (!this.isLeaf(service) || service % 7 !== 0) return null;
    const other = service + Math.floor((this.count - service) / 2);
    return other > service && other % 7 !== 0 && other < this.count ? other : null;
  }

  failsAtTimes(service: number): boolean {
    return this.isLeaf(service) && service % 45 === 11;
  }

  /** Whether calls to it are retried, and its pods ejected when they fail. */
  isProtected(service: number): boolean {
    return this.failsAtTimes(service) && service % 2 === 1;
  }
}

function manifestsOf(tree: Tree): string {
  const namespaces = [...new Set(tree.numbers.map((service) => tree.namespaceOf(service)))];
  return [
    ...namespaces.map(
      (name) => `apiVersion: v1
kind: Namespace
metadata: { name: ${name}, labels: { istio-injection: enabled } }
`,
    ),
    deploymentOf('client', 'front', 1),
    ...tree.numbers.map((service) => workloadOf(tree, service)),
    ...tree.numbers.filter((service) => tree.isProtected(service)).map((service) => policiesOf(tree, service)),
  ].join('---\n');
}

function workloadOf(tree: Tree, service: number): string {
  const [name, namespace] = [tree.nameOf(service), tree.namespaceOf(service)];
  return `apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: ${namespace} }
spec: { selector: { app: ${name} }, ports: [{ name: http, port: ${PORT} }] }
---
${deploymentOf(name, namespace, 2)}`;
}

function deploymentOf(name: string, namespace: string, replicas: number): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: ${namespace} }
spec:
  replicas: ${replicas}
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name}, version: v1 } }
    spec:
      containers:
        - name: isotope
          image: isotope
          resources: { limits: { cpu: "1" } }
          readinessProbe: { httpGet: { path: /, port: ${PORT} } }
`;
}

function policiesOf(tree: Tree, service: number): string {
  const [name, namespace] = [tree.nameOf(service), tree.namespaceOf(service)];
  return `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: ${name}, namespace: ${namespace} }
spec:
  hosts: [${name}]
  http:
    - retries: { attempts: 2, perTryTimeout: 1s, retryOn: 5xx }
      route: [{ destination: { host: ${name} } }]
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: ${name}, namespace: ${namespace} }
spec:
  host: ${name}
  trafficPolicy:
    connectionPool: { http: { http1MaxPendingRequests: 16, http2MaxRequests: 64 } }
    outlierDetection: { consecutive5xxErrors: 2, interval: 1s, baseEjectionTime: 3s, maxEjectionPercent: 50 }
`;
}

function scenarioOf(tree: Tree, { ratePerSecond, duration, replications }: IsotopeOptions): string {
  return `apiVersion: seatrial.dev/v1alpha1
kind: Scenario
metadata: { name: isotope-${tree.count} }
spec:
  mesh: [./mesh.yaml]
  run: { duration: ${duration}, warmup: 1s, seed: isotope, replications: ${replications} }
  traffic:
    - { name: load, to: "http://${tree.addressOf(0)}/", from: client.front, rate: ${ratePerSecond}/s, timeout: 5s }
  defaults: { cpu: 0.2ms, wait: "lognormal(mean=2ms, cv=1)" }
  slos:
    - { name: pages are fast, traffic: load, latency: 250ms, objective: 99% }
  thresholds: ["p(90) < 1s", "errors < 5%"]
  services:
${tree.numbers.map((service) => behaviourOf(tree, service)).join('')}`;
}

/** Inner services call theirs at once, as isotope does; the later of them less often. */
function behaviourOf(tree: Tree, service: number): string {
  const children = tree.childrenOf(service);
  const shortcut = tree.shortcutOf(service);
  const key = `    ${tree.nameOf(service)}.${tree.namespaceOf(service)}:\n`;
  if (children.length > 0) {
    const calls = children.map((child, i) => {
      const often = i % 3 === 0 ? '' : `, probability: ${100 - Math.floor((90 * i) / children.length)}%`;
      return `            - { call: "${tree.addressOf(child)}", onError: ignore${often} }\n`;
    });
    return `${key}      steps:\n        - cpu: 0.2ms\n        - parallel:\n${calls.join('')}`;
  }
  if (shortcut !== null) {
    return `${key}      steps: [{ wait: 1ms }, { call: "${tree.addressOf(shortcut)}", probability: 50%, onError: ignore }]\n`;
  }
  return tree.failsAtTimes(service) ? `${key}      errors: { 503: 4% }\n      wait: 1ms\n` : '';
}
