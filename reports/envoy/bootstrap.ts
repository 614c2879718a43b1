// The plan of one workload's client proxy as a static bootstrap of Envoy, which a real one runs (`envoy -c`): one listener for all calls that the
// workload makes, and the clusters that they go to. envoy: api/envoy/config/bootstrap/v3/bootstrap.proto. What the simulation does not hand to
// the proxy, or a bootstrap on one machine cannot have, is said in `notes`.
import { type DestinationPlan, type MeshPlan, NONE } from '../../models/plan/contract/plan.js';
import { clusterMessage, OWN_CLUSTER, ownClusterMessage, type SocketAddress, socketAddress } from './cluster.js';
import { endpointGroups, ownEndpoints } from './endpoints.js';
import { proxyFilters } from './filters.js';
import { listenerMessage } from './listener.js';
import { notesOf } from './notes.js';
import { type ClusterNames, routeMessage } from './route.js';
import type { Message } from './values.js';

export type { SocketAddress } from './cluster.js';
export { CALL_HEADER, HASH_HEADER } from './route.js';
export type { Message, Value } from './values.js';

export interface BootstrapOptions {
  /** Where the proxy listens for the calls of its workload. Port 0: any that is free. */
  readonly listener: SocketAddress;
  readonly admin: SocketAddress;
  /** Where a pod of the mesh is reached. */
  readonly endpoint: (workload: number, pod: number) => SocketAddress;
  /** File of the access log, e.g. `/dev/stdout`. */
  readonly accessLog: string;
}

export interface Bootstrap {
  readonly message: Message;
  /** The name of the call in the header `x-seatrial-call`, by index of the site in the plan. */
  readonly calls: ReadonlyMap<number, string>;
  /** What differs between the plan and this configuration, one sentence each. */
  readonly notes: readonly string[];
}

/** @param workload index into `plan.workloads`; its proxy may be absent: then these are plain routes */
export function envoyBootstrap(plan: MeshPlan, workload: number, options: BootstrapOptions): Bootstrap {
  const sites = [...plan.sites.entries()].filter(([, site]) => site.caller === workload);
  const calls = callNames(plan, sites);
  const used = clustersOf(sites.map(([, site]) => site));
  const names = clusterNames(plan, used);
  const nameOf: ClusterNames = (destination) => names.get(destination.cluster) ?? destination.clusterName;
  const filters = proxyFilters(
    plan.filters,
    sites.map(([, site]) => site.route),
  );
  const routes = sites.flatMap(([index, site]) => {
    const route = routeMessage(site, calls.get(index) as string, nameOf, filters.of(site.route));
    return route === null ? [] : [route];
  });
  const { name, namespace, podLocalities } = plan.workloads[workload];
  const seesZones = used.some((index) => plan.clusters[index].zoneAware !== null);
  return {
    message: {
      node: {
        id: `${name}.${namespace}`,
        cluster: `${name}.${namespace}`,
        ...(seesZones ? { locality: { ...plan.localities[podLocalities[0]] } } : {}),
      },
      ...(seesZones ? { cluster_manager: { local_cluster_name: OWN_CLUSTER } } : {}),
      admin: { address: socketAddress(options.admin) },
      static_resources: {
        listeners: [listenerMessage(options.listener, routes, filters.messages, options.accessLog)],
        clusters: [
          ...used.map((index) =>
            clusterMessage(
              plan.clusters[index],
              names.get(index) as string,
              endpointGroups(plan, workload, index, options.endpoint),
            ),
          ),
          ...(seesZones ? [ownClusterMessage(ownEndpoints(plan, workload, options.endpoint))] : []),
        ],
      },
    },
    calls,
    notes: [...notesOf(plan, workload, used), ...filters.notes],
  };
}

type Site = readonly [index: number, site: MeshPlan['sites'][number]];

/** `reviews GET /ratings`; sites that would share a name get their number behind it. */
function callNames(plan: MeshPlan, sites: readonly Site[]): Map<number, string> {
  const plain = sites.map(([, site]) => `${plan.edges[site.edge].toName} ${site.request}`);
  return new Map(
    sites.map(([index], i) => [
      index,
      plain.indexOf(plain[i]) === plain.lastIndexOf(plain[i]) ? plain[i] : `${plain[i]} #${index}`,
    ]),
  );
}

/** Clusters that the sites' destinations and mirrors name, in the order of the plan. */
function clustersOf(sites: readonly MeshPlan['sites'][number][]): number[] {
  const used = new Set<number>();
  const add = ({ cluster }: DestinationPlan): void => {
    if (cluster !== NONE) used.add(cluster);
  };
  for (const { route } of sites) {
    if (route.action.kind !== 'forward') continue;
    route.action.destinations.forEach(add);
    for (const { destination } of route.action.mirrors) add(destination);
  }
  return [...used].sort((a, b) => a - b);
}

function clusterNames(plan: MeshPlan, used: readonly number[]): Map<number, string> {
  const plain = used.map((index) => plan.clusters[index].name);
  return new Map(used.map((index, i) => [index, plain.indexOf(plain[i]) === i ? plain[i] : `${plain[i]} #${index}`]));
}
