// Hints that keep traffic in its zone, and what kube-proxy makes of them.
// Sources: k8s: staging/src/k8s.io/endpointslice/topologycache/{topologycache,utils}.go,
// staging/src/k8s.io/endpointslice/trafficdist/trafficdist.go, pkg/proxy/topology.go.
// `Auto` guards against load that is uneven by more than a fifth; PreferSameZone guards against nothing: the few pods
// of a zone get all of its traffic.

/** A node as hints see it. */
export interface ZoneNode {
  /** null: the node has no zone, and there are no hints at all. */
  readonly zone: string | null;
  readonly cpuMilli: number;
  readonly ready: boolean;
  /** The node has the role of the control plane. */
  readonly controlPlane: boolean;
}

/** An endpoint that is ready. */
export interface HintedEndpoint {
  /** null: nobody knows. */
  readonly zone: string | null;
  readonly node: string | null;
}

/** Share of the allocatable CPU by zone; null: too little is known of the nodes, or there is one zone only. */
export function zoneShares(nodes: readonly ZoneNode[]): ReadonlyMap<string, number> | null {
  const cpuByZone = new Map<string, number>();
  let total = 0;
  for (const { zone, cpuMilli, ready, controlPlane } of nodes) {
    if (controlPlane || !ready) continue;
    if (zone === null || cpuMilli === 0) return null;
    cpuByZone.set(zone, (cpuByZone.get(zone) ?? 0) + cpuMilli);
    total += cpuMilli;
  }
  if (cpuByZone.size < 2) return null;
  return new Map([...cpuByZone].map(([zone, cpu]) => [zone, cpu / total]));
}

/** An endpoint may get so much more than its share. */
const OVERLOAD = 0.2;

/**
 * Hints of `service.kubernetes.io/topology-mode: Auto`: the zone that each endpoint serves; null: no endpoint gets a
 * hint.
 * @param shares of `zoneShares`
 * @param endpoints the ready endpoints of the Service
 */
export function autoHints(
  shares: ReadonlyMap<string, number> | null,
  endpoints: readonly HintedEndpoint[],
): readonly string[] | null {
  if (shares === null || shares.size > endpoints.length) return null;
  const desired = new Map<string, number>();
  let minTotal = 0;
  for (const [zone, share] of shares) {
    const wanted = share * endpoints.length;
    const min = Math.ceil(wanted * (1 / (1 + OVERLOAD)));
    minTotal += min;
    desired.set(zone, Math.max(wanted, min));
  }
  if (minTotal > endpoints.length) return null;
  const zones: string[] = [];
  for (const { zone } of endpoints) {
    if (zone === null) return null;
    zones.push(zone);
  }
  return lent(zones, desired);
}

/** Zones with endpoints to spare lend them to zones that lack some. */
function lent(zones: readonly string[], desired: ReadonlyMap<string, number>): readonly string[] {
  const surplus = new Map<string, number>();
  for (const [zone, wanted] of desired) surplus.set(zone, zones.filter((own) => own === zone).length - wanted);
  const giving = new Map<string, number>();
  const receiving = new Map<string, number>();
  for (;;) {
    const [giver, more] = most(surplus, 1);
    const [receiver, less] = most(surplus, -1);
    if (giver === null || receiver === null) break;
    if ((more < 1 && less < 1) || more < 0.5 || less < 0.5) break;
    giving.set(giver, (giving.get(giver) ?? 0) + 1);
    receiving.set(receiver, (receiving.get(receiver) ?? 0) + 1);
    surplus.set(giver, surplus.get(giver)! - 1);
    surplus.set(receiver, surplus.get(receiver)! + 1);
  }
  return zones.map((own) => {
    const gives = giving.get(own) ?? 0;
    const [receiver] = [...receiving].find(([, count]) => count > 0) ?? [];
    if (gives === 0 || receiver === undefined) return own;
    giving.set(own, gives - 1);
    receiving.set(receiver, receiving.get(receiver)! - 1);
    return receiver;
  });
}

/** The zone with the largest surplus (sign 1) or lack (sign -1), and how large that is. */
function most(surplus: ReadonlyMap<string, number>, sign: 1 | -1): readonly [zone: string | null, amount: number] {
  let zone: string | null = null;
  let amount = 0;
  for (const [name, value] of surplus) {
    if (sign * value > amount) {
      zone = name;
      amount = sign * value;
    }
  }
  return [zone, amount];
}

/** `spec.trafficDistribution` of a Service; PreferClose is PreferSameZone. */
export type TrafficDistribution = 'PreferSameZone' | 'PreferSameNode';

/** Hints of an endpoint. */
export interface EndpointHint {
  readonly zone: string | null;
  readonly node: string | null;
}

/** Hints of `spec.trafficDistribution`: each endpoint is for its own zone, and with PreferSameNode for its own node. */
export function preferHints(
  distribution: TrafficDistribution,
  endpoints: readonly HintedEndpoint[],
): readonly EndpointHint[] {
  return endpoints.map(({ zone, node }) => ({ zone, node: distribution === 'PreferSameNode' ? node : null }));
}

/**
 * The endpoints that kube-proxy of a client's node uses, as indices into `hints`: those of its node, else those of its
 * zone, else all. Hints are followed only where every endpoint has one, and one of them is for the client.
 */
export function followedHints(
  hints: readonly EndpointHint[],
  client: { readonly zone: string | null; readonly node: string | null },
): readonly number[] {
  const of = (field: 'zone' | 'node'): readonly number[] => {
    if (client[field] === null || hints.some((hint) => hint[field] === null)) return [];
    return hints.flatMap((hint, index) => (hint[field] === client[field] ? [index] : []));
  };
  const sameNode = of('node');
  if (sameNode.length > 0) return sameNode;
  const sameZone = of('zone');
  return sameZone.length > 0 ? sameZone : hints.map((_, index) => index);
}
