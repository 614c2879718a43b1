// A pod: its place and its plan, the proxy beside its application (or none), and what the two have of connections and budgets.
import { XxHash64 } from '../../../sim/random/xxhash64.js';
import type { ProxyPlan, WorkloadPlan } from '../../plan/contract/plan.js';
import type { TokenBudget } from '../policies/token-budget.js';
import type { ProxyProcess } from './proxy-process.js';
import type { RuntimePlan } from './runtime.js';

/** Whether anybody is at the address of a pod: who is gone lets others know (a closed socket, RST), or not (a node without power). */
export const LIFE = { here: 0, starting: 1, gone: 2, silent: 3 } as const;

/** Pods that are there when a run begins have been there for an hour. */
const BEFORE_NS = -3_600_000_000_000;

export class Pod {
  readonly plan: WorkloadPlan;
  readonly locality: number;
  /** Null where there is no proxy or it costs no CPU; shared by all ambient pods of a node. */
  readonly process: ProxyProcess | null;
  /** Worker threads that a call of this pod may land on. */
  readonly workers: number;
  readonly hasProxy: boolean;
  readonly proxyLatencyNs: number;
  /** Hash of what stands for its IP address. */
  readonly addressHi: number;
  readonly addressLo: number;
  /** Keys draws that belong to the pod, whichever pods there are beside it: its `id` depends on them. */
  readonly key: number;
  /** The ztunnel of its node carries its connections; its process is that one's. */
  readonly ambient: boolean;
  /** Its proxy is Linkerd's. */
  readonly linkerd: boolean;
  /** What it answers is what another has answered: a gateway or a waypoint. */
  readonly passesThrough: boolean;
  /** The proxy that it connects and is reached through, its own or that of its node. */
  readonly proxyPlan: ProxyPlan | null;

  constructor(
    readonly id: number,
    readonly workload: number,
    readonly ordinal: number,
    /** The version of the configuration by which the proxy of the pod routes. */
    public config: RuntimePlan,
    process: ProxyProcess | null,
    /** Lane of a reply that the proxy makes itself. */
    readonly localReplyLane: number,
    ztunnel: Pod | null = null,
    /** How many pods have had its place before. */
    readonly incarnation = 0,
    /** Where it is, if it is none of the first pods of its workload. */
    locality: number | null = null,
  ) {
    const plan = config.plan.workloads[workload];
    this.plan = plan;
    this.clusterConfig = config;
    this.listenerConfig = config;
    this.missing = config.missing;
    this.locality = locality ?? plan.podLocalities[ordinal];
    this.process = ztunnel === null ? process : ztunnel.process;
    this.ambient = ztunnel !== null;
    this.passesThrough = plan.kind === 'gateway' || plan.kind === 'waypoint';
    this.linkerd = plan.proxy?.product === 'linkerd';
    this.proxyPlan = ztunnel === null ? plan.proxy : ztunnel.plan.proxy;
    this.workers = plan.proxy === null ? 1 : plan.proxy.workers;
    this.hasProxy = plan.proxy !== null;
    this.proxyLatencyNs = this.proxyPlan === null ? 0 : this.proxyPlan.latencyNs;
    const hash = new XxHash64();
    hash.text(podAddress(this));
    this.addressHi = hash.hi;
    this.addressLo = hash.lo;
    this.key = hash.lo;
  }

  /** How many of the changes of members its proxy has heard of. */
  heard = 0;
  /** The versions that its proxy has of clusters and their endpoints, and of what stands before its application. */
  clusterConfig: RuntimePlan;
  listenerConfig: RuntimePlan;
  /** Names of clusters that its proxy does not have, or of whose endpoints it knows nothing yet. */
  missing: ReadonlySet<string>;
  /** A number of LIFE; when it began to serve and when it ended, in calendar time. */
  life: number = LIFE.here;
  bornNs = 0;
  /** When it was created. */
  createdNs = BEFORE_NS;
  /** It is to go: it serves those who have not heard of that, and ends what it has. */
  isLeaving = false;
  endNs = Number.POSITIVE_INFINITY;
  /** Nobody reaches it any more, and not all of its containers have exited yet. */
  lingers = false;
  /** Its proxy drains: each response tells the other end to close the connection. */
  tellsToClose = false;
  /** Its application takes connections. */
  listens = true;
  /** What its kubelet says of it, once it serves. */
  ready = true;

  /** Of Linkerd's proxy, by the number of the budget; none until first used. */
  readonly retryBudgets: TokenBudget[] = [];

  /** Connections that it holds now with others, whoever opened them, and the most so far. */
  connections = 0;
  peakConnections = 0;

  /** One more of them. */
  connects(): void {
    this.connections++;
    if (this.connections > this.peakConnections) this.peakConnections = this.connections;
  }

  /** Gateways and waypoints are proxies without an application behind them: their cost is charged once, where they forward. */
  get proxiesInbound(): boolean {
    return this.ambient || this.answersInbound;
  }

  /** Its proxy reads HTTP, so that what its application resets becomes an answer. */
  get answersInbound(): boolean {
    return this.hasProxy && (this.plan.kind === 'app' || this.plan.kind === 'external');
  }
}

/** What stands for the IP address of a pod: the same however many pods there are beside it. */
export function podAddress({ plan, ordinal, incarnation }: Pick<Pod, 'plan' | 'ordinal' | 'incarnation'>): string {
  const address = `${plan.namespace}/${plan.name}-${ordinal}`;
  return incarnation === 0 ? address : `${address}.${incarnation}`;
}

/** Names what is a pod's own in the streams of a run, whichever pods there are beside it. */
export function ownerOf({ plan, ordinal }: Pick<Pod, 'plan' | 'ordinal'>): string {
  return `${plan.namespace}/${plan.name}/${ordinal}`;
}

/** Keys draws by a name. */
export function textKey(text: string): number {
  const hash = new XxHash64();
  hash.text(text);
  return hash.lo;
}

/** Keys what a pod has several of (threads, connections), by number. Multiples of an odd number differ in all 32 bits. */
export function keyWithin(pod: Pod, number: number): number {
  return (pod.key + Math.imul(number, 0x9e3779b1)) | 0;
}
