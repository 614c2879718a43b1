// What the pods of each service did: arrivals, queues, CPU; workloads added up to the service that they stand behind.
import type { PodResult, ReplicationResult, WorkloadResult } from '../../models/mesh/recording/result.js';
import type { MeshPlan, WorkloadPlan } from '../../models/plan/contract/plan.js';
import { Histogram } from '../../sim/statistics/index.js';
import { serviceNames } from '../reading/service-names.js';
import type { Measured } from '../result/measured.js';
import type { ServiceSummary, WorkSummary } from '../result/run-result.js';
import type { FlowPart, FlowTally } from '../tally/flow.js';
import { measuredMean } from '../tally/measure.js';
import type { RunTally } from '../tally/tally.js';
import { summariseCalls, summariseLatency } from './flow.js';
import { appMemory, proxyMemory } from './memory.js';

const NS_PER_SECOND = 1e9;

export function summariseServices(
  plan: MeshPlan,
  results: readonly ReplicationResult[],
  tally: RunTally,
): ServiceSummary[] {
  const names = serviceNames(plan);
  const indices = plan.workloads.map((_, i) => i).filter((i) => plan.workloads[i].kind !== 'client');
  return [...new Set(indices.map((i) => names[i]))].map((name) => {
    const own = indices.filter((i) => names[i] === name);
    const calls = tally.services.get(name);
    return {
      name,
      kind: plan.workloads[own[0]].kind,
      calls: calls === undefined ? null : summariseCalls(plan, calls),
      ...summariseWork(plan, results, own),
      workloads: own.map((i) => ({
        name: `${plan.workloads[i].name}.${plan.workloads[i].namespace}`,
        version: plan.workloads[i].version,
        ...summariseWork(plan, results, [i]),
      })),
    };
  });
}

interface Work {
  readonly plan: WorkloadPlan;
  readonly result: WorkloadResult;
}

function summariseWork(plan: MeshPlan, results: readonly ReplicationResult[], own: readonly number[]): WorkSummary {
  const works = results.map((result) =>
    own.map((i): Work => ({ plan: plan.workloads[i], result: result.workloads[i] })),
  );
  const mean = (read: (works: readonly Work[], measuredNs: number) => number): Measured =>
    measuredMean(
      works.map((list, replication) => {
        const { measuredNs } = results[replication];
        return measuredNs > 0 ? read(list, measuredNs) : Number.NaN;
      }),
    );
  const perSecond = (countOf: (result: WorkloadResult) => number): Measured =>
    mean((list, measuredNs) => (sum(list, ({ result }) => countOf(result)) * NS_PER_SECOND) / measuredNs);
  const overTime = (nsOf: (result: WorkloadResult) => number): Measured =>
    mean((list, measuredNs) => sum(list, ({ result }) => nsOf(result)) / measuredNs);
  const share = (read: (result: WorkloadResult) => number, capacityOf: (plan: WorkloadPlan) => number): Measured =>
    mean((list) => weightedMean(list, read, capacityOf));
  const fullest = (read: (pod: PodResult) => number): Measured =>
    mean((list) => Math.max(0, ...list.flatMap(({ result }) => result.pods.map(read))));
  const counted = (countOf: (result: WorkloadResult) => number): number =>
    works.reduce((all, list) => all + sum(list, ({ result }) => countOf(result)), 0);
  const work = workTally(results, own);
  return {
    pods: own.reduce((pods, i) => pods + plan.workloads[i].podLocalities.length, 0),
    arrivalsPerSecond: perSecond((result) => result.arrivals),
    completedPerSecond: perSecond((result) => result.completed),
    overflowedPerSecond: perSecond((result) => result.overflowed),
    wastedPerSecond: perSecond((result) => result.wasted),
    inService: mean((list) => sum(list, ({ result }) => result.inService)),
    queued: mean((list) => sum(list, ({ result }) => result.queued)),
    cpuUtilisationShare: share((result) => result.cpuUtilisation, coresOf),
    workerUtilisationShare: share(
      (result) => result.workerUtilisation,
      (workload) => podsOf(workload) * (workload.app.workers ?? 0),
    ),
    proxyUtilisationShare: share(
      (result) => result.proxyUtilisation,
      (workload) => podsOf(workload) * (workload.proxy?.workers ?? 0),
    ),
    appCpuCores: overTime((result) => result.appCpuNs),
    proxyCpuCores: overTime((result) => result.proxyCpuNs),
    throttledPods: overTime((result) => result.throttledNs),
    applicationLatency: summariseLatency(work, (part) => part.latency),
    ...proxyMemory(plan, results, own),
    ...appMemory(plan, results, own),
    fullestPod: {
      cpuUtilisationShare: fullest((pod) => pod.cpuUtilisation),
      workerUtilisationShare: fullest((pod) => pod.workerUtilisation),
      proxyUtilisationShare: fullest((pod) => pod.proxyUtilisation),
      proxyThreadShare: fullest((pod) => pod.busiestThread),
    },
    inbound: {
      pendingOverflow: counted((result) => result.inboundPendingOverflow),
      requestOverflow: counted((result) => result.inboundRequestOverflow),
      connectionOverflow: counted((result) => result.inboundConnectionOverflow),
      lost: counted((result) => result.inboundLost),
    },
  };
}

/** Latencies inside the application as a flow of their own. */
function workTally(results: readonly ReplicationResult[], own: readonly number[]): FlowTally {
  const parts = results.map((result): FlowPart => {
    const latency = new Histogram(result.workloads[own[0]].latency.resolution);
    for (const i of own) latency.merge(Histogram.fromData(result.workloads[i].latency));
    const calls = latency.count;
    const counts = { offered: calls, calls, good: calls, errors: 0, refused: 0, attempts: calls, retries: 0 };
    const latencies = { latency, goodLatency: latency, intendedLatency: latency };
    return { measuredNs: result.measuredNs, ...counts, outcomes: [], causes: [], ...latencies };
  });
  return { parts, batches: [] };
}

function podsOf(workload: WorkloadPlan): number {
  return workload.podLocalities.length;
}

function coresOf(workload: WorkloadPlan): number {
  const { cpuLimitMillis, cores } = workload.app;
  return podsOf(workload) * (cpuLimitMillis === null ? cores : cpuLimitMillis / 1000);
}

/** Mean weighted by capacity; 0 where there is none. */
function weightedMean(
  works: readonly Work[],
  read: (result: WorkloadResult) => number,
  capacityOf: (plan: WorkloadPlan) => number,
): number {
  const capacity = sum(works, ({ plan }) => capacityOf(plan));
  return capacity === 0 ? 0 : sum(works, ({ plan, result }) => read(result) * capacityOf(plan)) / capacity;
}

function sum(works: readonly Work[], of: (work: Work) => number): number {
  let total = 0;
  for (const work of works) total += of(work);
  return total;
}
