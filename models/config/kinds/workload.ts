// Deployment, StatefulSet, DaemonSet and Pod: sets of pods made from one template (kubernetes: staging/src/k8s.io/api/apps/v1/types.go).
import { lookup } from '../../../sim/lookup.js';
import type { Place } from '../place.js';
import { bool, natural, string, stringMap, word } from '../scalars.js';
import {
  checked,
  defaulted,
  inert,
  listed,
  mapped,
  notModelled,
  object,
  optional,
  required,
  type Schema,
} from '../schema.js';
import type { LabelSelector, StringMap } from './common.js';
import { specKind } from './kind.js';
import { labelSelector } from './label-selector.js';
import { EMPTY_TEMPLATE, type PodTemplate, podBody, podTemplate } from './pod-template.js';
import {
  type DaemonSetUpdate,
  DEFAULT_DAEMON_UPDATE,
  DEFAULT_STATEFUL_UPDATE,
  DEFAULT_STRATEGY,
  type DeploymentStrategy,
  daemonSetUpdate,
  deploymentStrategy,
  HISTORY,
  MIN_READY,
  type StatefulSetUpdate,
  statefulSetUpdate,
} from './rollout-fields.js';

export interface DeploymentSpec {
  /** null where absent: 1, or whatever an autoscaler has set. */
  readonly replicas: number | null;
  readonly strategy: DeploymentStrategy;
  readonly paused: boolean;
  readonly minReadySeconds: number;
  readonly progressDeadlineSeconds: number;
  readonly selector: LabelSelector;
  readonly template: PodTemplate;
}

/** ReplicaSet and ReplicationController: as many pods, without roll-outs. */
export interface ReplicaSetSpec {
  readonly replicas: number | null;
  readonly minReadySeconds: number;
  readonly selector: LabelSelector;
  readonly template: PodTemplate;
}

/** Of Argo Rollouts: a Deployment with another way to roll out. */
export interface RolloutSpec {
  readonly replicas: number | null;
  /** The Deployment that gives the template; null where the Rollout has one of its own. */
  readonly workloadRef: { readonly kind: string; readonly name: string } | null;
  readonly selector: LabelSelector;
  readonly template: PodTemplate;
}

export interface StatefulSetSpec {
  readonly replicas: number | null;
  /** Name of the governing headless Service; '' where absent. */
  readonly serviceName: string;
  readonly podManagementPolicy: 'OrderedReady' | 'Parallel';
  readonly updateStrategy: StatefulSetUpdate;
  readonly minReadySeconds: number;
  readonly selector: LabelSelector;
  readonly template: PodTemplate;
}

export interface DaemonSetSpec {
  readonly updateStrategy: DaemonSetUpdate;
  readonly minReadySeconds: number;
  readonly selector: LabelSelector;
  readonly template: PodTemplate;
}

/** A bare Pod: its own metadata are the template's labels and annotations. */
export interface PodSpec {
  readonly template: PodTemplate;
}

const REPLICAS = optional('replicas', natural);
const TEMPLATE = defaulted('template', podTemplate, EMPTY_TEMPLATE);
const SELECTOR = optional('selector', labelSelector);
/** Of a Rollout: its steps are not taken. */
const STEPS = listed(notModelled('the steps of a Rollout are not simulated: its pods run from the start'));

type Written<Spec> = Omit<Spec, 'selector'> & { readonly selector: LabelSelector | null };

/** Old API versions took the template's labels where there was no selector. */
function withSelector<Spec extends { readonly selector: LabelSelector; readonly template: PodTemplate }>(
  schema: Schema<Written<Spec>>,
): Schema<Spec> {
  return mapped(checked(schema, checkSelector), (written) => {
    const selector = written.selector ?? { matchLabels: written.template.labels, matchExpressions: [] };
    return { ...written, selector } as Spec;
  });
}

function checkSelector(spec: Written<{ selector: LabelSelector; template: PodTemplate }>, place: Place): void {
  if (spec.selector === null || spec.template === EMPTY_TEMPLATE) return;
  const labels: StringMap = spec.template.labels;
  for (const [name, value] of Object.entries(spec.selector.matchLabels)) {
    if (lookup(labels, name) === value) continue;
    place
      .down('selector', 'matchLabels', name)
      .rejectedByKubernetes(
        `the selector asks for ${name}=${value}, which the pods do not have`,
        'give template.metadata.labels the same label',
      );
  }
}

const deployment = withSelector<DeploymentSpec>(
  object<Written<DeploymentSpec>>(
    'a Deployment',
    {
      replicas: REPLICAS,
      strategy: defaulted('strategy', deploymentStrategy, DEFAULT_STRATEGY),
      paused: defaulted('paused', bool, false),
      minReadySeconds: MIN_READY,
      progressDeadlineSeconds: defaulted('progressDeadlineSeconds', natural, 600),
      selector: SELECTOR,
      template: TEMPLATE,
    },
    { others: HISTORY },
  ),
);

const statefulSet = withSelector<StatefulSetSpec>(
  object<Written<StatefulSetSpec>>(
    'a StatefulSet',
    {
      replicas: REPLICAS,
      serviceName: defaulted('serviceName', string, ''),
      podManagementPolicy: defaulted('podManagementPolicy', word(['OrderedReady', 'Parallel']), 'OrderedReady'),
      updateStrategy: defaulted('updateStrategy', statefulSetUpdate, DEFAULT_STATEFUL_UPDATE),
      minReadySeconds: MIN_READY,
      selector: SELECTOR,
      template: TEMPLATE,
    },
    { others: { ...HISTORY, ...inert('ordinals', 'persistentVolumeClaimRetentionPolicy', 'volumeClaimTemplates') } },
  ),
);

const daemonSet = withSelector<DaemonSetSpec>(
  object<Written<DaemonSetSpec>>(
    'a DaemonSet',
    {
      updateStrategy: defaulted('updateStrategy', daemonSetUpdate, DEFAULT_DAEMON_UPDATE),
      minReadySeconds: MIN_READY,
      selector: SELECTOR,
      template: TEMPLATE,
    },
    { others: HISTORY },
  ),
);

const replicaSet = withSelector<ReplicaSetSpec>(
  object<Written<ReplicaSetSpec>>('a ReplicaSet', {
    replicas: REPLICAS,
    minReadySeconds: MIN_READY,
    selector: SELECTOR,
    template: TEMPLATE,
  }),
);

/** Its selector is a plain map. */
const replicationController: Schema<ReplicaSetSpec> = mapped(
  object<Omit<ReplicaSetSpec, 'selector'> & { selector: StringMap }>('a ReplicationController', {
    replicas: REPLICAS,
    minReadySeconds: MIN_READY,
    selector: defaulted('selector', stringMap, {}),
    template: TEMPLATE,
  }),
  ({ selector, ...spec }) => ({ ...spec, selector: { matchLabels: selector, matchExpressions: [] } }),
);

const rollout = withSelector<RolloutSpec>(
  object<Written<RolloutSpec>>(
    'a Rollout',
    {
      replicas: REPLICAS,
      workloadRef: optional(
        'workloadRef',
        object<NonNullable<RolloutSpec['workloadRef']>>(
          'a reference to a workload',
          { kind: defaulted('kind', string, 'Deployment'), name: required('name', string) },
          { others: inert('apiVersion', 'scaleDown') },
        ),
      ),
      selector: SELECTOR,
      template: TEMPLATE,
    },
    {
      others: {
        ...inert(
          'paused',
          'progressDeadlineSeconds',
          'progressDeadlineAbort',
          'revisionHistoryLimit',
          'restartAt',
          'rollbackWindow',
        ),
        analysis: STEPS,
        minReadySeconds: STEPS,
        strategy: STEPS,
      },
    },
  ),
);

const OLD_APPS = ['apps/v1', 'apps/v1beta2', 'apps/v1beta1'];

export const deploymentKind = specKind('Deployment', [...OLD_APPS, 'extensions/v1beta1'], () => deployment);
export const statefulSetKind = specKind('StatefulSet', OLD_APPS, () => statefulSet);
export const daemonSetKind = specKind('DaemonSet', [...OLD_APPS, 'extensions/v1beta1'], () => daemonSet);

export const replicaSetKind = specKind('ReplicaSet', [...OLD_APPS, 'extensions/v1beta1'], () => replicaSet);
export const replicationControllerKind = specKind('ReplicationController', ['v1'], () => replicationController);
export const rolloutKind = specKind('Rollout', ['argoproj.io/v1alpha1'], () => rollout);

export const podKind = specKind(
  'Pod',
  ['v1'],
  ({ labels, annotations }): Schema<PodSpec> =>
    mapped(podBody, (body) => ({ template: { labels, annotations, ...body } })),
);
