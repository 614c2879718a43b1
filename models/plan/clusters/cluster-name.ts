// What a cluster is called: Envoy's names, and the like for the ways that know none.
// istio: pilot/pkg/model/push_context.go (BuildSubsetKey); pilot/pkg/networking/core/cluster_waypoint.go.
import type { ClusterPlan } from '../contract/plan.js';
import type { Target } from '../routes/route-decision.js';

export function identity(target: Target, host: string): Pick<ClusterPlan, 'name' | 'host' | 'port' | 'subset'> {
  return { name: clusterName(target, host), host, port: target.port, subset: target.subset };
}

export function clusterName(target: Target, host: string): string {
  const via = target.waypoint !== undefined && target.via === 'ztunnel' ? 'waypoint' : target.via;
  const direction = via === 'mesh' ? 'outbound' : via;
  return `${direction}|${target.port}|${target.subset}|${host}`;
}

/** How a waypoint calls the clusters of its own services. */
export function inboundName({ port, subset }: Target, host: string): string {
  return `inbound-vip|${port}|http${subset === '' ? '' : `/${subset}`}|${host}`;
}

/** A cluster of a gateway between networks, which is the server name that its clients send (istio: pkg/model, BuildDNSSrvSubsetKey). */
export function passthroughName({ port, subset }: Target, host: string): string {
  return `outbound_.${port}_.${subset}_.${host}`;
}
