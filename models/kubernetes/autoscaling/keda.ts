// KEDA's ScaledObject: a loop of its own decides between nothing and something (0 <-> 1); all else is an HPA over
// external metrics that KEDA's adapter answers. This file has the loop; keda-triggers.ts has the values of triggers,
// with their fallback.
// Sources: keda: pkg/scaling/executor/scale_scaledobjects.go, pkg/scaling/scale_handler.go,
// apis/keda/v1alpha1/scaledobject_types.go, controllers/keda/hpa.go.
// Whoever drives it: the first poll comes when the object is created, then one every pollingInterval; the HPA
// `keda-hpa-<name>` is `hpaBounds` with a metric for each trigger.
import { SECOND_NS } from '../units.js';

/** `spec` of a ScaledObject, as far as the loop looks at it. */
export interface KedaSpec {
  /** `pollingInterval`, 30 s. */
  readonly pollingNs: number;
  /** `cooldownPeriod`, 300 s: concerns only the way to zero (or to `idleReplicas`). */
  readonly cooldownNs: number;
  /** `initialCooldownPeriod`, 0: from the creation of the object, while no trigger has ever been active. */
  readonly initialCooldownNs: number;
  /** `minReplicaCount`, 0. */
  readonly minReplicas: number;
  /** `maxReplicaCount`, 100. */
  readonly maxReplicas: number;
  /** `idleReplicaCount`, which can only be 0 and below minReplicas; null: not written. */
  readonly idleReplicas: number | null;
  /**
   * The annotation `autoscaling.keda.sh/paused-replicas`, or `paused` (`'stay'`: as many as there are); null: not
   * paused.
   */
  readonly paused: number | 'stay' | null;
}

/** A ScaledObject that says nothing but its triggers. */
export const DEFAULT_KEDA_SPEC: KedaSpec = {
  pollingNs: 30 * SECOND_NS,
  cooldownNs: 300 * SECOND_NS,
  initialCooldownNs: 0,
  minReplicas: 0,
  maxReplicas: 100,
  idleReplicas: null,
  paused: null,
};

/** What a poll decides. */
export interface KedaDecision {
  /** What the target is to have; null: as it is. */
  readonly replicas: number | null;
  readonly active: boolean;
  readonly nextNs: number;
}

/**
 * How the triggers of an object look at a poll: a trigger is active where its value is above its activation threshold.
 */
export interface TriggerStates {
  readonly active: boolean;
  /** At least one trigger could not be read, and has no fallback yet. */
  readonly failed: boolean;
}

/** The bounds of the HPA that KEDA makes. */
export function hpaBounds({ minReplicas, maxReplicas }: KedaSpec): { readonly min: number; readonly max: number } {
  return { min: Math.max(minReplicas, 1), max: maxReplicas };
}

/** The loop of one ScaledObject. */
export class KedaLoop {
  private lastActiveNs: number | null = null;

  /** @param createdNs when the object was created */
  constructor(
    private readonly spec: KedaSpec,
    private readonly createdNs: number,
  ) {}

  /** One poll. */
  poll(nowNs: number, replicas: number, triggers: TriggerStates): KedaDecision {
    const decided = this.decide(nowNs, replicas, triggers);
    return {
      replicas: decided === replicas ? null : decided,
      active: triggers.active,
      nextNs: nowNs + this.spec.pollingNs,
    };
  }

  private decide(nowNs: number, replicas: number, { active, failed }: TriggerStates): number {
    const { minReplicas, idleReplicas, paused } = this.spec;
    if (paused !== null) return paused === 'stay' ? replicas : paused;
    if (active) {
      this.lastActiveNs = nowNs;
      const asleep = replicas === 0 || (idleReplicas !== null && replicas < minReplicas);
      return asleep ? Math.max(minReplicas, 1) : replicas;
    }
    if (failed) return replicas;
    const floor = idleReplicas ?? 0;
    const maySleep = (idleReplicas !== null && replicas > idleReplicas) || (replicas > 0 && minReplicas === 0);
    if (maySleep) return this.cooledDown(nowNs) ? floor : replicas;
    return replicas < minReplicas && idleReplicas === null ? minReplicas : replicas;
  }

  /**
   * Strictly later than the last active poll and the cooldown; an object that was never active waits for its initial
   * cooldown.
   */
  private cooledDown(nowNs: number): boolean {
    if (this.lastActiveNs === null) return this.createdNs + this.spec.initialCooldownNs < nowNs;
    return this.lastActiveNs + this.spec.cooldownNs < nowNs;
  }
}
