// The HorizontalPodAutoscaler (autoscaling/v2) as a machine: every 15 s it is handed what the metrics API answers, and
// says how many replicas the scale target is to have. The steps: bounds, one proposal a metric (replica-calculator.ts),
// the highest of them, stabilisation and rate limits (scaling-memory.ts).
// Sources: k8s: pkg/controller/podautoscaler/horizontal.go (reconcileAutoscaler, computeReplicasForMetrics,
// normalizeDesiredReplicas…).
// Whoever drives it: each HPA has a phase of its own (first sync at a moment of the driver's choice), and samples that
// are as old as metrics-server.ts makes them. Two HPAs that select the same pods are both disabled by Kubernetes; that
// is for the driver to see.
// The room: hpa-spec.ts what is asked for; observed-pods.ts, replica-calculator.ts and scaling-memory.ts the steps;
// metrics-server.ts how old the samples are; keda.ts, keda-triggers.ts and cron.ts what stands before an HPA;
// cluster-autoscaler.ts and karpenter.ts where the nodes come from. VPA is left out: requests stay as they are written.
import { DEFAULT_HPA_FLAGS, type HpaFlags, type HpaSpec } from './hpa-spec.js';
import type { ObservedPod } from './observed-pods.js';
import { type MetricReading, type Proposal, proposeReplicas } from './replica-calculator.js';
import { limitWithoutBehavior, ScalingMemory } from './scaling-memory.js';

/** What an HPA sees at a sync. */
export interface HpaObservation {
  /** `scale.spec.replicas` of the target. */
  readonly specReplicas: number;
  /** `scale.status.replicas` of the target. */
  readonly statusReplicas: number;
  /** All pods that the selector of the target matches. */
  readonly pods: readonly ObservedPod[];
  /** One reading for each of `spec.metrics`, in their order. */
  readonly readings: readonly MetricReading[];
}

/** Why the number of replicas is what it is. */
export type HpaReason =
  | 'scaling disabled' // the target has no replicas, and the HPA wants at least one
  | 'above maximum'
  | 'below minimum'
  | 'metrics'
  | 'metrics failed';

/** What an HPA decides at a sync. */
export interface HpaDecision {
  /** What the target is to have; the same as it has: nothing is written. */
  readonly replicas: number;
  readonly reason: HpaReason;
  /** What each metric asked for, in the order of `spec.metrics`; empty where none was looked at. */
  readonly proposals: readonly Proposal[];
  /** When the next sync is due. */
  readonly nextNs: number;
}

/** One HorizontalPodAutoscaler. */
export class HorizontalPodAutoscaler {
  private readonly memory = new ScalingMemory();

  /** @throws RangeError if the bounds are not 0 <= min <= max, or max is 0, or there is no metric. */
  constructor(
    private readonly spec: HpaSpec,
    private readonly flags: HpaFlags = DEFAULT_HPA_FLAGS,
  ) {
    const { minReplicas, maxReplicas, metrics } = spec;
    if (!(minReplicas >= 0 && maxReplicas >= 1 && minReplicas <= maxReplicas)) {
      throw new RangeError(`an HPA wants 0 <= min <= max and max >= 1, got ${minReplicas} and ${maxReplicas}`);
    }
    if (metrics.length === 0) throw new RangeError('an HPA wants at least one metric');
  }

  /** One sync. Times must not go back. */
  sync(nowNs: number, observation: HpaObservation): HpaDecision {
    const current = observation.specReplicas;
    const { minReplicas, maxReplicas } = this.spec;
    const nextNs = nowNs + this.flags.syncNs;
    this.memory.begin(nowNs, current);
    if (current === 0 && minReplicas !== 0) {
      return { replicas: 0, reason: 'scaling disabled', proposals: [], nextNs };
    }
    if (current > maxReplicas) return this.scale(nowNs, current, maxReplicas, 'above maximum', []);
    if (current < minReplicas) return this.scale(nowNs, current, minReplicas, 'below minimum', []);
    const proposals = this.propose(nowNs, observation);
    const proposed = highest(proposals, current);
    if (proposed === null) return { replicas: current, reason: 'metrics failed', proposals, nextNs };
    return this.scale(nowNs, current, this.temper(nowNs, current, proposed), 'metrics', proposals);
  }

  private propose(nowNs: number, observation: HpaObservation): readonly Proposal[] {
    const { behavior } = this.spec;
    const input = {
      nowNs,
      specReplicas: observation.specReplicas,
      statusReplicas: observation.statusReplicas,
      pods: observation.pods,
      tolerances: {
        up: behavior?.scaleUp.tolerance ?? this.flags.tolerance,
        down: behavior?.scaleDown.tolerance ?? this.flags.tolerance,
      },
      rules: this.flags,
    };
    return this.spec.metrics.map((metric, index) =>
      proposeReplicas(metric, observation.readings[index] ?? null, input),
    );
  }

  private temper(nowNs: number, current: number, proposed: number): number {
    const { minReplicas, maxReplicas, behavior } = this.spec;
    const bounds = { min: minReplicas, max: maxReplicas };
    if (behavior === null) {
      const desired = this.memory.stabilize(nowNs, proposed, this.flags.downscaleStabilizationNs);
      return limitWithoutBehavior(current, desired, bounds);
    }
    const desired = this.memory.stabilizeWith(nowNs, current, proposed, behavior);
    return this.memory.limitWith(nowNs, current, desired, bounds, behavior);
  }

  private scale(
    nowNs: number,
    current: number,
    replicas: number,
    reason: HpaReason,
    proposals: readonly Proposal[],
  ): HpaDecision {
    const { behavior } = this.spec;
    if (replicas !== current && behavior !== null) this.memory.record(nowNs, current, replicas, behavior);
    return { replicas, reason, proposals, nextNs: nowNs + this.flags.syncNs };
  }
}

/** The highest proposal; null: no metric gives one, or one fails and the others would shrink the workload. */
function highest(proposals: readonly Proposal[], current: number): number | null {
  let most: number | null = null;
  let failed = false;
  for (const proposal of proposals) {
    if ('error' in proposal) failed = true;
    else most = most === null ? proposal.replicas : Math.max(most, proposal.replicas);
  }
  return failed && most !== null && most < current ? null : most;
}
