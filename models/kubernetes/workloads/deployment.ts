// The Deployment controller as a machine: it is handed the ReplicaSets as they are, and says which sizes they are to
// have now. One sync does one thing, and the changes that it makes bring the next sync, so that the driver asks again
// until nothing is left to do.
// Sources: k8s: pkg/controller/deployment/{deployment_controller,sync,rolling,recreate,progress}.go.
// A change of the template in the middle of a rollout makes the new set an old one (rollover); sets whose template
// comes back are taken up again.
// The room: rolling.ts, proportional.ts and progress.ts the arithmetic of Deployments; replica-sets.ts availability;
// replica-set-sync.ts and victims.ts which pods come and go; statefulset.ts; disruption.ts and drain.ts who may be
// evicted, and who asks. Pods are made and deleted by the driver: these machines say numbers and names only.
import { type Progress, ProgressWatch } from './progress.js';
import { scaleInProportion } from './proportional.js';
import { type ReplicaSetView, type Resize, sumOf } from './replica-sets.js';
import { DEFAULT_ROLLING_UPDATE, type Fenceposts, fenceposts, type RollingUpdate, rollingSync } from './rolling.js';

/** `spec.strategy`. */
export type DeploymentStrategy =
  | { readonly kind: 'Recreate' }
  | { readonly kind: 'RollingUpdate'; readonly update: RollingUpdate };

/** `spec` of a Deployment, with its defaults. */
export interface DeploymentSpec {
  readonly replicas: number;
  readonly strategy: DeploymentStrategy;
  readonly paused: boolean;
  readonly minReadySeconds: number;
  /** 600; not below minReadySeconds. */
  readonly progressDeadlineSeconds: number;
}

/** A Deployment that says nothing. */
export const DEFAULT_DEPLOYMENT: DeploymentSpec = {
  replicas: 1,
  strategy: { kind: 'RollingUpdate', update: DEFAULT_ROLLING_UPDATE },
  paused: false,
  minReadySeconds: 0,
  progressDeadlineSeconds: 600,
};

/** What a sync sees of a ReplicaSet, besides what the controller itself wrote to it. */
export interface ReplicaSetStatus {
  readonly revision: number;
  /** Pods that exist and are not terminating. */
  readonly replicas: number;
  readonly readyReplicas: number;
  readonly availableReplicas: number;
  /** Pods that are terminating and still there: Recreate waits for them. */
  readonly terminating: number;
}

/** What a sync decides. */
export interface DeploymentDecision {
  /** New sizes, to be put into effect at once; the driver syncs again after each change and at each change of a pod. */
  readonly resize: readonly Resize[];
  readonly progress: Progress;
}

interface OwnedSet {
  readonly revision: number;
  specReplicas: number;
  maxReplicas: number | null;
  desiredReplicas: number | null;
}

/** The controller of one Deployment. */
export class DeploymentController {
  private readonly sets = new Map<number, OwnedSet>();
  private readonly progress: ProgressWatch;
  private spec: DeploymentSpec;
  private current: number | null = null;

  /** @param nowNs when the Deployment was made */
  constructor(spec: DeploymentSpec, nowNs: number) {
    this.spec = spec;
    this.progress = new ProgressWatch(spec.progressDeadlineSeconds, nowNs);
  }

  /** The revision of the template that is asked for; null: none has been rolled out. */
  get revision(): number | null {
    return this.current;
  }

  /** `spec.replicas` of the set of a revision. */
  sizeOf(revision: number): number {
    return this.sets.get(revision)?.specReplicas ?? 0;
  }

  /** Another spec: replicas, strategy, or a pause. */
  change(nowNs: number, spec: DeploymentSpec): void {
    this.spec = spec;
    this.progress.pause(nowNs, spec.paused);
  }

  /**
   * Another template: a number larger than all before, or the number of an earlier set whose template has come back.
   */
  rollOut(revision: number): void {
    this.current = revision;
  }

  /** One sync. Sets that are not in `statuses` have no pods. */
  sync(nowNs: number, statuses: readonly ReplicaSetStatus[]): DeploymentDecision {
    const isScaled = this.isScaled();
    const resize = this.decide(nowNs, statuses, isScaled);
    for (const { revision, replicas } of resize) {
      const set = this.sets.get(revision)!;
      set.specReplicas = replicas;
      this.annotate(set);
    }
    if (isScaled) for (const set of this.sets.values()) this.annotate(set);
    return { resize, progress: this.look(nowNs, statuses) };
  }

  private decide(nowNs: number, statuses: readonly ReplicaSetStatus[], isScaled: boolean): readonly Resize[] {
    const { spec } = this;
    if (spec.paused || isScaled) return this.scale(statuses);
    if (spec.strategy.kind === 'Recreate') return this.recreate(nowNs, statuses);
    this.create(nowNs);
    const { fresh, old } = this.views(statuses);
    return fresh === null ? [] : rollingSync(spec.replicas, this.posts(), fresh, old);
  }

  /** The number of replicas changed since the sets were last scaled (k8s: isScalingEvent). */
  private isScaled(): boolean {
    for (const { specReplicas, desiredReplicas } of this.sets.values()) {
      if (specReplicas > 0 && desiredReplicas !== null && desiredReplicas !== this.spec.replicas) return true;
    }
    return false;
  }

  private scale(statuses: readonly ReplicaSetStatus[]): readonly Resize[] {
    const { fresh, old } = this.views(statuses);
    const { replicas: desired, strategy } = this.spec;
    const rolling = strategy.kind === 'RollingUpdate';
    const statusReplicas = statuses.reduce((sum, { replicas }) => sum + replicas, 0);
    return scaleInProportion({ desired, surge: this.posts().surge, rolling, statusReplicas }, fresh, old);
  }

  /** Old sets go to nothing, and the new set comes once no pod of them is left, terminating ones included. */
  private recreate(nowNs: number, statuses: readonly ReplicaSetStatus[]): readonly Resize[] {
    const down = [...this.sets.values()]
      .filter(({ revision, specReplicas }) => revision !== this.current && specReplicas > 0)
      .map(({ revision }) => ({ revision, replicas: 0 }));
    if (down.length > 0) return down;
    const left = statuses.some(
      ({ revision, replicas, terminating }) => revision !== this.current && replicas + terminating > 0,
    );
    if (left) return [];
    this.create(nowNs);
    const { current } = this;
    if (current === null || this.sizeOf(current) === this.spec.replicas) return [];
    return [{ revision: current, replicas: this.spec.replicas }];
  }

  /** Makes the set of the template that is asked for, if none is there. */
  private create(nowNs: number): void {
    const { current } = this;
    if (current === null || this.sets.has(current)) return;
    const set = { revision: current, specReplicas: 0, maxReplicas: null, desiredReplicas: null };
    this.sets.set(current, set);
    this.annotate(set);
    this.progress.created(nowNs);
  }

  private annotate(set: OwnedSet): void {
    const { replicas } = this.spec;
    set.desiredReplicas = replicas;
    set.maxReplicas = replicas + this.posts().surge;
  }

  private posts(): Fenceposts {
    const { strategy, replicas } = this.spec;
    return strategy.kind === 'Recreate' ? { surge: 0, unavailable: 0 } : fenceposts(strategy.update, replicas);
  }

  private views(statuses: readonly ReplicaSetStatus[]): {
    readonly fresh: ReplicaSetView | null;
    readonly old: readonly ReplicaSetView[];
  } {
    const byRevision = new Map(statuses.map((status) => [status.revision, status]));
    const views = [...this.sets.values()].map((set): ReplicaSetView => {
      const status = byRevision.get(set.revision);
      return {
        ...set,
        replicas: status?.replicas ?? 0,
        readyReplicas: status?.readyReplicas ?? 0,
        availableReplicas: status?.availableReplicas ?? 0,
      };
    });
    return {
      fresh: views.find(({ revision }) => revision === this.current) ?? null,
      old: views.filter(({ revision }) => revision !== this.current),
    };
  }

  private look(nowNs: number, statuses: readonly ReplicaSetStatus[]): Progress {
    const { fresh, old } = this.views(statuses);
    const all = fresh === null ? old : [fresh, ...old];
    return this.progress.look(nowNs, {
      desired: this.spec.replicas,
      replicas: sumOf(all, 'replicas'),
      updated: fresh?.replicas ?? 0,
      ready: sumOf(all, 'readyReplicas'),
      available: sumOf(all, 'availableReplicas'),
    });
  }
}
