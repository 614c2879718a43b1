// Endpoints as the assignment of a cluster names them to a proxy, and what a change of them does to the list of those that the proxy has heard of
// (istio: pilot/pkg/xds/endpoints/endpoint_builder.go, generate; envoy: source/common/upstream/upstream_impl.cc, updateDynamicHostList).
import { NOTHING } from './nothing.js';
import type { Pod } from './pod.js';

export interface Endpoint {
  /** Index of its group in the plan's cluster. */
  readonly group: number;
  readonly pod: Pod;
  /** As callers rank it. */
  readonly locality: number;
  /** Place of its locality among all localities, by their names: assignments begin with the lowest. */
  readonly rank: number;
  readonly weight: number;
}

/** A list after a change. */
export interface ChangedEndpoints {
  /** In the order of an assignment. */
  readonly endpoints: readonly Endpoint[];
  /** By place in the new list: where the endpoint stood before; NOTHING: its host is new. */
  readonly kept: Int32Array;
}

/** The order of an assignment: by locality, those of a locality by group and then as the pods of a workload are counted. */
export function inOrder(a: Endpoint, b: Endpoint): number {
  return a.rank - b.rank || a.group - b.group || a.pod.ordinal - b.pod.ordinal;
}

/**
 * Takes endpoints into a list and out of it. An endpoint that is there and is added again takes its new weight and keeps its host, unless its locality
 * is another; one that is removed and added at once has a new host.
 * @param added in the order of an assignment
 */
export function changeEndpoints(
  before: readonly Endpoint[],
  added: readonly Endpoint[],
  removed: readonly Endpoint[],
): ChangedEndpoints {
  // What a proxy hears first is one list for all proxies.
  if (before.length === 0) return { endpoints: added, kept: new Int32Array(added.length).fill(NOTHING) };
  const gone = new Set(removed.map(addressOf));
  const named = new Set(added.map(addressOf));
  const places = new Map<number, number>();
  before.forEach((endpoint, place) => {
    if (!gone.has(addressOf(endpoint))) places.set(addressOf(endpoint), place);
  });
  const staying = [...places.values()].map((place) => before[place]);
  const endpoints = [...staying.filter((endpoint) => !named.has(addressOf(endpoint))), ...added].sort(inOrder);
  const kept = Int32Array.from(endpoints, (endpoint) => {
    const place = places.get(addressOf(endpoint));
    return place !== undefined && before[place].locality === endpoint.locality ? place : NOTHING;
  });
  return { endpoints, kept };
}

/** Stands for the address: a pod has one in each group. */
function addressOf({ group, pod }: Endpoint): number {
  return group * MOST_PODS + pod.id;
}

const MOST_PODS = 4294967296;
