// Random meshes as YAML and scenario: 5 to 10 services that call each other without cycles, 1 to 3 pods each, mostly with sidecars, under a load that fills
// nothing. A mesh is a model first, which others change before it is written down.
import { stringify } from 'yaml';
import type { NamedText } from '../../models/config/resource.js';
import { loadMesh, type Mesh, type ScenarioSpec, simulate } from '../../scenarios/library.js';
import type { RunResult } from '../../scenarios/result/run-result.js';
import type { Sfc32 } from '../../sim/random/sfc32.js';
import { componentStream } from '../../sim/random/stream.js';

export const NAMESPACE = 'shop';
const NAMES = ['web', 'cart', 'quotes', 'bank', 'orders', 'users', 'stock', 'mail', 'search', 'reviews'] as const;
/** No station of an unchanged mesh is used more. */
const MOST_USE = 0.4;
const MOST_RATE = 60;

export interface MeshService {
  readonly name: string;
  /** Of the services that it calls, in this order; always of a higher number than its own. */
  readonly calls: readonly number[];
  readonly isParallel: boolean;
  /** Visits for each request of the clients. */
  visits: number;
  pods: number;
  workMs: number;
  cpuShare: number;
  cpuLimitMillis: number;
  hasSidecar: boolean;
  readonly annotations: Record<string, string>;
  nodeSelector: Record<string, string>;
  /** Deployments behind it; more than one: versions. */
  versions: { readonly name: string; readonly pods: number; readonly nodeSelector?: Record<string, string> }[];
  /** `trafficPolicy` of its DestinationRule, and the only route of its VirtualService; neither is written where it is empty. */
  readonly policy: Record<string, unknown>;
  readonly http: Record<string, unknown>;
  /** Further fields of its behaviour in the scenario. */
  readonly behaviour: Record<string, unknown>;
}

export interface RandomMesh {
  readonly seed: string;
  readonly services: MeshService[];
  ratePerSecond: number;
  /** Further documents of the YAML. */
  readonly documents: object[];
  /** Further fields of the scenario's spec, and of its traffic. */
  readonly scenario: Record<string, unknown>;
  readonly traffic: Record<string, unknown>;
}

export interface MeshShape {
  /** Only calls in sequence. */
  readonly isSequential?: boolean;
  readonly allSidecars?: boolean;
  /** Without what a mesh has beside its calls: workers, retries, outlier detection, a time-out of the clients. */
  readonly isPlain?: boolean;
}

export function randomMesh(seed: string, shape: MeshShape = {}): RandomMesh {
  const random = componentStream(seed, 'mesh');
  const count = 5 + random.integer(6);
  const children: number[][] = Array.from({ length: count }, () => []);
  for (let i = 1; i < count; i++) children[random.integer(i)].push(i);
  for (let extra = random.integer(3); extra > 0; extra--) {
    const from = random.integer(count - 1);
    const to = from + 1 + random.integer(count - 1 - from);
    if (!children[from].includes(to)) children[from].push(to);
  }
  const services = children.map((calls, i) => service(random, NAMES[i], calls, shape));
  const visits = services.map((_, i) => (i === 0 ? 1 : 0));
  for (const [i, { calls }] of services.entries()) for (const to of calls) visits[to] += visits[i];
  for (const [i, own] of services.entries()) own.visits = visits[i];
  const most = services.map((own) => (MOST_USE * own.pods * own.cpuLimitMillis) / (own.visits * own.workMs));
  return {
    seed,
    services,
    ratePerSecond: Math.max(5, Math.floor(Math.min(MOST_RATE, ...most))),
    documents: [],
    scenario: {},
    traffic: shape.isPlain !== true && random.integer(2) === 0 ? { timeout: '2s' } : {},
  };
}

function service(random: Sfc32, name: string, calls: readonly number[], shape: MeshShape): MeshService {
  const pods = 1 + random.integer(3);
  const oneOf = (many: number): boolean => shape.isPlain !== true && random.integer(many) === 0;
  return {
    name,
    calls,
    isParallel: shape.isSequential !== true && random.integer(3) === 0,
    visits: 0,
    pods,
    workMs: 1 + random.integer(6),
    cpuShare: (1 + random.integer(4)) / 4,
    cpuLimitMillis: 1000 * (1 + random.integer(2)),
    hasSidecar: shape.allSidecars === true || name === 'web' || random.integer(10) > 0,
    annotations: {},
    nodeSelector: {},
    versions: [{ name, pods }],
    behaviour: oneOf(3) ? { workers: 32 } : {},
    policy: oneOf(4) ? { outlierDetection: { consecutive5xxErrors: 5, interval: '1s', baseEjectionTime: '1s' } } : {},
    http: oneOf(4) ? { retries: { attempts: 1 + random.integer(2), retryOn: '5xx,reset' } } : {},
  };
}

/** The services that call number `to`. */
export function callersOf({ services }: RandomMesh, to: number): MeshService[] {
  return services.filter(({ calls }) => calls.includes(to));
}

export function textsOf(mesh: RandomMesh): NamedText[] {
  const documents = [
    {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: NAMESPACE, labels: { 'istio-injection': 'enabled' } },
    },
    ...mesh.services.flatMap(documentsOf),
    ...mesh.documents,
  ];
  return [{ name: 'mesh.yaml', text: documents.map((document) => stringify(document)).join('---\n') }];
}

function networking(kind: string, name: string, spec: object): object {
  return { apiVersion: 'networking.istio.io/v1', kind, metadata: { name, namespace: NAMESPACE }, spec };
}

function documentsOf(own: MeshService): object[] {
  const { name, versions, annotations, nodeSelector, hasSidecar, cpuLimitMillis, policy, http } = own;
  const route = [{ destination: { host: name } }];
  return [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace: NAMESPACE },
      spec: { selector: { app: name }, ports: [{ name: 'http', port: 80, targetPort: 8080 }] },
    },
    ...versions.map((version) => ({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: version.name, namespace: NAMESPACE },
      spec: {
        replicas: version.pods,
        selector: { matchLabels: { app: name, version: labelOf(version) } },
        template: {
          metadata: {
            labels: {
              app: name,
              version: labelOf(version),
              ...(hasSidecar ? {} : { 'sidecar.istio.io/inject': 'false' }),
            },
            annotations,
          },
          spec: {
            serviceAccountName: name,
            nodeSelector: version.nodeSelector ?? nodeSelector,
            containers: [{ name: 'app', image: 'x', resources: { limits: { cpu: `${cpuLimitMillis}m` } } }],
          },
        },
      },
    })),
    ...(Object.keys(policy).length === 0
      ? []
      : [networking('DestinationRule', name, { host: name, trafficPolicy: policy })]),
    ...(Object.keys(http).length === 0
      ? []
      : [networking('VirtualService', name, { hosts: [name], http: [{ route, ...http }] })]),
  ];
}

/** `v2` of `cart-v2`; of the only version `v1`. */
function labelOf({ name }: { readonly name: string }): string {
  return name.includes('-') ? name.slice(name.indexOf('-') + 1) : 'v1';
}

export function scenarioOf(mesh: RandomMesh): ScenarioSpec {
  const { services, ratePerSecond, traffic, scenario, seed } = mesh;
  const behaviours = services.map((own) => {
    const work = { work: `exponential(mean=${own.workMs}ms)` };
    const calls = own.calls.map((to) => ({ call: `http://${services[to].name}` }));
    const steps = own.isParallel && calls.length > 1 ? [work, { parallel: calls }] : [work, ...calls];
    return [`${own.name}.${NAMESPACE}`, { steps, cpuShare: own.cpuShare, ...own.behaviour }];
  });
  return {
    run: { duration: '4s', warmup: '1s', replications: 2, seed },
    traffic: [{ name: 'shoppers', to: `http://web.${NAMESPACE}/`, rate: ratePerSecond, ...traffic }],
    services: Object.fromEntries(behaviours),
    ...scenario,
  } as ScenarioSpec;
}

export function loadRandomMesh(mesh: RandomMesh): Mesh {
  return loadMesh(textsOf(mesh), { scenario: scenarioOf(mesh) });
}

/** On this thread. */
export async function runRandomMesh(mesh: RandomMesh): Promise<RunResult> {
  return simulate(loadRandomMesh(mesh), { workers: 0 });
}
