// How the controllers of workloads replace pods (kubernetes: staging/src/k8s.io/api/apps/v1/types.go DeploymentStrategy, StatefulSetUpdateStrategy,
// DaemonSetUpdateStrategy; defaults: pkg/apis/apps/v1/defaults.go; what is refused: pkg/apis/apps/validation/validation.go).
import type { Place } from '../place.js';
import { natural, word } from '../scalars.js';
import { approximated, checked, defaulted, inert, mapped, object, optional, type Schema } from '../schema.js';
import { type IntOrPercent, intOrPercent } from './int-or-percent.js';

/** `strategy` of a Deployment, with its defaults. */
export type DeploymentStrategy =
  | { readonly kind: 'Recreate' }
  | {
      readonly kind: 'RollingUpdate';
      readonly update: { readonly maxSurge: IntOrPercent; readonly maxUnavailable: IntOrPercent };
    };

/** `updateStrategy` of a StatefulSet, with its defaults. */
export interface StatefulSetUpdate {
  readonly kind: 'RollingUpdate' | 'OnDelete';
  readonly partition: number;
  /** null where absent: one at a time. */
  readonly maxUnavailable: IntOrPercent | null;
}

/** `updateStrategy` of a DaemonSet, with its defaults. */
export interface DaemonSetUpdate {
  readonly kind: 'RollingUpdate' | 'OnDelete';
  readonly maxSurge: IntOrPercent;
  readonly maxUnavailable: IntOrPercent;
}

const QUARTER: IntOrPercent = { percent: 25 };

interface Amounts {
  readonly maxSurge: IntOrPercent | null;
  readonly maxUnavailable: IntOrPercent | null;
}

const amounts: Schema<Amounts> = object<Amounts>('a rolling update', {
  maxSurge: optional('maxSurge', intOrPercent),
  maxUnavailable: optional('maxUnavailable', intOrPercent),
});

function isNothing(amount: IntOrPercent | null): boolean {
  return amount !== null && (typeof amount === 'number' ? amount : amount.percent) === 0;
}

function checkAmounts(rolling: Amounts | null, place: Place): void {
  if (rolling === null || !isNothing(rolling.maxSurge) || !isNothing(rolling.maxUnavailable)) return;
  place
    .down('rollingUpdate', 'maxUnavailable')
    .rejectedByKubernetes('maxSurge and maxUnavailable are both 0: no pod could be replaced', 'give one of them 1');
}

interface WrittenStrategy {
  readonly type: 'RollingUpdate' | 'Recreate';
  readonly rollingUpdate: Amounts | null;
}

export const DEFAULT_STRATEGY: DeploymentStrategy = {
  kind: 'RollingUpdate',
  update: { maxSurge: QUARTER, maxUnavailable: QUARTER },
};

export const deploymentStrategy: Schema<DeploymentStrategy> = mapped(
  object<WrittenStrategy>('a strategy', {
    type: defaulted('type', word(['RollingUpdate', 'Recreate']), 'RollingUpdate'),
    rollingUpdate: optional('rollingUpdate', amounts),
  }),
  ({ type, rollingUpdate }, place): DeploymentStrategy => {
    if (type === 'Recreate') {
      if (rollingUpdate === null) return { kind: 'Recreate' };
      const at = place.child('rollingUpdate');
      at.rejectedByKubernetes('rollingUpdate stands beside the type Recreate', 'delete it, or the type');
      return { kind: 'Recreate' };
    }
    checkAmounts(rollingUpdate, place);
    const { maxSurge, maxUnavailable } = rollingUpdate ?? { maxSurge: null, maxUnavailable: null };
    return {
      kind: 'RollingUpdate',
      update: { maxSurge: maxSurge ?? QUARTER, maxUnavailable: maxUnavailable ?? QUARTER },
    };
  },
);

interface WrittenStateful {
  readonly type: StatefulSetUpdate['kind'];
  readonly rollingUpdate: { readonly partition: number; readonly maxUnavailable: IntOrPercent | null } | null;
}

export const DEFAULT_STATEFUL_UPDATE: StatefulSetUpdate = {
  kind: 'RollingUpdate',
  partition: 0,
  maxUnavailable: null,
};

const GATED = approximated('acts as with the feature gate MaxUnavailableStatefulSet');

export const statefulSetUpdate: Schema<StatefulSetUpdate> = mapped(
  object<WrittenStateful>('an update strategy', {
    type: defaulted('type', word(['RollingUpdate', 'OnDelete']), 'RollingUpdate'),
    rollingUpdate: optional(
      'rollingUpdate',
      object<NonNullable<WrittenStateful['rollingUpdate']>>('a rolling update', {
        partition: defaulted('partition', natural, 0),
        maxUnavailable: optional('maxUnavailable', intOrPercent, GATED),
      }),
    ),
  }),
  ({ type, rollingUpdate }) => ({ ...DEFAULT_STATEFUL_UPDATE, ...rollingUpdate, kind: type }),
);

interface WrittenDaemon {
  readonly type: DaemonSetUpdate['kind'];
  readonly rollingUpdate: Amounts | null;
}

export const DEFAULT_DAEMON_UPDATE: DaemonSetUpdate = { kind: 'RollingUpdate', maxSurge: 0, maxUnavailable: 1 };

export const daemonSetUpdate: Schema<DaemonSetUpdate> = mapped(
  checked(
    object<WrittenDaemon>('an update strategy', {
      type: defaulted('type', word(['RollingUpdate', 'OnDelete']), 'RollingUpdate'),
      rollingUpdate: optional('rollingUpdate', amounts),
    }),
    ({ rollingUpdate }, place) => checkAmounts(rollingUpdate, place),
  ),
  ({ type, rollingUpdate }) => ({
    kind: type,
    maxSurge: rollingUpdate?.maxSurge ?? DEFAULT_DAEMON_UPDATE.maxSurge,
    maxUnavailable: rollingUpdate?.maxUnavailable ?? DEFAULT_DAEMON_UPDATE.maxUnavailable,
  }),
);

/** `minReadySeconds`: a pod that is Ready for so long is available. */
export const MIN_READY = defaulted('minReadySeconds', natural, 0);
/** Fields of the history of templates, which a run does not keep. */
export const HISTORY = inert('revisionHistoryLimit', 'rollbackTo', 'templateGeneration');
