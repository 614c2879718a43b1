// What a HorizontalPodAutoscaler asks for, with the defaults of the API filled in (k8s:
// pkg/apis/autoscaling/v2/defaults.go, pkg/apis/autoscaling/types.go). Values of metrics are whole thousandths of their
// unit, as the controller computes with them.
import { SECOND_NS } from '../units.js';

/** A target of a resource: a percentage of the requests, or an average over the pods. */
export type ResourceTarget =
  | { readonly kind: 'utilization'; readonly percent: number }
  | { readonly kind: 'averageValue'; readonly milli: number };

/** A target of a metric of one object: its value, or its value divided by the number of pods. */
export type ObjectTarget =
  | { readonly kind: 'value'; readonly milli: number }
  | { readonly kind: 'averageValue'; readonly milli: number };

/** `spec.metrics[]`. */
export type HpaMetric =
  | {
      readonly kind: 'resource';
      readonly resource: string;
      /** The container of a ContainerResource metric; null: a Resource metric, over all containers. */
      readonly container: string | null;
      readonly target: ResourceTarget;
    }
  | { readonly kind: 'pods'; readonly targetMilli: number }
  | { readonly kind: 'object' | 'external'; readonly target: ObjectTarget };

/** `behavior.scaleUp.policies[]`: so many pods, or so many percent, within a period. */
export interface ScalingPolicy {
  readonly kind: 'Pods' | 'Percent';
  /** > 0. */
  readonly value: number;
  readonly periodNs: number;
}

/** `behavior.scaleUp` or `behavior.scaleDown`. */
export interface ScalingRules {
  readonly stabilizationNs: number;
  readonly selectPolicy: 'Max' | 'Min' | 'Disabled';
  readonly policies: readonly ScalingPolicy[];
  /** How far a ratio may be from 1 before this direction acts; null: the flag of the controller. */
  readonly tolerance: number | null;
}

/** Both halves of `spec.behavior`. */
export interface HpaBehavior {
  readonly scaleUp: ScalingRules;
  readonly scaleDown: ScalingRules;
}

/** `spec` of a HorizontalPodAutoscaler. */
export interface HpaSpec {
  /** >= 0; 0 only where an object or external metric is there. */
  readonly minReplicas: number;
  readonly maxReplicas: number;
  readonly metrics: readonly HpaMetric[];
  /** null: no `behavior` is written, and the older rules hold. */
  readonly behavior: HpaBehavior | null;
}

/** Flags of kube-controller-manager. */
export interface HpaFlags {
  /** `--horizontal-pod-autoscaler-sync-period`. */
  readonly syncNs: number;
  /** `--horizontal-pod-autoscaler-tolerance`. */
  readonly tolerance: number;
  /** `--horizontal-pod-autoscaler-cpu-initialization-period`. */
  readonly cpuInitializationNs: number;
  /** `--horizontal-pod-autoscaler-initial-readiness-delay`. */
  readonly initialReadinessDelayNs: number;
  /** `--horizontal-pod-autoscaler-downscale-stabilization`. */
  readonly downscaleStabilizationNs: number;
}

/** The flags as the controller has them where nobody sets them. */
export const DEFAULT_HPA_FLAGS: HpaFlags = {
  syncNs: 15 * SECOND_NS,
  tolerance: 0.1,
  cpuInitializationNs: 300 * SECOND_NS,
  initialReadinessDelayNs: 30 * SECOND_NS,
  downscaleStabilizationNs: 300 * SECOND_NS,
};

/** What an HPA without `metrics` scales by: 80 % of the CPU requests. */
export const DEFAULT_METRICS: readonly HpaMetric[] = [
  { kind: 'resource', resource: 'cpu', container: null, target: { kind: 'utilization', percent: 80 } },
];

const DEFAULT_SCALE_UP: ScalingRules = {
  stabilizationNs: 0,
  selectPolicy: 'Max',
  policies: [
    { kind: 'Pods', value: 4, periodNs: 15 * SECOND_NS },
    { kind: 'Percent', value: 100, periodNs: 15 * SECOND_NS },
  ],
  tolerance: null,
};

const DEFAULT_SCALE_DOWN: Omit<ScalingRules, 'stabilizationNs'> = {
  selectPolicy: 'Max',
  policies: [{ kind: 'Percent', value: 100, periodNs: 15 * SECOND_NS }],
  tolerance: null,
};

/** `behavior` as it is written: whatever is left out has a default. */
export interface WrittenBehavior {
  readonly scaleUp?: Partial<ScalingRules>;
  readonly scaleDown?: Partial<ScalingRules>;
}

/**
 * Fills in the defaults of a `behavior` that is written, be it empty. A list of policies replaces the default list as a
 * whole.
 */
export function completeBehavior(written: WrittenBehavior, flags: HpaFlags = DEFAULT_HPA_FLAGS): HpaBehavior {
  return {
    scaleUp: { ...DEFAULT_SCALE_UP, ...written.scaleUp },
    scaleDown: { ...DEFAULT_SCALE_DOWN, stabilizationNs: flags.downscaleStabilizationNs, ...written.scaleDown },
  };
}
