// HorizontalPodAutoscaler, all versions read into the shape of v2 (kubernetes: staging/src/k8s.io/api/autoscaling/v2/types.go,
// v2beta1/types.go, v1/types.go).
import type { Place } from '../place.js';
import { milliQuantity, natural, string, word } from '../scalars.js';
import { checked, defaulted, inert, listOf, mapped, object, optional, required, type Schema } from '../schema.js';

export interface ScalingMetric {
  readonly type: 'Resource' | 'ContainerResource' | 'Pods' | 'Object' | 'External';
  /** `cpu`, `memory` or the name of the metric. */
  readonly name: string;
  /** The one container that a ContainerResource metric is about; '' of others. */
  readonly container: string;
  /** Percent of the request (100 = all of it); null where the target is a value. */
  readonly averageUtilizationPercent: number | null;
  /** Target per pod in thousandths of the metric's unit. */
  readonly averageValueMilli: number | null;
  /** Target of the whole in thousandths of the metric's unit. */
  readonly valueMilli: number | null;
}

export interface ScalingPolicy {
  readonly type: 'Pods' | 'Percent';
  readonly value: number;
  readonly periodSeconds: number;
}

export interface ScalingRules {
  readonly stabilizationWindowSeconds: number | null;
  readonly selectPolicy: 'Max' | 'Min' | 'Disabled' | null;
  readonly policies: readonly ScalingPolicy[];
  /** How far usage may be from its target before this direction acts, in thousandths of the target; null: the flag of the controller. */
  readonly toleranceMilli: number | null;
}

export interface HorizontalPodAutoscalerSpec {
  readonly scaleTargetRef: { readonly apiVersion: string; readonly kind: string; readonly name: string };
  /** null where absent (1). */
  readonly minReplicas: number | null;
  readonly maxReplicas: number;
  readonly metrics: readonly ScalingMetric[];
  /** `behavior` is written, be it empty: its defaults hold, and not the older rules. */
  readonly hasBehavior: boolean;
  readonly scaleUp: ScalingRules | null;
  readonly scaleDown: ScalingRules | null;
}

type Target = Pick<ScalingMetric, 'averageUtilizationPercent' | 'averageValueMilli' | 'valueMilli'>;

const target: Schema<Target> = object<Target>(
  'a metric target',
  {
    averageUtilizationPercent: optional('averageUtilization', natural),
    averageValueMilli: optional('averageValue', milliQuantity),
    valueMilli: optional('value', milliQuantity),
  },
  { others: inert('type', 'apiVersion', 'kind', 'name') },
);

/** The source of a metric in the words of v2 and of v2beta1 together. */
interface WrittenSource {
  readonly name: string;
  readonly metricName: string;
  readonly container: string;
  readonly metric: { readonly name: string } | null;
  readonly target: Target | null;
  readonly targetAverageUtilization: number | null;
  readonly targetAverageValue: number | null;
  readonly targetValue: number | null;
}

type Source = Omit<ScalingMetric, 'type'>;

const source: Schema<Source> = mapped(
  object<WrittenSource>(
    'a metric source',
    {
      name: defaulted('name', string, ''),
      metricName: defaulted('metricName', string, ''),
      container: defaulted('container', string, ''),
      metric: optional(
        'metric',
        object<{ name: string }>('a metric', { name: required('name', string) }, { others: inert('selector') }),
      ),
      target: optional('target', target),
      targetAverageUtilization: optional('targetAverageUtilization', natural),
      targetAverageValue: optional('targetAverageValue', milliQuantity),
      targetValue: optional('targetValue', milliQuantity),
    },
    { others: inert('describedObject', 'metricSelector', 'selector') },
  ),
  (written) => ({
    name: written.name || written.metricName || (written.metric?.name ?? ''),
    container: written.container,
    averageUtilizationPercent: written.target?.averageUtilizationPercent ?? written.targetAverageUtilization,
    averageValueMilli: written.target?.averageValueMilli ?? written.targetAverageValue,
    valueMilli: written.target?.valueMilli ?? written.targetValue,
  }),
);

const TYPES = ['Resource', 'ContainerResource', 'Pods', 'Object', 'External'] as const;

interface WrittenMetric {
  readonly type: ScalingMetric['type'];
  readonly resource: Source | null;
  readonly containerResource: Source | null;
  readonly pods: Source | null;
  readonly object: Source | null;
  readonly external: Source | null;
}

const NO_SOURCE: Source = {
  name: '',
  container: '',
  averageUtilizationPercent: null,
  averageValueMilli: null,
  valueMilli: null,
};

const metric: Schema<ScalingMetric> = mapped(
  object<WrittenMetric>('a metric', {
    type: required('type', word(TYPES)),
    resource: optional('resource', source),
    containerResource: optional('containerResource', source),
    pods: optional('pods', source),
    object: optional('object', source),
    external: optional('external', source),
  }),
  (written, place) => {
    const field = fieldOfType(written.type);
    const found = written[field];
    if (found === null) place.rejectedByKubernetes(`a metric of type ${written.type} needs ${field}`, `add ${field}`);
    return { type: written.type, ...(found ?? NO_SOURCE) };
  },
);

function fieldOfType(type: ScalingMetric['type']): Exclude<keyof WrittenMetric, 'type'> {
  switch (type) {
    case 'Resource':
      return 'resource';
    case 'ContainerResource':
      return 'containerResource';
    case 'Pods':
      return 'pods';
    case 'Object':
      return 'object';
    case 'External':
      return 'external';
  }
}

const rules: Schema<ScalingRules> = object<ScalingRules>('scaling rules', {
  stabilizationWindowSeconds: optional('stabilizationWindowSeconds', natural),
  selectPolicy: optional('selectPolicy', word(['Max', 'Min', 'Disabled'])),
  policies: defaulted(
    'policies',
    listOf(
      'scaling policies',
      object<ScalingPolicy>('a scaling policy', {
        type: required('type', word(['Pods', 'Percent'])),
        value: required('value', natural),
        periodSeconds: required('periodSeconds', natural),
      }),
    ),
    [],
  ),
  toleranceMilli: optional('tolerance', milliQuantity),
});

type TargetRef = HorizontalPodAutoscalerSpec['scaleTargetRef'];

interface WrittenSpec {
  readonly scaleTargetRef: TargetRef;
  readonly minReplicas: number | null;
  readonly maxReplicas: number;
  readonly metrics: readonly ScalingMetric[];
  readonly targetCpuPercent: number | null;
  readonly behavior: { readonly scaleUp: ScalingRules | null; readonly scaleDown: ScalingRules | null } | null;
}

const fields: Schema<WrittenSpec> = object<WrittenSpec>('a HorizontalPodAutoscaler', {
  scaleTargetRef: required(
    'scaleTargetRef',
    object<TargetRef>('a scale target', {
      apiVersion: defaulted('apiVersion', string, ''),
      kind: required('kind', string),
      name: required('name', string),
    }),
  ),
  minReplicas: optional('minReplicas', natural),
  maxReplicas: required('maxReplicas', natural),
  metrics: defaulted('metrics', listOf('metrics', metric), []),
  targetCpuPercent: optional('targetCPUUtilizationPercentage', natural),
  behavior: optional(
    'behavior',
    object<NonNullable<WrittenSpec['behavior']>>('scaling behaviour', {
      scaleUp: optional('scaleUp', rules),
      scaleDown: optional('scaleDown', rules),
    }),
  ),
});

export const horizontalPodAutoscaler: Schema<HorizontalPodAutoscalerSpec> = mapped(
  checked(fields, checkReplicas),
  ({ behavior, metrics, targetCpuPercent, ...spec }) => {
    const old = { ...NO_SOURCE, type: 'Resource' as const, name: 'cpu', averageUtilizationPercent: targetCpuPercent };
    const { scaleUp, scaleDown } = behavior ?? NO_RULES;
    const hasBehavior = behavior !== null;
    return {
      ...spec,
      hasBehavior,
      scaleUp,
      scaleDown,
      metrics: targetCpuPercent === null ? metrics : [...metrics, old],
    };
  },
);

const NO_RULES = { scaleUp: null, scaleDown: null };

function checkReplicas(spec: WrittenSpec, place: Place): void {
  if (spec.maxReplicas < (spec.minReplicas ?? 1)) {
    place.child('maxReplicas').rejectedByKubernetes('maxReplicas is below minReplicas', 'raise maxReplicas');
  }
}
