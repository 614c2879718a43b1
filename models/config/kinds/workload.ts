// Deployment, StatefulSet, DaemonSet and Pod: sets of pods made from one template (kubernetes: staging/src/k8s.io/api/apps/v1/types.go).
import type { Place } from '../place.js';
import { natural, string, stringMap, strings, word } from '../scalars.js';
import {
  checked,
  defaulted,
  inert,
  listed,
  listOf,
  mapped,
  notModelled,
  object,
  optional,
  required,
  type Schema,
} from '../schema.js';
import type { LabelRequirement, LabelSelector, StringMap } from './common.js';
import { specKind } from './kind.js';
import { EMPTY_TEMPLATE, type PodTemplate, podBody, podTemplate } from './pod-template.js';

export interface DeploymentSpec {
  /** null where absent: 1, or whatever an autoscaler has set. */
  readonly replicas: number | null;
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

const requirement: Schema<LabelRequirement> = object<LabelRequirement>('a label requirement', {
  key: required('key', string),
  operator: required('operator', word(['In', 'NotIn', 'Exists', 'DoesNotExist'])),
  values: defaulted('values', strings, []),
});

export const labelSelector: Schema<LabelSelector> = object<LabelSelector>('a label selector', {
  matchLabels: defaulted('matchLabels', stringMap, {}),
  matchExpressions: defaulted('matchExpressions', listOf('label requirements', requirement), []),
});

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
    if (Object.hasOwn(labels, name) && labels[name] === value) continue;
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

const OLD_APPS = ['apps/v1', 'apps/v1beta2', 'apps/v1beta1'];

export const deploymentKind = specKind('Deployment', [...OLD_APPS, 'extensions/v1beta1'], () => deployment);
export const statefulSetKind = specKind('StatefulSet', OLD_APPS, () => statefulSet);
export const daemonSetKind = specKind('DaemonSet', [...OLD_APPS, 'extensions/v1beta1'], () => daemonSet);

export const podKind = specKind(
  'Pod',
  ['v1'],
  ({ labels, annotations }): Schema<PodSpec> =>
    mapped(podBody, (body) => ({ template: { labels, annotations, ...body } })),
);
