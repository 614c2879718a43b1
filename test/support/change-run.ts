// A small mesh of YAML to which something is done while it runs: single requests at known times, and where each of their tries goes.
import { trafficResults } from '../../models/mesh/run/traffic-results.js';
import { World } from '../../models/mesh/run/world.js';
import type { ClusterState } from '../../models/mesh/state/cluster-state.js';
import { STATE } from '../../models/mesh/state/connection.js';
import { HEALTH_CHECK } from '../../models/mesh/state/nothing.js';
import type { Pod } from '../../models/mesh/state/pod.js';
import type { MeshPlan } from '../../models/plan/contract/plan.js';
import type { StoppingPlan } from '../../models/plan/contract/stopping-plan.js';
import {
  isOverAtOnce,
  type LinkFaultPlan,
  type PodFaultPlan,
  type TimelineEntryPlan,
} from '../../models/plan/contract/timeline-plan.js';
import { deployment, namespace, planOf, request, service } from '../models/plan/support.js';
import { burst, outcomes, PROXY, S, work } from './plans.js';

export interface ChangeWish {
  /** Pods of `web`. */
  readonly pods?: number;
  readonly istioVersion?: string;
  /** Name of the port, which says its protocol. */
  readonly port?: string;
  readonly grpc?: boolean;
  /** Time-out of the route to `web`; absent: none. */
  readonly timeout?: string;
  /** Fields of the traffic policy of `web`. */
  readonly policy?: string;
  /** When requests are sent. */
  readonly requestsNs: readonly number[];
  readonly workNs: number;
  /** How the pods of `web` end; absent: as by default. */
  readonly stopping?: StoppingPlan;
  /** istiod is away from the start: no proxy hears of any change. */
  readonly deaf?: boolean;
  /** What is done, by what the plan calls its parts. */
  readonly timeline?: (plan: MeshPlan) => readonly TimelineEntryPlan[];
}

/** Names of the workloads. */
const CLIENT = 'client';
const WEB = 'web';

function destinationRule(policy: string): string {
  return `apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: web, namespace: b }
spec: { host: web, trafficPolicy: { loadBalancer: { simple: ROUND_ROBIN }, ${policy} } }
`;
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
  private readonly seen = new Set<string>();

  constructor(wish: ChangeWish) {
    const plan = planOf({
      yaml: [
        namespace('a'),
        namespace('b'),
        deployment(CLIENT, 'a', { app: CLIENT }, 1),
        deployment(WEB, 'b', { app: WEB }, wish.pods ?? 3),
        service(WEB, 'b', [`{ name: ${wish.port ?? 'http'}, port: 80 }`]),
        destinationRule(wish.policy ?? ''),
        ...(wish.timeout === undefined ? [] : [virtualService(wish.timeout)]),
      ].join('---\n'),
      input: { istioVersion: wish.istioVersion ?? '1.31' },
      requests: [request(wish.grpc === true ? { method: 'POST', path: '/shop.Web/Get' } : {})],
    });
    const [source] = plan.traffic;
    this.plan = {
      ...plan,
      workloads: plan.workloads.map((one) => ({
        ...one,
        proxy: one.proxy === null ? null : PROXY,
        ...(one.name === WEB && wish.stopping !== undefined ? { stopping: wish.stopping } : {}),
      })),
      handlers: plan.handlers.map((handler) => ({ ...handler, program: [work(wish.workNs)] })),
      traffic: wish.requestsNs.map((atNs, i) => ({ ...source!, name: `request ${i}`, arrival: burst(atNs, 1) })),
      timeline: [...(wish.deaf === true ? [DEAF] : []), ...(wish.timeline?.(plan) ?? [])],
    };
    const options = { seed: 'change', replication: 0, warmupNs: 0, durationNs: 600 * S, intervalNs: S, maxEvents: 1e7 };
    this.world = new World(this.plan, options);
    this.world.recorder.begin();
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

  /** The cluster of `web` at the proxy of the client, once it has been used. */
  get cluster(): ClusterState {
    return this.world.clusters.states[0]!;
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
      ({ pool, state }) => state !== STATE.closed && pool.host.cluster === this.cluster && pool.host.pod === pod,
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
