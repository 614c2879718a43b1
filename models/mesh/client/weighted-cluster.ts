// Which of a route's weighted destinations a request takes: once a request, its retries stay there
// (envoy: source/common/router/weighted_cluster_specifier.cc).
import type { SiteRt } from '../state/runtime.js';

/** Index of the destination for a stream's random value: the value modulo the sum of the weights, in order. */
export function chooseByWeight(site: SiteRt, streamRandom: number): number {
  const below = site.weightBelow;
  if (below.length === 1) return 0;
  const value = streamRandom % below[below.length - 1];
  let chosen = 0;
  while (value >= below[chosen]) chosen++;
  return chosen;
}
