// Where the requests of a route can arrive: the cluster of each destination as its client sees it, and at each endpoint the filters of the
// server's proxy and what the application does.
import type { CheckedClusters } from '../clusters/checked-clusters.js';
import type { ClusterRef } from '../clusters/cluster-pool.js';
import { type DestinationPlan, type EndpointArrivalPlan, NONE } from '../contract/plan.js';
import { podPort } from '../filters/on-the-way.js';
import type { Workload } from '../registry/workload.js';
import type { Target } from '../routes/route-decision.js';
import { CLUSTER_DOMAIN } from '../terms/host.js';
import type { Numbering } from '../terms/numbering.js';
import { speaksHbone } from '../tls/cluster-tls.js';
import type { Decisions } from './decisions.js';
import type { Peer } from './http-filters.js';
import type { MeshParts } from './mesh-parts.js';
import type { Rows } from './rows.js';

export class Destinations {
  /** Filters of servers' proxies, by the numbers of arrivals. */
  readonly chains: (readonly number[])[] = [];

  /** @param handler the number of what a workload does with a request of a peer */
  constructor(
    private readonly parts: MeshParts,
    private readonly numbering: Numbering,
    private readonly rows: Rows,
    private readonly decisions: Decisions,
    private readonly checked: CheckedClusters,
    private readonly handler: (workload: Workload, target: Target, from: Peer) => number,
  ) {}

  /** A destination of a route as a client sees it, with what happens at each of its endpoints. */
  of(
    caller: Workload,
    fromName: string,
    label: string,
    target: Target,
    /** The destinations whose hash policies count: none for a copy. */
    route: readonly Target[],
  ): DestinationPlan {
    const { clusters, attributes } = this.parts;
    const sent = this.throughWaypoint(caller, target);
    const cluster = clusters.of(sent, this.decisions.clientView(caller));
    this.checked.meet(cluster, sent, (workload, asked, group) => {
      const peer = { workload: caller, mutualTls: this.parts.clusters.isMutualTls(cluster, group) };
      return this.handler(workload, asked, peer);
    });
    const hash = clusters.hashKeys(target, route, this.decisions.clientView(caller), attributes);
    const edge = this.rows.edge(caller.index, fromName, this.nameOf(sent));
    return {
      weight: target.weight,
      cluster: cluster.index,
      clusterName: cluster.name,
      ...(cluster.index === NONE && target.missingStatus !== 503 ? { missingStatus: target.missingStatus } : {}),
      arrivals: this.arrivals(caller, edge, label, sent, cluster),
      localRow: this.rows.row(edge, label, NONE),
      ...(hash.length === 0 ? {} : { hash }),
    };
  }

  private arrivals(
    caller: Workload,
    edge: number,
    label: string,
    sent: Target,
    cluster: ClusterRef,
    /** A gateway of another network that passes the connection on. */
    through: Workload | null = null,
  ): EndpointArrivalPlan[] {
    return cluster.groups.map((workload, group): EndpointArrivalPlan => {
      const passed = cluster.beyond?.[group] ?? null;
      if (passed !== null) {
        const beyond = this.arrivals(caller, edge, label, sent, passed, workload);
        return { handler: beyond[0]!.handler, row: this.rows.row(edge, label, NONE), chain: NONE, beyond };
      }
      // Gateways take no HBONE.
      const hbone = workload.kind !== 'gateway' && speaksHbone(caller);
      const mutualTls = through !== null || this.parts.clusters.isMutualTls(cluster, group) || hbone;
      const { port, opaque } = podPort(workload, sent);
      const peer = { workload: caller, mutualTls };
      if (workload.kind === 'waypoint') {
        const row = this.rows.row(edge, label, workload.index);
        return { handler: this.handler(workload, sent, peer), row, chain: NONE };
      }
      const { filters: own, request } = this.parts.clusters.skipsProxy(cluster, group)
        ? { filters: null, request: sent.request }
        : this.parts.filters.inbound(workload, peer, sent.request, port, opaque);
      const refusal = opaque ? null : this.parts.filters.refusal(this.parts.reach, through ?? caller, workload, sent);
      return {
        handler: this.handler(workload, request === sent.request ? sent : { ...sent, request }, peer),
        row: this.rows.row(edge, label, workload.index),
        chain: this.chain(peer, through ?? caller, workload, sent, [
          ...(refusal === null ? [] : [refusal]),
          ...(own ?? []),
        ]),
      };
    });
  }

  /** What a server's proxy does with the requests of a class from a caller. @param sender who sends the packets that arrive */
  private chain(
    { workload: caller, mutualTls }: Peer,
    sender: Workload,
    server: Workload,
    { service, host, port, request }: Target,
    filters: readonly number[],
  ): number {
    const dialed = `${service?.host ?? host}:${port}`;
    const known = this.numbering.classes.number(request);
    const key = [caller.index, mutualTls, sender.index, server.index, dialed, known].join(' ');
    const number = this.numbering.chains.oneOf(key, (taken) => !holds(this.chains[taken], filters));
    this.chains[number] = filters;
    return number;
  }

  /** A gateway sends to the waypoint of a service where the service asks it to. */
  private throughWaypoint(caller: Workload, target: Target): Target {
    if (caller.kind !== 'gateway' || target.service === null || target.via !== 'mesh') return target;
    const waypoint = this.parts.waypoints.atIngress(target.service);
    return waypoint === null ? target : { ...target, waypoint };
  }

  /** As reports call it. */
  nameOf(target: Target): string {
    if (target.waypoint !== undefined) return target.waypoint.name;
    if (target.entry !== null) return target.entry.workloads[0]!.name;
    if (target.service !== null) return this.parts.registry.displayName(target.service);
    return target.host.replace(`.svc.${CLUSTER_DOMAIN}`, '');
  }
}

/** Whether a chain is that of these filters, or nobody's yet. */
function holds(chain: readonly number[] | undefined, filters: readonly number[]): boolean {
  return (
    chain === undefined ||
    (chain.length === filters.length && chain.every((filter, index) => filter === filters[index]))
  );
}
