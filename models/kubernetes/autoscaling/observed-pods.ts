// What an autoscaler sees of the pods of its target, and which of the pods count (k8s:
// pkg/controller/podautoscaler/replica_calculator.go, groupPods and calculateRequests).

/** The phase of a pod as its status says. */
export type PodPhase = 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown';

/** A container of a pod; native sidecars are containers here, other init containers are not. */
export interface ObservedContainer {
  readonly name: string;
  /**
   * Requests by resource, in thousandths (CPU: millicores, memory: thousandths of a byte); a resource without a request
   * is not there.
   */
  readonly requestsMilli: ReadonlyMap<string, number>;
}

/** A pod that the selector of the target matches. Times are absolute, in nanoseconds. */
export interface ObservedPod {
  readonly phase: PodPhase;
  /** The pod has a deletionTimestamp. */
  readonly terminating: boolean;
  /** `status.startTime`; null: no kubelet has taken the pod. */
  readonly startedNs: number | null;
  /** The condition Ready; null: no condition is there. */
  readonly ready: boolean | null;
  /** When the condition Ready last changed. */
  readonly readyChangedNs: number;
  readonly containers: readonly ObservedContainer[];
}

/** A sample of one metric of one pod: whole thousandths of the unit of the metric (CPU: millicores). */
export interface PodSample {
  readonly milli: number;
  /** When the sample was taken. */
  readonly takenNs: number;
  /** Over how long the sample is an average; 0: a value of an instant. */
  readonly windowNs: number;
}

/** Indices of pods by what their samples count for. Failed and terminating pods are in none of the lists. */
export interface PodGroups {
  readonly ready: readonly number[];
  readonly unready: readonly number[];
  readonly missing: readonly number[];
}

/** The flags of kube-controller-manager that say when a CPU sample of a young pod counts. */
export interface ReadinessRules {
  /** `--horizontal-pod-autoscaler-cpu-initialization-period`, 300 s. */
  readonly cpuInitializationNs: number;
  /** `--horizontal-pod-autoscaler-initial-readiness-delay`, 30 s. */
  readonly initialReadinessDelayNs: number;
}

/**
 * Sorts pods by whether their samples count.
 * @param samples one entry a pod, in the order of `pods`; null: no sample
 * @param isCpu the metric is the resource `cpu`: readiness of the pod matters for no other metric
 */
export function groupPods(
  pods: readonly ObservedPod[],
  samples: readonly (PodSample | null)[],
  isCpu: boolean,
  rules: ReadinessRules,
  nowNs: number,
): PodGroups {
  const groups = { ready: [] as number[], unready: [] as number[], missing: [] as number[] };
  pods.forEach((pod, index) => {
    if (pod.terminating || pod.phase === 'Failed') return;
    const sample = samples[index] ?? null;
    if (pod.phase === 'Pending') groups.unready.push(index);
    else if (sample === null) groups.missing.push(index);
    else if (isCpu && !cpuSampleCounts(pod, sample, rules, nowNs)) groups.unready.push(index);
    else groups.ready.push(index);
  });
  return groups;
}

/** Whether the CPU sample of a pod that is not Pending counts. */
export function cpuSampleCounts(pod: ObservedPod, sample: PodSample, rules: ReadinessRules, nowNs: number): boolean {
  if (pod.ready === null || pod.startedNs === null) return false;
  if (pod.startedNs + rules.cpuInitializationNs > nowNs) {
    return pod.ready && sample.takenNs >= pod.readyChangedNs + sample.windowNs;
  }
  return pod.ready || pod.startedNs + rules.initialReadinessDelayNs <= pod.readyChangedNs;
}

/**
 * What each pod requests of a resource, in thousandths; null: a container that counts has no request, and the metric is
 * an error.
 * @param container the one container that counts; null: all containers count
 */
export function podRequestsMilli(
  pods: readonly ObservedPod[],
  resource: string,
  container: string | null,
): readonly number[] | null {
  const requests: number[] = [];
  for (const pod of pods) {
    let sum = 0;
    for (const { name, requestsMilli } of pod.containers) {
      if (container !== null && name !== container) continue;
      const request = requestsMilli.get(resource);
      if (request === undefined) return null;
      sum += request;
    }
    requests.push(sum);
  }
  return requests;
}

/** Pods that are Running and Ready. */
export function readyCount(pods: readonly ObservedPod[]): number {
  return pods.filter(({ phase, ready }) => phase === 'Running' && ready === true).length;
}
