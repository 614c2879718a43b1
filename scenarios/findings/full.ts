// Which stations are full. High use alone says little; findings ask beside it for the wait that it adds.
import type { Facts } from './facts.js';

/** Use of the fullest pod, or of its busiest thread, from which a station counts as full. */
const FULL_SHARE = 0.85;
/** Share of the time for which CFS holds pods back, from which their limit counts as reached. */
const THROTTLED_SHARE = 0.05;

export function isCpuFull(facts: Facts, workload: number): boolean {
  return facts.fullest(workload, (pod) => pod.cpuUtilisation) >= FULL_SHARE || isThrottled(facts, workload);
}

export function isThrottled(facts: Facts, workload: number): boolean {
  const pods = facts.plan.workloads[workload].podLocalities.length;
  const throttledNs = facts.workload(workload, (result) => result.throttledNs);
  return pods > 0 && throttledNs >= THROTTLED_SHARE * pods * facts.measuredNs;
}

export function areWorkersFull(facts: Facts, workload: number): boolean {
  return facts.fullest(workload, (pod) => pod.workerUtilisation) >= FULL_SHARE;
}

export function isProxyFull(facts: Facts, workload: number): boolean {
  const use = facts.fullest(workload, (pod) => Math.max(pod.busiestThread, pod.proxyUtilisation));
  return use >= FULL_SHARE;
}

/** Pods whose use of CPU counts as full, on average over the replications. */
export function fullPods(facts: Facts, workload: number, of: (pod: Pod) => number): number {
  const counts = facts.results.map(
    ({ workloads }) => workloads[workload].pods.filter((pod) => of(pod) >= FULL_SHARE).length,
  );
  return Math.round(counts.reduce((sum, count) => sum + count, 0) / Math.max(1, counts.length));
}

type Pod = Facts['results'][number]['workloads'][number]['pods'][number];
