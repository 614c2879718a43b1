// What the tests of the plan share: a small cluster in YAML, a scenario with one request, and questions to the plan.
import type { Diagnostic } from '../../../models/config/diagnostic.js';
import { loadResources } from '../../../models/config/load.js';
import { compilePlan, type PlanResult } from '../../../models/plan/compile.js';
import {
  type CallSitePlan,
  type ClusterPlan,
  type DestinationPlan,
  type ForwardPlan,
  type MeshPlan,
  NONE,
  type RetryPlan,
  type RoutePlan,
} from '../../../models/plan/contract/plan.js';
import type {
  BehaviourSpec,
  CallInput,
  PlanInput,
  StepInput,
  TrafficRequestInput,
} from '../../../models/plan/settings/input.js';
import { defaultProxyCost } from '../../../models/plan/settings/proxy-cost.js';

export const AT = { file: 'scenario.yaml', line: 1, column: 1 };
export const MS = 1_000_000;

export const WORK: StepInput = {
  kind: 'work',
  duration: { kind: 'constant', value: MS },
  cpuShare: 1,
  retryWork: 'fresh',
};

export function call(to: string, more: Partial<CallInput> = {}): CallInput {
  return {
    kind: 'call',
    at: AT,
    to,
    method: 'GET',
    path: '/',
    headers: {},
    forwardHeaders: [],
    timeoutNs: 0,
    retries: 0,
    onError: 'fail',
    failStatus: 500,
    ...more,
  };
}

export function request(more: Partial<TrafficRequestInput> = {}): TrafficRequestInput {
  return { name: 'get', at: AT, weight: 1, method: 'GET', path: '/', headers: {}, timeoutNs: 0, ...more };
}

export interface Wish {
  readonly yaml: string | readonly string[];
  readonly to?: string;
  readonly from?: string | null;
  readonly requests?: readonly TrafficRequestInput[];
  readonly services?: Readonly<Record<string, BehaviourSpec>>;
  readonly workloads?: Readonly<Record<string, BehaviourSpec>>;
  readonly input?: Partial<PlanInput>;
}

/** An input with one traffic source, `load`, that dials `to` from the workload `client.a`. */
export function input(wish: Wish): PlanInput {
  const texts = typeof wish.yaml === 'string' ? [wish.yaml] : wish.yaml;
  const named = (specs: Readonly<Record<string, BehaviourSpec>> = {}) =>
    Object.entries(specs).map(([name, spec]) => ({ name, at: AT, spec }));
  return {
    resources: loadResources(texts.map((text, index) => ({ name: `mesh-${index}.yaml`, text }))),
    istioVersion: '1.31',
    traffic: [
      {
        name: 'load',
        at: AT,
        to: wish.to ?? 'http://web.b/',
        toAt: AT,
        from: wish.from === undefined ? 'client.a' : wish.from,
        fromAt: AT,
        arrival: { kind: 'open', process: 'poisson', profile: [{ atNs: 0, ratePerSecond: 10 }] },
        requests: wish.requests ?? [request()],
      },
    ],
    behaviour: { defaults: { steps: [WORK] }, services: named(wish.services), workloads: named(wish.workloads) },
    network: {
      sameZoneRttNs: 0.25 * MS,
      crossZoneRttNs: 0.9 * MS,
      crossRegionRttNs: 60 * MS,
      externalRttNs: 20 * MS,
      jitter: 0,
      loss: 0,
      between: [],
    },
    proxy: defaultProxyCost('1.31'),
    placement: [{ region: 'r1', zone: 'r1-a' }],
    nodeCores: 4,
    ...wish.input,
  };
}

export function compile(wish: Wish): PlanResult {
  return compilePlan(input(wish));
}

/** The plan, and an error that says why there is none. */
export function planOf(wish: Wish): MeshPlan {
  const { plan, diagnostics } = compile(wish);
  if (plan === null) throw new Error(`no plan: ${JSON.stringify(diagnostics)}`);
  return plan;
}

export function codes(diagnostics: readonly Diagnostic[], severity: Diagnostic['severity']): string[] {
  return diagnostics.filter((diagnostic) => diagnostic.severity === severity).map((diagnostic) => diagnostic.code);
}

/** The site of a request of the first traffic source. */
export function siteOf(plan: MeshPlan, index = 0): CallSitePlan {
  return plan.sites[plan.traffic[0]!.requests[index]!.site]!;
}

/** The first site in which a workload of this name calls a service of this display name. */
export function siteBetween(plan: MeshPlan, from: string, to: string): CallSitePlan {
  const found = plan.sites.find(
    (site) => plan.workloads[site.caller]!.name === from && plan.edges[site.edge]!.toName === to,
  );
  if (found === undefined) throw new Error(`no call from ${from} to ${to}`);
  return found;
}

export function forwardOf(route: RoutePlan): ForwardPlan {
  if (route.action.kind !== 'forward') throw new Error(`answers ${route.action.status}`);
  return route.action;
}

export function clusterOf(plan: MeshPlan, destination: DestinationPlan): ClusterPlan {
  return plan.clusters[destination.cluster]!;
}

export function onlyCluster(plan: MeshPlan, site: CallSitePlan = siteOf(plan)): ClusterPlan {
  return clusterOf(plan, forwardOf(site.route).destinations[0]!);
}

/** What becomes of a request, in words: `404 NR`, `503 NC`, `503 UH`, `web-v1`, `25% web-v1, 75% web-v2`. */
export function outcome(plan: MeshPlan, site: CallSitePlan = siteOf(plan)): string {
  const { action } = site.route;
  if (action.kind === 'respond') return `${action.status} ${action.flag}`.trim();
  const sum = action.destinations.reduce((total, destination) => total + destination.weight, 0);
  return action.destinations
    .map((destination) => {
      const share = action.destinations.length === 1 ? '' : `${(100 * destination.weight) / sum}% `;
      return `${share}${arrivesAt(plan, destination)}`;
    })
    .join(', ');
}

function arrivesAt(plan: MeshPlan, destination: DestinationPlan): string {
  if (destination.cluster === NONE) return `${destination.missingStatus} NC`;
  const { groups } = clusterOf(plan, destination);
  if (groups.length === 0) return '503 UH';
  return groups.map((group) => plan.workloads[group.workload]!.name).join('+');
}

export function retryOf(plan: MeshPlan): RetryPlan | null {
  return siteOf(plan).route.retry;
}

/** Namespaces a and b with injection; client in a; web.b, two.b with pods of v1 and v2; db.b. */
export const CLUSTER = [
  ...['a', 'b', 'c'].map((name) => namespace(name)),
  deployment('client', 'a', { app: 'client' }, 1),
  deployment('web-v1', 'b', { app: 'web', version: 'v1' }, 2),
  deployment('web-v2', 'b', { app: 'web', version: 'v2' }, 2),
  deployment('two', 'b', { app: 'two', version: 'v1' }, 1),
  deployment('db', 'b', { app: 'db' }, 1),
  service('web', 'b', ['{ name: http, port: 80, targetPort: 8080 }']),
  service('db', 'b', ['{ name: tcp, port: 3306 }']),
  service('two', 'b', ['{ name: http-a, port: 80 }', '{ name: http-b, port: 81 }']),
].join('---\n');

export function namespace(name: string, labels = 'istio-injection: enabled'): string {
  return `apiVersion: v1\nkind: Namespace\nmetadata: { name: ${name}, labels: { ${labels} } }\n`;
}

export function deployment(
  name: string,
  inNamespace: string,
  labels: Readonly<Record<string, string>>,
  replicas: number,
  pod: { readonly annotations?: string; readonly spec?: string } = {},
): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: ${inNamespace} }
spec:
  replicas: ${replicas}
  selector: { matchLabels: ${JSON.stringify(labels)} }
  template:
    metadata: { labels: ${JSON.stringify(labels)}, annotations: { ${pod.annotations ?? ''} } }
    spec: ${pod.spec ?? '{ containers: [{ name: app, image: app }] }'}
`;
}

export function service(name: string, inNamespace: string, ports: readonly string[], more = ''): string {
  return `apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: ${inNamespace} }
spec:
  selector: { app: ${name} }
  ports: [${ports.join(', ')}]
  ${more}
`;
}

/** A VirtualService for sidecars, with `spec` in flow style. */
export function virtualService(name: string, inNamespace: string, spec: string): string {
  return istio('VirtualService', name, inNamespace, spec);
}

export function destinationRule(name: string, inNamespace: string, spec: string): string {
  return istio('DestinationRule', name, inNamespace, spec);
}

export function istio(kind: string, name: string, inNamespace: string, spec: string): string {
  return `apiVersion: networking.istio.io/v1\nkind: ${kind}\nmetadata: { name: ${name}, namespace: ${inNamespace} }\nspec: ${spec}\n`;
}

/** The cluster above and more documents. */
export function withCluster(...documents: readonly string[]): string {
  return [CLUSTER, ...documents].join('---\n');
}
