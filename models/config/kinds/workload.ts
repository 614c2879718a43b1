// Deployment, StatefulSet, DaemonSet and Pod: sets of pods made from one template (kubernetes: staging/src/k8s.io/api/apps/v1/types.go).
import { lookup } from '../../../sim/lookup.js';
import type { Place } from '../place.js';
import { natural, string, stringMap } from '../scalars.js';
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

export interface DeploymentSpec {
  /** null where absent: 1, or whatever an autoscaler has set. */
  readonly replicas: number | null;
  readonly selector: LabelSelector;
  readonly template: PodTemplate;
}

/** ReplicaSet and ReplicationController: as many pods, without roll-outs. */
export interface ReplicaSetSpec {
  readonly replicas: number | null;
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
  readonly selector: LabelSelector;
  readonly template: PodTemplate;
}

export interface DaemonSetSpec {
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
const ROLLOUT = listed(notModelled('roll-outs are not simulated: all pods run from the start'));

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
    { replicas: REPLICAS, selector: SELECTOR, template: TEMPLATE },
    {
      others: {
        ...inert('paused', 'progressDeadlineSeconds', 'revisionHistoryLimit', 'rollbackTo'),
        minReadySeconds: ROLLOUT,
        strategy: ROLLOUT,
      },
    },
  ),
);

const statefulSet = withSelector<StatefulSetSpec>(
  object<Written<StatefulSetSpec>>(
    'a StatefulSet',
    {
      replicas: REPLICAS,
      serviceName: defaulted('serviceName', string, ''),
      selector: SELECTOR,
      template: TEMPLATE,
    },
    {
      others: {
        ...inert('ordinals', 'persistentVolumeClaimRetentionPolicy', 'revisionHistoryLimit', 'volumeClaimTemplates'),
        minReadySeconds: ROLLOUT,
        podManagementPolicy: ROLLOUT,
        updateStrategy: ROLLOUT,
      },
    },
  ),
);

const daemonSet = withSelector<DaemonSetSpec>(
  object<Written<DaemonSetSpec>>(
    'a DaemonSet',
    { selector: SELECTOR, template: TEMPLATE },
    {
      others: {
        ...inert('revisionHistoryLimit', 'templateGeneration'),
        minReadySeconds: ROLLOUT,
        updateStrategy: ROLLOUT,
      },
    },
  ),
);

const replicaSet = withSelector<ReplicaSetSpec>(
  object<Written<ReplicaSetSpec>>(
    'a ReplicaSet',
    { replicas: REPLICAS, selector: SELECTOR, template: TEMPLATE },
    { others: { minReadySeconds: ROLLOUT } },
  ),
);

/** Its selector is a plain map. */
const replicationController: Schema<ReplicaSetSpec> = mapped(
  object<{ replicas: number | null; selector: StringMap; template: PodTemplate }>(
    'a ReplicationController',
    { replicas: REPLICAS, selector: defaulted('selector', stringMap, {}), template: TEMPLATE },
    { others: { minReadySeconds: ROLLOUT } },
  ),
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
        analysis: ROLLOUT,
        minReadySeconds: ROLLOUT,
        strategy: ROLLOUT,
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
