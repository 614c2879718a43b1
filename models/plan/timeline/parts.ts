// What the names of a timeline are looked up in.
import type { NodePlan } from '../contract/node-plan.js';
import type { TrafficPlan } from '../contract/plan.js';
import type { OutsideHosts } from '../registry/outside-hosts.js';
import type { Registry } from '../registry/registry.js';
import type { Workload, Workloads } from '../registry/workload.js';
import type { Findings } from '../terms/findings.js';
import type { Places } from './places.js';

export interface TimelineParts {
  readonly workloads: Workloads;
  readonly registry: Registry;
  readonly outside: OutsideHosts;
  readonly places: Places;
  /** One entry a pod: index of its locality. */
  readonly podsOf: (workload: Workload) => readonly number[];
  /** Names of the sources of traffic that the scenario has, and those that are in the plan, by their numbers. */
  readonly traffic: { readonly written: readonly string[]; readonly planned: readonly TrafficPlan[] };
  /** Of the scenario, or of the YAML; none: a run knows of none. */
  readonly nodes: readonly NodePlan[];
  /** Whether any proxy hears of istiod. */
  readonly hasIstio: boolean;
  readonly findings: Findings;
}

/** The numbers of workloads, ascending, each once. */
export function indicesOf(workloads: readonly Workload[]): number[] {
  return [...new Set(workloads.map(({ index }) => index))].sort((a, b) => a - b);
}
