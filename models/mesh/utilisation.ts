// How busy the pods of each workload were inside the measured window: what their stations have served since its beginning.
import type { Pod } from './pod.js';
import type { ProxyProcess } from './proxy-process.js';
import type { WorkloadCounters } from './recorder.js';
import type { WorkloadResult } from './result.js';

/** Readings of a pod's stations at the beginning of the window. */
export interface BusyMark {
  readonly cpuNs: number;
  readonly throttledNs: number;
  readonly workersNs: number;
  readonly queuedNs: number;
  readonly proxyNs: number;
}

export function markBusy(pod: Pod): BusyMark {
  return {
    cpuNs: pod.app.cpu.busyNs(),
    throttledNs: pod.app.cpu.throttledNs(),
    workersNs: pod.app.workers?.busyNs() ?? 0,
    queuedNs: pod.app.workers?.queuedNs() ?? 0,
    proxyNs: ownProcess(pod)?.busyNs() ?? 0,
  };
}

/** What the stations of some pods have served since their marks; pods without a mark do not count. */
export function busySince(pods: readonly Pod[], marks: readonly BusyMark[]): BusyMark {
  let cpuNs = 0;
  let throttledNs = 0;
  let workersNs = 0;
  let queuedNs = 0;
  let proxyNs = 0;
  for (const pod of pods) {
    const mark = marks[pod.id];
    if (mark === undefined) continue;
    const now = markBusy(pod);
    cpuNs += now.cpuNs - mark.cpuNs;
    throttledNs += now.throttledNs - mark.throttledNs;
    workersNs += now.workersNs - mark.workersNs;
    queuedNs += now.queuedNs - mark.queuedNs;
    proxyNs += now.proxyNs - mark.proxyNs;
  }
  return { cpuNs, throttledNs, workersNs, queuedNs, proxyNs };
}

/** What some pods have together: cores, workers of their applications (0 = unlimited), threads of their own proxies. */
export function busyCapacity(pods: readonly Pod[]): { cores: number; workers: number; threads: number } {
  let cores = 0;
  let workers = 0;
  let threads = 0;
  for (const pod of pods) {
    cores += pod.app.cpuCores;
    workers += pod.plan.app.workers ?? 0;
    threads += ownProcess(pod)?.workers ?? 0;
  }
  return { cores, workers, threads };
}

/** @param nowNs calendar time @param measuredNs length of the window so far */
export function workloadResults(
  podsOf: readonly (readonly Pod[])[],
  counters: readonly WorkloadCounters[],
  marks: readonly BusyMark[],
  nowNs: number,
  measuredNs: number,
): WorkloadResult[] {
  return counters.map((workload, index) => {
    const { cpuNs, throttledNs, workersNs, queuedNs, proxyNs } = busySince(podsOf[index], marks);
    const { cores, workers, threads } = busyCapacity(podsOf[index]);
    let peakPodConnections = 0;
    let peakPodRequests = 0;
    for (const pod of podsOf[index]) {
      if (pod.peakConnections > peakPodConnections) peakPodConnections = pod.peakConnections;
      if (pod.app.peakHeld > peakPodRequests) peakPodRequests = pod.app.peakHeld;
    }
    workload.settle(nowNs);
    return {
      arrivals: workload.arrivals,
      completed: workload.completed,
      overflowed: workload.overflowed,
      wasted: workload.wasted,
      inService: ratio(workload.integralNs, measuredNs),
      queued: ratio(queuedNs, measuredNs),
      cpuUtilisation: ratio(cpuNs, cores * measuredNs),
      workerUtilisation: ratio(workersNs, workers * measuredNs),
      proxyUtilisation: ratio(proxyNs, threads * measuredNs),
      appCpuNs: cpuNs,
      proxyCpuNs: proxyNs,
      throttledNs,
      latency: workload.latency.toData(),
      peakPodConnections,
      peakPodRequests,
    };
  });
}

/** A ztunnel is counted once, not with each of the pods that it serves. */
function ownProcess(pod: Pod): ProxyProcess | null {
  return pod.ambient ? null : pod.process;
}

/** 0 where there is nothing to have a share of. */
export function ratio(part: number, whole: number): number {
  return whole > 0 ? part / whole : 0;
}
