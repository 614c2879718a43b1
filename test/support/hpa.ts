// Pods and samples for the tests of autoscalers.
import type { HpaMetric } from '../../models/kubernetes/autoscaling/hpa-spec.js';
import type { ObservedPod, PodSample } from '../../models/kubernetes/autoscaling/observed-pods.js';
import {
  type MetricReading,
  type Proposal,
  proposeReplicas,
} from '../../models/kubernetes/autoscaling/replica-calculator.js';
import { SECOND_NS } from '../../models/kubernetes/units.js';

/** The instant of every sync of the tests. */
export const NOW_NS = 10_000 * SECOND_NS;

export interface PodOptions extends Partial<ObservedPod> {
  /** CPU requests of each container, in millicores; null: none is written. */
  readonly requestMilli?: number | null;
  readonly containers?: ObservedPod['containers'];
}

/** A pod that has been Running and Ready for hours, with two containers that request 1 CPU each. */
export function hpaPod(options: PodOptions = {}): ObservedPod {
  const { requestMilli = 1000, ...fields } = options;
  const container = (name: string): ObservedPod['containers'][number] => ({
    name,
    requestsMilli: new Map(requestMilli === null ? [] : [['cpu', requestMilli]]),
  });
  return {
    phase: 'Running',
    terminating: false,
    startedNs: NOW_NS - 3600 * SECOND_NS,
    ready: true,
    readyChangedNs: NOW_NS - 3590 * SECOND_NS,
    containers: [container('c1'), container('c2')],
    ...fields,
  };
}

export const NOT_READY: PodOptions = { ready: false, readyChangedNs: NOW_NS - 3600 * SECOND_NS };
/** Started 30 s ago, inside the initialisation period of 120 s of these tests, and Ready since less than a window. */
export const JUST_STARTED: PodOptions = {
  startedNs: NOW_NS - 30 * SECOND_NS,
  readyChangedNs: NOW_NS - 10 * SECOND_NS,
};
export const PENDING: PodOptions = { phase: 'Pending', ready: false, startedNs: null };

/** A sample of now, over a minute. */
export function sampleOf(milli: number): PodSample {
  return { milli, takenNs: NOW_NS, windowNs: 60 * SECOND_NS };
}

/** Samples of pods whose two containers use so much each; null: no sample. */
export function usages(...perContainerMilli: readonly (number | null)[]): MetricReading {
  const samples = perContainerMilli.map((milli) => (milli === null ? null : sampleOf(2 * milli)));
  return { kind: 'samples', samples };
}

/** Samples of a Pods metric, in units. */
export function podValues(...values: readonly (number | null)[]): MetricReading {
  return { kind: 'samples', samples: values.map((value) => (value === null ? null : sampleOf(1000 * value))) };
}

export interface ProposalOptions {
  readonly replicas: number;
  readonly pods: readonly ObservedPod[];
  readonly metric: HpaMetric;
  readonly reading: MetricReading;
  readonly tolerance?: number;
}

/** What a metric asks for, with the flags of the calculator's own tests: initialisation 120 s, readiness delay 10 s. */
export function propose({ replicas, pods, metric, reading, tolerance = 0.1 }: ProposalOptions): Proposal {
  return proposeReplicas(metric, reading, {
    nowNs: NOW_NS,
    specReplicas: replicas,
    statusReplicas: replicas,
    pods,
    tolerances: { up: tolerance, down: tolerance },
    rules: { cpuInitializationNs: 120 * SECOND_NS, initialReadinessDelayNs: 10 * SECOND_NS },
  });
}

/** A CPU metric with a target in percent. */
export function cpuAt(percent: number): HpaMetric {
  return { kind: 'resource', resource: 'cpu', container: null, target: { kind: 'utilization', percent } };
}
