// A small mesh of YAML to which something is done while it runs: single requests at known times, and where each of their tries goes.
import { loadLayers, type ResourceSet } from '../../models/config/load.js';
import { parseDocuments } from '../../models/config/parse.js';
import { Configurations } from '../../models/mesh/life/configurations.js';
import { trafficResults } from '../../models/mesh/run/traffic-results.js';
import { World } from '../../models/mesh/run/world.js';
import type { ClusterState } from '../../models/mesh/state/cluster-state.js';
import { STATE } from '../../models/mesh/state/connection.js';
import { HEALTH_CHECK } from '../../models/mesh/state/nothing.js';
import type { Pod } from '../../models/mesh/state/pod.js';
import type { ArrivalPlan, MeshPlan } from '../../models/plan/contract/plan.js';
import type { StoppingPlan } from '../../models/plan/contract/stopping-plan.js';
import {
  isOverAtOnce,
  type LinkFaultPlan,
  type PodFaultPlan,
  type TimelineEntryPlan,
} from '../../models/plan/contract/timeline-plan.js';
import { AMBIENT } from '../models/ambient.js';
import { deployment, namespace, planOf, request, service } from '../models/plan/support.js';
import { burst, outcomes, PROXY, S, work } from './plans.js';

export interface ChangeWish {
  /** Pods of `web`. */
  readonly pods?: number;
  readonly istioVersion?: string;
  /** Default: the one that the release of Istio carries. */
  readonly envoyVersion?: string;
  /** Whose proxies there are; default: Istio's sidecars. */
  readonly mesh?: 'sidecars' | 'ambient' | 'linkerd' | 'none';
  /** Name of the port, which says its protocol. */
  readonly port?: string;
  readonly grpc?: boolean;
  /** Time-out of the route to `web`; absent: none. */
  readonly timeout?: string;
  /** Fields of the traffic policy of `web`. */
  readonly policy?: string;
  /** Its load balancer; default: round robin. */
  readonly loadBalancer?: string;
  /** When requests are sent. */
  readonly requestsNs: readonly number[];
  /** Another source of requests, which nobody looks at one by one. */
  readonly load?: ArrivalPlan;
  readonly workNs: number;
  /** How the pods of `web` end; absent: as by default. */
  readonly stopping?: StoppingPlan;
  /** istiod is away from the start: no proxy hears of any change. */
  readonly deaf?: boolean;
  /** YAML that is laid over that of the mesh, in versions 1, 2, …: `hear` says when the proxy of the client has which. */
  readonly later?: readonly string[];
  /** What is done, by what the plan calls its parts. */
  readonly timeline?: (plan: MeshPlan) => readonly TimelineEntryPlan[];
}

function meshedNamespace(name: string, mesh: ChangeWish['mesh']): string {
  switch (mesh) {
    case undefined:
    case 'sidecars':
      return namespace(name);
    case 'ambient':
      return namespace(name, AMBIENT);
    case 'none':
      return namespace(name, '');
    case 'linkerd':
      return `apiVersion: v1\nkind: Namespace\nmetadata: { name: ${name}, annotations: { linkerd.io/inject: enabled } }\n`;
  }
}

/** Names of the workloads. */
const CLIENT = 'client';
const WEB = 'web';

function destinationRule(policy: string, more = '', loadBalancer = '{ simple: ROUND_ROBIN }'): string {
  return `apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: web, namespace: b }
spec: { host: web, trafficPolicy: { loadBalancer: ${loadBalancer}, ${policy} }${more} }
`;
}

/** The rule of `web` with other fields. */
export function rule(policy: string, more = ''): string {
  return destinationRule(policy, more);
}

function virtualService(timeout: string): string {
  return `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: web, namespace: b }
spec: { hosts: [web], http: [{ timeout: ${timeout}, route: [{ destination: { host: web } }] }] }
`;
}

const DEAF: TimelineEntryPlan = {
  name: 'istiod is down',
  position: null,
  startsNs: [],
  durationNs: null,
  rampNs: 0,
  action: { kind: 'istiod', isDown: true },
};

function layered(yaml: string, text: string): ResourceSet {
  const documents = (name: string, of: string) => [...parseDocuments({ name, text: of })];
  return loadLayers(documents('mesh.yaml', yaml), [{ kind: 'apply', documents: documents('later.yaml', text) }]);
}

/** One try of a request. */
export interface Try {
  /** When it was made, in milliseconds. */
  readonly atMs: number;
  /** Ordinal of the pod that it goes to. */
  readonly pod: number;
}

/** Callers go round robin; proxies cost nothing and have one thread; each request comes from a source of its own. */
export class ChangeRun {
  readonly plan: MeshPlan;
  readonly world: World;
  readonly tries: Try[] = [];
  private readonly configurations: Configurations;
  private readonly seen = new Set<string>();

  constructor(wish: ChangeWish) {
    const yaml = [
      meshedNamespace('a', wish.mesh),
      meshedNamespace('b', wish.mesh),
      deployment(CLIENT, 'a', { app: CLIENT }, 1),
      deployment(WEB, 'b', { app: WEB }, wish.pods ?? 3),
      service(WEB, 'b', [`{ name: ${wish.port ?? 'http'}, port: 80 }`]),
      ...(wish.mesh === undefined || wish.mesh === 'sidecars'
        ? [destinationRule(wish.policy ?? '', '', wish.loadBalancer)]
        : []),
      ...(wish.timeout === undefined ? [] : [virtualService(wish.timeout)]),
    ].join('---\n');
    const later = (wish.later ?? []).map((text) => layered(yaml, text));
    const plan = planOf({
      yaml,
      input: {
        istioVersion: wish.istioVersion ?? '1.31',
        ...(wish.envoyVersion === undefined ? {} : { envoyVersion: wish.envoyVersion }),
        ...(later.length === 0 ? {} : { configurations: { later, changes: [] } }),
      },
      requests: [request(wish.grpc === true ? { method: 'POST', path: '/shop.Web/Get' } : {})],
    });
    const [source] = plan.traffic;
    const plain = (one: MeshPlan): MeshPlan => ({
      ...one,
      workloads: one.workloads.map((workload) => ({
        ...workload,
        proxy: workload.proxy === null ? null : { ...PROXY, product: workload.proxy.product },
        ...(workload.name === WEB && wish.stopping !== undefined ? { stopping: wish.stopping } : {}),
      })),
      handlers: one.handlers.map((handler) => ({ ...handler, program: [work(wish.workNs)] })),
    });
    const { configurations } = plan;
    this.plan = {
      ...plain(plan),
      configurations:
        configurations === null ? null : { ...configurations, later: configurations.later.map((one) => plain(one)) },
      traffic: [
        ...wish.requestsNs.map((atNs, i) => ({ ...source!, name: `request ${i}`, arrival: burst(atNs, 1) })),
        ...(wish.load === undefined ? [] : [{ ...source!, name: 'load', arrival: wish.load }]),
      ],
      timeline: [...(wish.deaf === true ? [DEAF] : []), ...(wish.timeline?.(plan) ?? [])],
    };
    const options = { seed: 'change', replication: 0, warmupNs: 0, durationNs: 600 * S, intervalNs: S, maxEvents: 1e7 };
    this.world = new World(this.plan, options);
    this.world.recorder.begin();
    this.configurations = new Configurations(this.world.versions, this.world.clusters, this.world.drains, () => {});
  }

  /** Messages of these types about a version come to the proxy of the client; `eds!`: endpoints that it has asked for. */
  hear(version: number, ...types: readonly ('cds' | 'eds' | 'eds!' | 'rds')[]): this {
    for (const type of types) {
      this.configurations.receive(this.client, {
        type: type === 'eds!' ? 'eds' : type,
        version,
        isRequested: type === 'eds!',
        hasEndpoints: true,
      });
    }
    return this;
  }

  /** The proxy of each pod of `web` has the listeners of a version. */
  listen(version: number): this {
    for (const pod of this.web) {
      this.configurations.receive(pod, { type: 'lds', version, isRequested: false, hasEndpoints: false });
    }
    return this;
  }

  /** Lets the time pass. */
  until(atNs: number): this {
    const { calendar } = this.world;
    while (calendar.advance(atNs)) {
      this.world.handle(calendar.kind, calendar.ref);
      this.world.settle();
      this.look();
    }
    return this;
  }

  private look(): void {
    const { attempts, calendar } = this.world;
    for (const { call, keyHi, keyLo, ordinal, pod } of attempts.taken()) {
      const name = `${keyHi}/${keyLo}/${ordinal}`;
      if (call === HEALTH_CHECK || this.seen.has(name)) continue;
      this.seen.add(name);
      this.tries.push({ atMs: calendar.nowNs / 1e6, pod: pod.ordinal });
    }
  }

  /** Where the tries went, in their order. */
  get picks(): number[] {
    return this.tries.map(({ pod }) => pod);
  }

  /** What became of each request so far: `200 -`, `503 UC`; '': it has not ended. */
  get ends(): string[] {
    const { calls, attempts, frames, recorder } = this.world;
    return trafficResults(this.plan, recorder, { calls, attempts, frames }).map((one) =>
      Object.keys(outcomes(one.outcomes)).join(' | '),
    );
  }

  /** The cluster of `web` at the proxy of the client that its next requests go by, once it has been used. */
  get cluster(): ClusterState {
    return this.world.clusters.states.findLast(({ isGone }) => !isGone)!;
  }

  get client(): Pod {
    return this.podsOf(CLIENT)[0]!;
  }

  get web(): readonly Pod[] {
    return this.podsOf(WEB);
  }

  /** Connections of the client to a pod, by state. */
  connections(pod: Pod): { readonly idle: number; readonly busy: number; readonly connecting: number } {
    const all = this.world.connections.all.filter(
      ({ pool, state }) => state !== STATE.closed && pool.host.cluster.caller === this.client && pool.host.pod === pod,
    );
    const count = (...states: readonly number[]) => all.filter(({ state }) => states.includes(state)).length;
    return {
      idle: all.filter(({ state, active }) => state === STATE.ready && active === 0).length,
      busy: all.filter(({ state, active }) => state !== STATE.connecting && active > 0).length,
      connecting: count(STATE.connecting),
    };
  }

  /** The place of a pod among the hosts. */
  placeOf(pod: Pod): number {
    return this.cluster.endpoints.findIndex((endpoint) => endpoint.pod === pod);
  }

  /** The next pick of a round robin is that of this place among the hosts. */
  turnTo(place: number): void {
    this.cluster.alike.rotation.fill(place);
  }

  private podsOf(name: string): readonly Pod[] {
    return this.world.pods.of[this.plan.workloads.findIndex((one) => one.name === name)]!;
  }
}

/** Something is done to pods of `web`, from `atNs` on. */
export function toPods(
  plan: MeshPlan,
  fault: PodFaultPlan,
  atNs: number,
  ordinals: readonly number[],
): TimelineEntryPlan {
  const workload = plan.workloads.findIndex(({ name }) => name === WEB);
  return {
    name: fault.kind,
    position: null,
    startsNs: [atNs],
    durationNs: isOverAtOnce(fault) ? 0 : 60 * S,
    rampNs: 0,
    action: {
      kind: 'pods',
      target: { workloads: [workload], localities: null, ordinals, pods: { kind: 'all' } },
      fault,
    },
  };
}

/** Something is done to all links of `web`, from `atNs` on. */
export function toLinks(plan: MeshPlan, fault: LinkFaultPlan, atNs: number): TimelineEntryPlan {
  const workload = plan.workloads.findIndex(({ name }) => name === WEB);
  const web = { workloads: [workload], localities: null };
  const anywhere = { workloads: null, localities: null };
  return {
    name: fault.kind,
    position: null,
    startsNs: [atNs],
    durationNs: null,
    rampNs: 0,
    action: { kind: 'link', from: web, to: anywhere, bothWays: true, fault },
  };
}
