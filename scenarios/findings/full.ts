// Which stations are full. High use alone says little; findings ask beside it for the wait that it adds.
import type { Facts } from './facts.js';

/** Use of the fullest pod, or of its busiest thread, from which a station counts as full. */
const FULL_SHARE = 0.85;
/** Share of the replications from which what is full in them counts. */
const OFTEN_SHARE = 0.1;
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

/** On average, or by the luck of some replications: which connections share a thread is another in each. */
export function isProxyFull(facts: Facts, workload: number): boolean {
  const use = (pod: PodFacts): number => Math.max(pod.busiestThread, pod.proxyUtilisation);
  return facts.fullest(workload, use) >= FULL_SHARE || fullReplications(facts, workload, use) >= OFTEN_SHARE;
}

/** Share of the replications in which a pod of the workload is full. */
export function fullReplications(facts: Facts, workload: number, of: (pod: PodFacts) => number): number {
  const full = facts.results.filter(({ workloads }) => workloads[workload].pods.some((pod) => of(pod) >= FULL_SHARE));
  return full.length / Math.max(1, facts.results.length);
}

/** Pods whose use of CPU counts as full, on average over the replications. */
export function fullPods(facts: Facts, workload: number, of: (pod: PodFacts) => number): number {
  const counts = facts.results.map(
    ({ workloads }) => workloads[workload].pods.filter((pod) => of(pod) >= FULL_SHARE).length,
  );
  return Math.round(counts.reduce((sum, count) => sum + count, 0) / Math.max(1, counts.length));
}

export type PodFacts = Facts['results'][number]['workloads'][number]['pods'][number];
