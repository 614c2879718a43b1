// What a storm can hit in a mesh: the pods that requests reach and their workloads, the links that they take, the zones, the nodes, hosts outside whose names
// proxies resolve, what sends, and istiod.
import type { ResourceSet } from '../../models/config/load.js';
import { meshesOf } from '../../models/plan/contract/meshes.js';
import type { MeshPlan, WorkloadPlan } from '../../models/plan/contract/plan.js';

/** Names as the words of a timeline have them. Lists in the order of the plan. */
export interface StormTargets {
  readonly workloads: readonly { readonly name: string; readonly pods: number }[];
  /** Zones in which pods of the mesh run; empty where that is one. */
  readonly zones: readonly string[];
  /** Callers and callees inside the mesh. */
  readonly links: readonly { readonly from: string; readonly to: string }[];
  readonly traffic: readonly string[];
  /** Workloads whose controllers replace all pods when asked to. */
  readonly restartable: readonly string[];
  /** Workloads with an autoscaler, which goes on from whatever somebody scales them to. */
  readonly autoscaled: readonly { readonly name: string; readonly pods: number }[];
  /** Whether the run knows of nodes. */
  readonly hasNodes: boolean;
  /** Hosts of ServiceEntries that proxies resolve. */
  readonly resolvedHosts: readonly string[];
  readonly hasIstiod: boolean;
}

export function stormTargets(plan: MeshPlan, resources: Pick<ResourceSet, 'serviceEntries'>): StormTargets {
  const { workloads, rows, edges, localities, traffic } = plan;
  const reached = [...new Set(rows.flatMap(({ workload }) => (workload < 0 ? [] : [workload])))].sort((a, b) => a - b);
  const hit = reached.filter((index) => isPodOfMesh(workloads[index]));
  const links = rows.flatMap(({ edge, workload }) => {
    const { from } = edges[edge];
    return hit.includes(workload) && isPodOfMesh(workloads[from]) && from !== workload ? [{ from, to: workload }] : [];
  });
  const zones = [...new Set(hit.flatMap((index) => workloads[index].podLocalities))]
    .sort((a, b) => a - b)
    .map((index) => localities[index].zone);
  const named = (index: number) => ({ name: nameOf(workloads[index]), pods: workloads[index].podLocalities.length });
  const restarting = plan.controllers.filter(({ kind: { kind } }) => kind !== 'ReplicaSet' && kind !== 'Pod');
  const autoscaled = plan.autoscalers.map(({ workload }) => workload);
  return {
    workloads: hit.map(named),
    zones: new Set(zones).size > 1 ? [...new Set(zones)] : [],
    links: [...new Map(links.map((link) => [`${link.from} ${link.to}`, link])).values()].map(({ from, to }) => ({
      from: nameOf(workloads[from]),
      to: nameOf(workloads[to]),
    })),
    traffic: traffic.map(({ name }) => name),
    restartable: hit
      .filter((index) => restarting.some(({ workload }) => workload === index))
      .map((index) => nameOf(workloads[index])),
    autoscaled: hit.filter((index) => autoscaled.includes(index)).map(named),
    hasNodes: plan.nodes !== null,
    resolvedHosts: resolvedHosts(plan, resources),
    hasIstiod: meshesOf(plan).includes('istio'),
  };
}

function resolvedHosts({ clusters }: MeshPlan, { serviceEntries }: Pick<ResourceSet, 'serviceEntries'>): string[] {
  const resolved = new Set(
    serviceEntries.flatMap(({ spec: { hosts, resolution } }) =>
      resolution === 'DNS' || resolution === 'DNS_ROUND_ROBIN' ? hosts : [],
    ),
  );
  const called = clusters.flatMap(({ host, groups }) => (groups.length > 0 && resolved.has(host) ? [host] : []));
  return [...new Set(called)];
}

function isPodOfMesh({ kind, podLocalities }: WorkloadPlan): boolean {
  return (kind === 'app' || kind === 'gateway' || kind === 'waypoint') && podLocalities.length > 0;
}

function nameOf({ name, namespace }: WorkloadPlan): string {
  return `${name}.${namespace}`;
}
