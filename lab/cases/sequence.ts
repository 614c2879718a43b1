// A load of single requests that come one after another, far enough apart for a proxy to hear of a change in between.
import type { MeshPlan } from '../../models/plan/contract/plan.js';
import type { LabCase } from '../case.js';
import { letterOf } from '../mesh.js';

const GAP_MS = 60;
/** A request is over by then. */
const OVER_MS = 30;

/** So many requests, the first at the beginning, on a machine that leaves each the time for it. */
export function sequence(requests: number): Pick<LabCase, 'load' | 'quietMs'> {
  return every(GAP_MS, requests);
}

/** So many requests, one after so long. @param fromMs when the first one is sent */
export function every(gapMs: number, requests: number, fromMs = 0): Pick<LabCase, 'load' | 'quietMs'> {
  const bursts = Array.from({ length: requests }, (_, i) => ({ atMs: fromMs + gapMs * i, requests: 1 }));
  return { load: { kind: 'bursts', bursts }, quietMs: OVER_MS };
}

/** When the first so many requests of a sequence are over and the next is yet to come. */
export function after(requests: number): number {
  return GAP_MS * (requests - 1) + OVER_MS;
}

/** Weights of endpoints by host, which no YAML of one cluster gives. */
export function weighted(weights: Readonly<Record<string, number>>): (plan: MeshPlan) => MeshPlan {
  return (plan) => ({
    ...plan,
    clusters: plan.clusters.map((cluster) => ({
      ...cluster,
      groups: cluster.groups.map((group) => ({
        ...group,
        weight: weights[letterOf(plan.workloads[group.workload]) ?? ''] ?? 1,
      })),
    })),
  });
}
