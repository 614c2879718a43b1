// What a storm can hit in a mesh: the pods that requests reach, the links that they take, the zones, what sends, and istiod.
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
  readonly hasIstiod: boolean;
}

export function stormTargets(plan: MeshPlan): StormTargets {
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
  return {
    workloads: hit.map((index) => ({ name: nameOf(workloads[index]), pods: workloads[index].podLocalities.length })),
    zones: new Set(zones).size > 1 ? [...new Set(zones)] : [],
    links: [...new Map(links.map((link) => [`${link.from} ${link.to}`, link])).values()].map(({ from, to }) => ({
      from: nameOf(workloads[from]),
      to: nameOf(workloads[to]),
    })),
    traffic: traffic.map(({ name }) => name),
    hasIstiod: meshesOf(plan).includes('istio'),
  };
}

function isPodOfMesh({ kind, podLocalities }: WorkloadPlan): boolean {
  return (kind === 'app' || kind === 'gateway' || kind === 'waypoint') && podLocalities.length > 0;
}

function nameOf({ name, namespace }: WorkloadPlan): string {
  return `${name}.${namespace}`;
}
