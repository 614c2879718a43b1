// Peak EWMA, Linkerd's policy: the cheaper of two different hosts by an estimate of their load (linkerd2-proxy: linkerd/pool/p2c).
import type { HostSource } from '../policies/host-source.js';
import { PeakEwma } from '../policies/peak-ewma.js';
import { type ClusterState, type HostState, type Policy, UNDRAWN } from '../state/cluster-state.js';
import { type PickContext, PLAIN, type PolicyKind } from './policy.js';

class Cheapest implements Policy {
  constructor(private readonly context: PickContext) {}

  /** The first drawn wins ties. */
  pick(cluster: ClusterState, source: HostSource, _worker: number, hi: number, lo: number, drawn: number): number {
    const { draws, clusters } = this.context;
    draws.pair(drawn === UNDRAWN ? hi : ~hi, lo);
    const first = draws.first(source.count);
    const next = draws.second(source.count - 1);
    const one = source.at(first);
    const other = source.at(next < first ? next : next + 1);
    // Estimates begin when a host is first looked at.
    const oneHost = clusters.host(cluster, one);
    const otherHost = clusters.host(cluster, other);
    return costOf(otherHost, clusters.nowNs) < costOf(oneHost, clusters.nowNs) ? other : one;
  }
}

function costOf({ load }: HostState, nowNs: number): number {
  return load === null ? 0 : load.cost(nowNs);
}

export const CHEAPEST: PolicyKind = {
  ...PLAIN,
  make: (_plan, context) => new Cheapest(context),
  estimate: ({ failureBias = null }, nowNs) => new PeakEwma(nowNs, failureBias),
};
