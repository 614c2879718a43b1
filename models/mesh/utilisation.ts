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

/** @param nowNs calendar time @param measuredNs length of the window so far */
export function workloadResults(
  podsOf: readonly (readonly Pod[])[],
  counters: readonly WorkloadCounters[],
  marks: readonly BusyMark[],
  nowNs: number,
  measuredNs: number,
): WorkloadResult[] {
  return counters.map((workload, index) => {
    let cpuNs = 0;
    let throttledNs = 0;
    let workersNs = 0;
    let queuedNs = 0;
    let proxyNs = 0;
    let cores = 0;
    let workers = 0;
    let threads = 0;
    let peakPodConnections = 0;
    let peakPodRequests = 0;
    for (const pod of podsOf[index]) {
      const mark = marks[pod.id];
      if (pod.peakConnections > peakPodConnections) peakPodConnections = pod.peakConnections;
      if (pod.app.peakHeld > peakPodRequests) peakPodRequests = pod.app.peakHeld;
      if (mark === undefined) continue;
      const now = markBusy(pod);
      cpuNs += now.cpuNs - mark.cpuNs;
      throttledNs += now.throttledNs - mark.throttledNs;
      workersNs += now.workersNs - mark.workersNs;
      queuedNs += now.queuedNs - mark.queuedNs;
      proxyNs += now.proxyNs - mark.proxyNs;
      cores += pod.app.cpuCores;
      workers += pod.plan.app.workers ?? 0;
      threads += ownProcess(pod)?.workers ?? 0;
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

function ratio(part: number, whole: number): number {
  return whole > 0 ? part / whole : 0;
}
