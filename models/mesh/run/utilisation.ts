// How busy the pods of each workload were inside the measured window: what their stations have served since its beginning.

import type { WorkloadCounters } from '../recording/recorder.js';
import type { PodResult, WorkloadResult } from '../recording/result.js';
import type { Application } from '../server/application.js';
import type { Pod } from '../state/pod.js';
import type { ProxyProcess } from '../state/proxy-process.js';

/** What stations have served, and how long requests waited for them. */
interface Busy {
  readonly cpuNs: number;
  readonly throttledNs: number;
  readonly workersNs: number;
  readonly queuedNs: number;
  readonly proxyNs: number;
  readonly cpuWaitNs: number;
  readonly proxyWaitNs: number;
}

/** Readings of a pod's stations at one instant. */
export interface BusyMark extends Busy {
  /** Of each thread; where they take from one queue, of all together. */
  readonly threadNs: readonly number[];
}

export function markBusy({ cpus, cpu, workers, pod }: Application): BusyMark {
  return {
    cpuNs: cpus.busyNs(cpu),
    throttledNs: cpus.throttledNs(cpu),
    workersNs: workers?.busyNs() ?? 0,
    queuedNs: workers?.queuedNs() ?? 0,
    proxyNs: ownProcess(pod)?.busyNs() ?? 0,
    cpuWaitNs: cpus.waitedNs(cpu),
    proxyWaitNs: ownProcess(pod)?.waitedNs() ?? 0,
    threadNs: ownProcess(pod)?.threadsBusyNs() ?? [],
  };
}

/** What the stations of some pods have served since their marks; pods without a mark do not count. */
export function busySince(apps: readonly Application[], marks: readonly BusyMark[]): Busy {
  let cpuNs = 0;
  let throttledNs = 0;
  let workersNs = 0;
  let queuedNs = 0;
  let proxyNs = 0;
  let cpuWaitNs = 0;
  let proxyWaitNs = 0;
  for (const app of apps) {
    const mark = marks[app.pod.id];
    if (mark === undefined) continue;
    const now = markBusy(app);
    cpuNs += now.cpuNs - mark.cpuNs;
    throttledNs += now.throttledNs - mark.throttledNs;
    workersNs += now.workersNs - mark.workersNs;
    queuedNs += now.queuedNs - mark.queuedNs;
    proxyNs += now.proxyNs - mark.proxyNs;
    cpuWaitNs += now.cpuWaitNs - mark.cpuWaitNs;
    proxyWaitNs += now.proxyWaitNs - mark.proxyWaitNs;
  }
  return { cpuNs, throttledNs, workersNs, queuedNs, proxyNs, cpuWaitNs, proxyWaitNs };
}

/**
 * What some pods have together over a time, each for as long as it is there: cores, workers of their applications (0 = unlimited), threads of their own
 * proxies. Times are the calendar's.
 */
export function busyCapacity(
  apps: readonly Application[],
  fromNs: number,
  toNs: number,
): { cores: number; workers: number; threads: number } {
  let cores = 0;
  let workers = 0;
  let threads = 0;
  for (const { pod, cpuCores } of apps) {
    const share = presence(pod, fromNs, toNs);
    cores += cpuCores * share;
    workers += (pod.plan.app.workers ?? 0) * share;
    threads += (ownProcess(pod)?.workers ?? 0) * share;
  }
  return { cores, workers, threads };
}

/** The part of a time that a pod is there, 0..1. */
function presence({ bornNs, endNs }: Pod, fromNs: number, toNs: number): number {
  if (bornNs <= fromNs && endNs >= toNs) return 1;
  return Math.max(0, Math.min(endNs, toNs) - Math.max(bornNs, fromNs)) / (toNs - fromNs);
}

/** @param measuredNs length of the window so far, which ends at `nowNs` of the calendar */
export function workloadResults(
  appsOf: readonly (readonly Application[])[],
  counters: readonly WorkloadCounters[],
  marks: readonly BusyMark[],
  measuredNs: number,
  nowNs: number,
): WorkloadResult[] {
  return counters.map((workload, index) => {
    const { cpuNs, throttledNs, workersNs, queuedNs, proxyNs, cpuWaitNs, proxyWaitNs } = busySince(
      appsOf[index],
      marks,
    );
    const { cores, workers, threads } = busyCapacity(appsOf[index], nowNs - measuredNs, nowNs);
    let peakPodConnections = 0;
    let peakPodRequests = 0;
    const pods: PodResult[] = [];
    for (const app of appsOf[index]) {
      const { pod } = app;
      if (pod.peakConnections > peakPodConnections) peakPodConnections = pod.peakConnections;
      if (app.peakHeld > peakPodRequests) peakPodRequests = app.peakHeld;
      const mark = marks[pod.id];
      if (mark === undefined) continue;
      const result = podResult(app, mark, markBusy(app), measuredNs);
      const before = pods[pod.ordinal];
      pods[pod.ordinal] = before === undefined ? result : together(before, result);
    }
    workload.settle();
    return {
      arrivals: workload.arrivals,
      completed: workload.completed,
      overflowed: workload.overflowed,
      wasted: workload.wasted,
      inboundPendingOverflow: workload.inboundPendingOverflow,
      inboundRequestOverflow: workload.inboundRequestOverflow,
      inboundConnectionOverflow: workload.inboundConnectionOverflow,
      inboundLost: workload.inboundLost,
      pods,
      inService: ratio(workload.integralNs, measuredNs),
      queued: ratio(queuedNs, measuredNs),
      cpuUtilisation: ratio(cpuNs, cores * measuredNs),
      workerUtilisation: ratio(workersNs, workers * measuredNs),
      proxyUtilisation: ratio(proxyNs, threads * measuredNs),
      appCpuNs: cpuNs,
      proxyCpuNs: proxyNs,
      throttledNs,
      cpuWaitNs,
      pauseNs: workload.pauseNs,
      proxyWaitNs,
      inboundWaitNs: workload.inboundWaitNs,
      latency: workload.latency.toData(),
      peakPodConnections,
      peakPodRequests,
    };
  });
}

function podResult({ pod, cpuCores }: Application, from: BusyMark, to: BusyMark, measuredNs: number): PodResult {
  const process = ownProcess(pod);
  const busiest = to.threadNs.reduce((most, ns, i) => Math.max(most, ns - from.threadNs[i]), 0);
  return {
    cpuUtilisation: ratio(to.cpuNs - from.cpuNs, cpuCores * measuredNs),
    throttledNs: to.throttledNs - from.throttledNs,
    workerUtilisation: ratio(to.workersNs - from.workersNs, (pod.plan.app.workers ?? 0) * measuredNs),
    queued: ratio(to.queuedNs - from.queuedNs, measuredNs),
    proxyUtilisation: ratio(to.proxyNs - from.proxyNs, (process?.cores ?? 0) * measuredNs),
    busiestThread: ratio(busiest, measuredNs * (process?.coresOfThread ?? 0)),
  };
}

/** Two pods that had one place after each other. */
function together(a: PodResult, b: PodResult): PodResult {
  return {
    cpuUtilisation: a.cpuUtilisation + b.cpuUtilisation,
    throttledNs: a.throttledNs + b.throttledNs,
    workerUtilisation: a.workerUtilisation + b.workerUtilisation,
    queued: a.queued + b.queued,
    proxyUtilisation: a.proxyUtilisation + b.proxyUtilisation,
    busiestThread: a.busiestThread + b.busiestThread,
  };
}

/** A ztunnel is counted once, not with each of the pods that it serves. */
export function ownProcess(pod: Pod): ProxyProcess | null {
  return pod.ambient ? null : pod.process;
}

/** 0 where there is nothing to have a share of. */
export function ratio(part: number, whole: number): number {
  return whole > 0 ? part / whole : 0;
}
