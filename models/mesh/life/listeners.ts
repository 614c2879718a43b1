// Who has to hear of the pods of which workload: whoever has a cluster of it, and its own pods, whose proxies compare zones by it.
import type { ClusterUseRt, RuntimePlan, SiteRt } from '../state/runtime.js';

/** By workload whose pods change: the workloads whose proxies hear of it, in any version of the configuration. */
export function listenersOf(versions: readonly RuntimePlan[]): readonly ReadonlySet<number>[] {
  const listeners = versions[0].plan.workloads.map((_, workload) => new Set([workload]));
  const add = (caller: number, { cluster, beyond }: ClusterUseRt): void => {
    for (const [index, { workload }] of (cluster?.groups ?? []).entries()) {
      listeners[workload].add(caller);
      const use = beyond?.[index] ?? null;
      if (use !== null) add(workload, use);
    }
  };
  const visit = ({ caller, destinations, mirrors }: SiteRt): void => {
    for (const destination of destinations) add(caller, destination);
    for (const { site } of mirrors) visit(site);
  };
  for (const { sites } of versions) for (const site of sites) visit(site);
  return listeners;
}
