// What all workloads share: the pod (kubernetes: staging/src/k8s.io/api/core/v1/types.go PodTemplateSpec, PodSpec).
import { bool, natural, string, stringMap } from '../scalars.js';
import {
  approximated,
  defaulted,
  inert,
  listed,
  listOf,
  mapped,
  notModelled,
  object,
  optional,
  type Schema,
} from '../schema.js';
import { type Affinity, affinity } from './affinity.js';
import type { StringMap } from './common.js';
import { type Container, container, initContainer } from './container.js';
import { INERT_METADATA } from './metadata.js';
import { type SpreadConstraint, spreadConstraints, type Toleration, tolerations } from './scheduling-fields.js';

export interface PodTemplate {
  readonly labels: StringMap;
  readonly annotations: StringMap;
  /** `default` where absent. */
  readonly serviceAccountName: string;
  readonly nodeSelector: StringMap;
  readonly containers: readonly Container[];
  readonly initContainers: readonly Container[];
  /** It has the addresses of its node: no mesh captures its traffic. */
  readonly hostNetwork: boolean;
  readonly affinity: Affinity | null;
  /** From the deletion of a pod until its processes are killed; null where absent (30). */
  readonly terminationGracePeriodSeconds: number | null;
  readonly tolerations: readonly Toleration[];
  readonly topologySpreadConstraints: readonly SpreadConstraint[];
}

export type PodBody = Omit<PodTemplate, 'labels' | 'annotations'>;

const INERT_FIELDS = inert(
  'activeDeadlineSeconds',
  'automountServiceAccountToken',
  'dnsConfig',
  'dnsPolicy',
  'enableServiceLinks',
  'ephemeralContainers',
  'hostAliases',
  'hostIPC',
  'hostPID',
  'hostUsers',
  'hostname',
  'imagePullSecrets',
  'nodeName',
  'os',
  'preemptionPolicy',
  'readinessGates',
  'restartPolicy',
  'runtimeClassName',
  'schedulerName',
  'schedulingGates',
  'securityContext',
  'setHostnameAsFQDN',
  'shareProcessNamespace',
  'subdomain',
  'volumes',
);

const PLACEMENT = notModelled('pods are spread over the zones of the scenario, not scheduled');

const ON_NODES = approximated('counts for pods that come while a run goes on that knows of nodes');
const SPREAD = approximated(
  'pods are spread over the zones that they may be in one by one: no zone has two more than another; those that come while a run goes on that knows of nodes are scheduled by it',
);

const GRACE = approximated(
  'pods that an autoscaler takes away, or that the timeline stops, have so long to end; no others are stopped',
);

interface WrittenBody extends PodBody {
  readonly serviceAccount: string;
}

/** `spec` of a pod. */
export const podBody: Schema<PodBody> = mapped(
  object<WrittenBody>(
    'a pod',
    {
      serviceAccountName: defaulted('serviceAccountName', string, ''),
      serviceAccount: defaulted('serviceAccount', string, ''),
      nodeSelector: defaulted('nodeSelector', stringMap, {}),
      containers: defaulted('containers', listOf('containers', container), []),
      initContainers: defaulted('initContainers', listOf('containers', initContainer), []),
      hostNetwork: defaulted('hostNetwork', bool, false),
      affinity: optional('affinity', affinity),
      terminationGracePeriodSeconds: optional('terminationGracePeriodSeconds', natural, GRACE),
      tolerations: defaulted('tolerations', tolerations, [], ON_NODES),
      topologySpreadConstraints: defaulted('topologySpreadConstraints', spreadConstraints, [], SPREAD),
    },
    {
      others: {
        ...INERT_FIELDS,
        overhead: listed(PLACEMENT),
        priority: listed(PLACEMENT),
        priorityClassName: listed(PLACEMENT),
        resourceClaims: listed(PLACEMENT),
        resources: listed(notModelled('limits of the whole pod are not applied, those of its containers are')),
      },
    },
  ),
  ({ serviceAccount, ...body }) => ({
    ...body,
    serviceAccountName: body.serviceAccountName || serviceAccount || 'default',
  }),
);

interface TemplateMetadata {
  readonly labels: StringMap;
  readonly annotations: StringMap;
}

const templateMetadata = object<TemplateMetadata>(
  'pod metadata',
  { labels: defaulted('labels', stringMap, {}), annotations: defaulted('annotations', stringMap, {}) },
  { others: { ...INERT_METADATA, ...inert('name', 'namespace') } },
);

const EMPTY_BODY: PodBody = {
  serviceAccountName: 'default',
  nodeSelector: {},
  containers: [],
  initContainers: [],
  hostNetwork: false,
  affinity: null,
  terminationGracePeriodSeconds: null,
  tolerations: [],
  topologySpreadConstraints: [],
};

/** `spec.template` of a workload. */
export const podTemplate: Schema<PodTemplate> = mapped(
  object<{ metadata: TemplateMetadata; spec: PodBody }>('a pod template', {
    metadata: defaulted('metadata', templateMetadata, { labels: {}, annotations: {} }),
    spec: defaulted('spec', podBody, EMPTY_BODY),
  }),
  ({ metadata, spec }) => ({ ...metadata, ...spec }),
);

export const EMPTY_TEMPLATE: PodTemplate = { labels: {}, annotations: {}, ...EMPTY_BODY };
