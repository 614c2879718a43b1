// How many replicas one metric asks for (k8s: pkg/controller/podautoscaler/replica_calculator.go,
// metrics/utilization.go). Utilisation is a whole percentage and an average is a whole number of thousandths, both
// truncated before anything is divided by them.
import type { HpaMetric, ObjectTarget, ResourceTarget } from './hpa-spec.js';
import {
  groupPods,
  type ObservedPod,
  type PodGroups,
  type PodSample,
  podRequestsMilli,
  type ReadinessRules,
  readyCount,
} from './observed-pods.js';

/** Why a metric gives no proposal. */
export type MetricError = 'no pods' | 'no samples' | 'no value' | 'missing request';

/** What a metric asks for. */
export type Proposal =
  | {
      readonly replicas: number;
      /** Percent for a utilisation, thousandths for all else: what `status.currentMetrics` shows. */
      readonly current: number;
    }
  | { readonly error: MetricError };

/** What was fetched for a metric: a sample for each pod (null: none), or one value; null: the fetch failed. */
export type MetricReading =
  | { readonly kind: 'samples'; readonly samples: readonly (PodSample | null)[] }
  | { readonly kind: 'value'; readonly milli: number }
  | null;

/** How far a ratio of usage to target may be from 1 before anything happens. */
export interface Tolerances {
  readonly up: number;
  readonly down: number;
}

/** What all metrics of an HPA are computed from. */
export interface CalculatorInput {
  readonly nowNs: number;
  /** `scale.spec.replicas`. */
  readonly specReplicas: number;
  /** `scale.status.replicas`. */
  readonly statusReplicas: number;
  readonly pods: readonly ObservedPod[];
  readonly tolerances: Tolerances;
  readonly rules: ReadinessRules;
}

/**
 * How many replicas `metric` asks for.
 * @param reading samples in the order of `input.pods` for metrics of kind `resource` and `pods`, a value for the others
 * @throws RangeError if the kind of the reading is not that of the metric.
 */
export function proposeReplicas(metric: HpaMetric, reading: MetricReading, input: CalculatorInput): Proposal {
  switch (metric.kind) {
    case 'resource':
      return resourceProposal(metric.resource, metric.container, metric.target, samplesOf(reading), input);
    case 'pods':
      return averageProposal(metric.targetMilli, false, samplesOf(reading), input);
    case 'object':
    case 'external':
      return objectProposal(metric.target, oneValue(reading), input);
  }
}

function samplesOf(reading: MetricReading): readonly (PodSample | null)[] | null {
  if (reading === null) return null;
  if (reading.kind !== 'samples') throw new RangeError('a metric of pods wants samples, not one value');
  return reading.samples;
}

function oneValue(reading: MetricReading): number | null {
  if (reading === null) return null;
  if (reading.kind !== 'value') throw new RangeError('a metric of an object wants one value, not samples');
  return reading.milli;
}

function within(ratio: number, tolerances: Tolerances): boolean {
  return 1 - tolerances.down <= ratio && ratio <= 1 + tolerances.up;
}

function resourceProposal(
  resource: string,
  container: string | null,
  target: ResourceTarget,
  samples: readonly (PodSample | null)[] | null,
  input: CalculatorInput,
): Proposal {
  const isCpu = resource === 'cpu';
  if (target.kind === 'averageValue') return averageProposal(target.milli, isCpu, samples, input);
  if (samples === null) return { error: 'no samples' };
  if (input.pods.length === 0) return { error: 'no pods' };
  const groups = groupPods(input.pods, samples, isCpu, input.rules, input.nowNs);
  const requests = podRequestsMilli(input.pods, resource, container);
  if (requests === null) return { error: 'missing request' };
  if (groups.ready.length === 0) return { error: 'no samples' };
  if (groups.ready.every((index) => requests[index] === 0)) return { error: 'missing request' };
  const percentOf = (usages: Usages): number => {
    let used = 0;
    let requested = 0;
    for (const [index, milli] of usages) {
      used += milli;
      requested += requests[index]!;
    }
    return Math.trunc((used * 100) / requested);
  };
  const missingMilli = (index: number): number => Math.trunc((requests[index]! * Math.max(100, target.percent)) / 100);
  return rebalanced(groups, samples, percentOf, target.percent, missingMilli, false, input);
}

/** Where a target is an average over the pods: Pods metrics, and resources with an averageValue. */
function averageProposal(
  targetMilli: number,
  isCpu: boolean,
  samples: readonly (PodSample | null)[] | null,
  input: CalculatorInput,
): Proposal {
  if (samples === null) return { error: 'no samples' };
  if (input.pods.length === 0) return { error: 'no pods' };
  const groups = groupPods(input.pods, samples, isCpu, input.rules, input.nowNs);
  if (groups.ready.length === 0) return { error: 'no samples' };
  const averageOf = (usages: Usages): number => {
    let used = 0;
    for (const milli of usages.values()) used += milli;
    return Math.trunc(used / usages.size);
  };
  return rebalanced(groups, samples, averageOf, targetMilli, () => targetMilli, true, input);
}

/** Usage in thousandths by the index of the pod. */
type Usages = Map<number, number>;

/**
 * The proposal from the pods that count; where pods are missing or not ready, from all pods with the usage that is
 * assumed for these, which damps the change and never turns its direction round.
 * @param measure the usage of all pods in the unit of the target
 * @param missingMilli what a missing pod is assumed to use when the workload shrinks
 * @param zeroAtTarget a missing pod is assumed to use nothing at a ratio of exactly 1 as well (metrics that are
 * averages)
 */
function rebalanced(
  groups: PodGroups,
  samples: readonly (PodSample | null)[],
  measure: (usages: Usages) => number,
  target: number,
  missingMilli: (index: number) => number,
  zeroAtTarget: boolean,
  input: CalculatorInput,
): Proposal {
  const usages: Usages = new Map(groups.ready.map((index) => [index, samples[index]!.milli]));
  const current = measure(usages);
  const ratio = current / target;
  const countsUnready = groups.unready.length > 0 && ratio > 1;
  const unchanged = { replicas: input.specReplicas, current };
  if (!countsUnready && groups.missing.length === 0) {
    if (within(ratio, input.tolerances)) return unchanged;
    return { replicas: Math.ceil(ratio * groups.ready.length), current };
  }
  for (const index of groups.missing) {
    if (ratio < 1) usages.set(index, missingMilli(index));
    else if (ratio > 1 || zeroAtTarget) usages.set(index, 0);
  }
  if (countsUnready) for (const index of groups.unready) usages.set(index, 0);
  const assumed = measure(usages) / target;
  if (within(assumed, input.tolerances) || (ratio < 1 && assumed > 1) || (ratio > 1 && assumed < 1)) return unchanged;
  const replicas = Math.ceil(assumed * usages.size);
  if ((assumed < 1 && replicas > input.specReplicas) || (assumed > 1 && replicas < input.specReplicas)) {
    return unchanged;
  }
  return { replicas, current };
}

function objectProposal(target: ObjectTarget, valueMilli: number | null, input: CalculatorInput): Proposal {
  if (valueMilli === null) return { error: 'no value' };
  return target.kind === 'value'
    ? valueProposal(target.milli, valueMilli, input)
    : perPodProposal(target.milli, valueMilli, input);
}

/**
 * The ratio of value to target is applied to the pods that are ready; from zero replicas it is the number of pods
 * itself.
 */
function valueProposal(targetMilli: number, valueMilli: number, input: CalculatorInput): Proposal {
  const ratio = valueMilli / targetMilli;
  if (input.specReplicas === 0) return { replicas: Math.ceil(ratio), current: valueMilli };
  if (within(ratio, input.tolerances)) return { replicas: input.specReplicas, current: valueMilli };
  if (input.pods.length === 0) return { error: 'no pods' };
  return { replicas: Math.ceil(ratio * readyCount(input.pods)), current: valueMilli };
}

function perPodProposal(targetMilli: number, valueMilli: number, input: CalculatorInput): Proposal {
  const ratio = valueMilli / (targetMilli * input.statusReplicas);
  const current = input.statusReplicas === 0 ? valueMilli : Math.ceil(valueMilli / input.statusReplicas);
  // Without a pod the ratio is infinite, or not a number: neither is within the tolerance.
  const replicas = within(ratio, input.tolerances) ? input.statusReplicas : Math.ceil(valueMilli / targetMilli);
  return { replicas, current };
}
