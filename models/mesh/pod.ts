// A pod: an application, a proxy beside it (or none), and what its proxy knows of the clusters it has used so far.
import type { WorkloadPlan } from '../plan/plan.js';
import type { Application } from './application.js';
import type { ClusterState } from './cluster-state.js';
import type { ProxyProcess } from './proxy-process.js';

export class Pod {
  /** By the caller-local index of the cluster; null until first used. */
  readonly clusters: (ClusterState | null)[] = [];
  readonly id: number;
  readonly workload: number;
  readonly ordinal: number;
  readonly plan: WorkloadPlan;
  readonly locality: number;
  /** Null where there is no proxy or it costs no CPU. */
  readonly process: ProxyProcess | null;
  readonly app: Application;
  /** Worker threads that a call of this pod may land on. */
  readonly workers: number;
  readonly hasProxy: boolean;
  readonly proxyLatencyNs: number;
  /** Lane of a reply that the proxy makes itself. */
  readonly localReplyLane: number;

  constructor(
    id: number,
    workload: number,
    ordinal: number,
    plan: WorkloadPlan,
    localClusters: number,
    process: ProxyProcess | null,
    app: Application,
    localReplyLane: number,
  ) {
    this.id = id;
    this.workload = workload;
    this.ordinal = ordinal;
    this.plan = plan;
    this.locality = plan.podLocalities[ordinal];
    this.process = process;
    this.app = app;
    this.workers = plan.proxy === null ? 1 : plan.proxy.workers;
    this.hasProxy = plan.proxy !== null;
    this.proxyLatencyNs = plan.proxy === null ? 0 : plan.proxy.latencyNs;
    this.localReplyLane = localReplyLane;
    for (let i = 0; i < localClusters; i++) this.clusters.push(null);
  }

  /** A gateway is a proxy without an application behind it: its cost is charged once, where it forwards. */
  get proxiesInbound(): boolean {
    return this.hasProxy && this.plan.kind !== 'gateway';
  }
}
