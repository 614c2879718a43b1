// Zone-aware routing: a caller keeps to its own zone as far as the hosts there carry its share (envoy:
// source/extensions/load_balancing_policies/common/load_balancer_impl.cc: ZoneAwareLoadBalancerBase::regenerateLocalityRoutingStructures,
// tryChooseLocalLocalityHosts). Pure arithmetic, done at each change of the hosts.

/** Percentages are counted in hundredths of a percent. */
export const WHOLE = 10_000;

export interface ZoneRouting {
  /** Probability of the own zone, out of WHOLE. */
  readonly local: number;
  /** What the other zones can take beyond what their own callers need, cumulated; 0 for the own zone. */
  readonly residualBelow: readonly number[];
}

/**
 * How the requests of a caller in zone `own` spread over the zones; null where zones do not count: too few hosts, fewer than two zones.
 * @param upstream healthy hosts by zone @param callers healthy proxies of the caller's workload by zone
 */
export function zoneRouting(
  upstream: readonly number[],
  callers: readonly number[],
  own: number,
  minClusterSize: number,
): ZoneRouting | null {
  const hosts = sum(upstream);
  const proxies = sum(callers);
  if (hosts === 0 || proxies === 0 || hosts < minClusterSize) return null;
  const zones = (counts: readonly number[]): number => counts.filter((count) => count > 0).length;
  if (zones(upstream) < 2 || zones(callers) < 2) return null;
  const there = upstream.map((count) => Math.floor((WHOLE * count) / hosts));
  const here = callers.map((count) => Math.floor((WHOLE * count) / proxies));
  const ownThere = there[own] ?? 0;
  const ownHere = here[own] ?? 0;
  if (ownThere > 0 && ownThere >= ownHere) return { local: WHOLE, residualBelow: there.map(() => 0) };
  let below = 0;
  const residualBelow = there.map((percent, zone) => {
    if (zone !== own) below += Math.max(0, percent - (here[zone] ?? 0));
    return below;
  });
  return { local: ownHere === 0 ? 0 : Math.floor((ownThere * WHOLE) / ownHere), residualBelow };
}

function sum(counts: readonly number[]): number {
  return counts.reduce((a, b) => a + b, 0);
}
