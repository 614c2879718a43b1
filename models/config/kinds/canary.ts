// Flagger's Canary (flagger: pkg/apis/flagger/v1beta1/canary.go, artifacts/flagger/crd.yaml): how a new version takes over, step by step.
import type { Place } from '../place.js';
import { bool, duration, natural, number, portNumber, portNumberOrName, string, strings, word } from '../scalars.js';
import { checked, defaulted, inert, listOf, mapped, object, optional, required, type Schema } from '../schema.js';
import { withoutEffectYet } from './later.js';

export interface CanarySpec {
  /** '' = that of Flagger's command line. */
  readonly provider: string;
  readonly targetRef: { readonly kind: string; readonly name: string };
  readonly service: CanaryService;
  readonly skipAnalysis: boolean;
  readonly progressDeadlineSeconds: number;
  /** null: the new version is promoted at once. */
  readonly analysis: CanaryAnalysis | null;
}

export interface CanaryService {
  /** '' = that of the target. */
  readonly name: string;
  readonly port: number;
  readonly targetPort: number | string | null;
  readonly hosts: readonly string[];
  readonly gateways: readonly string[];
}

export interface CanaryAnalysis {
  readonly intervalNs: number;
  /** Failed checks before the roll-back. */
  readonly threshold: number;
  readonly maxWeight: number;
  readonly stepWeight: number;
  readonly stepWeights: readonly number[];
  readonly stepWeightPromotion: number;
  /** > 0: a blue-green or A/B release of so many checks. */
  readonly iterations: number;
  readonly mirror: boolean;
  readonly metrics: readonly CanaryMetric[];
}

export interface CanaryMetric {
  readonly name: string;
  readonly intervalNs: number | null;
  readonly min: number | null;
  readonly max: number | null;
  /** Name of a MetricTemplate; '' for the built-in metrics. */
  readonly template: string;
}

interface Target {
  readonly kind: string;
  readonly name: string;
}

const target: Schema<Target> = object<Target>(
  'a reference to a workload',
  { kind: defaulted('kind', string, 'Deployment'), name: required('name', string) },
  { others: inert('apiVersion', 'namespace') },
);

const service: Schema<CanaryService> = object<CanaryService>(
  'the service of a Canary',
  {
    name: defaulted('name', string, ''),
    port: required('port', portNumber),
    targetPort: optional('targetPort', portNumberOrName),
    hosts: defaulted('hosts', strings, []),
    gateways: defaulted('gateways', strings, []),
  },
  {
    others: inert(
      'apex',
      'appProtocol',
      'backendTimeout',
      'backends',
      'canary',
      'corsPolicy',
      'delegation',
      'gatewayRefs',
      'headers',
      'headless',
      'match',
      'meshName',
      'mirror',
      'portDiscovery',
      'portName',
      'primary',
      'retries',
      'rewrite',
      'timeout',
      'trafficPolicy',
      'unmanagedMetadata',
    ),
  },
);

const anyNumber = number(-1e308, 1e308);

interface WrittenMetric {
  readonly name: string;
  readonly intervalNs: number | null;
  readonly threshold: number | null;
  readonly range: { readonly min: number | null; readonly max: number | null };
  readonly template: string;
}

const metric: Schema<CanaryMetric> = mapped(
  object<WrittenMetric>(
    'a metric of a Canary',
    {
      name: required('name', string),
      intervalNs: optional('interval', duration),
      threshold: optional('threshold', anyNumber),
      range: defaulted(
        'thresholdRange',
        object<{ min: number | null; max: number | null }>('a range', {
          min: optional('min', anyNumber),
          max: optional('max', anyNumber),
        }),
        { min: null, max: null },
      ),
      template: defaulted(
        'templateRef',
        mapped(
          object<{ name: string }>(
            'a reference to a MetricTemplate',
            { name: required('name', string) },
            { others: inert('namespace', 'kind', 'apiVersion') },
          ),
          ({ name }) => name,
        ),
        '',
      ),
    },
    { others: inert('query', 'templateVariables') },
  ),
  ({ name, intervalNs, threshold, range, template }) => {
    // The old field is a minimum for the success rate, and a maximum for everything else (flagger: pkg/controller/scheduler_metrics.go).
    const least = name === 'request-success-rate' ? threshold : null;
    const most = name === 'request-success-rate' ? null : threshold;
    return { name, intervalNs, min: range.min ?? least, max: range.max ?? most, template };
  },
);

const HOOKS = [
  'rollout',
  'pre-rollout',
  'post-rollout',
  'confirm-rollout',
  'confirm-promotion',
  'confirm-traffic-increase',
  'event',
  'rollback',
  '',
] as const;

const webhook = object<{ name: string; url: string; type: (typeof HOOKS)[number] }>(
  'a webhook',
  { name: required('name', string), url: required('url', string), type: defaulted('type', word(HOOKS), '') },
  { others: inert('disableTLS', 'metadata', 'muteAlert', 'retries', 'timeout') },
);

interface WrittenAnalysis extends CanaryAnalysis {
  readonly webhooks: readonly { readonly name: string; readonly url: string }[];
}

const MIN_INTERVAL_NS = 10e9;

const analysis: Schema<CanaryAnalysis> = checked(
  object<WrittenAnalysis>(
    'the analysis of a Canary',
    {
      intervalNs: defaulted('interval', duration, 60e9),
      threshold: defaulted('threshold', natural, 1),
      maxWeight: defaulted('maxWeight', natural, 0),
      stepWeight: defaulted('stepWeight', natural, 0),
      stepWeights: defaulted('stepWeights', listOf('weights', natural), []),
      stepWeightPromotion: defaulted('stepWeightPromotion', natural, 0),
      iterations: defaulted('iterations', natural, 0),
      mirror: defaulted('mirror', bool, false),
      metrics: defaulted('metrics', listOf('metrics', metric), []),
      webhooks: defaulted('webhooks', listOf('webhooks', webhook), []),
    },
    {
      others: inert(
        'alerts',
        'canaryReadyThreshold',
        'match',
        'mirrorWeight',
        'primaryReadyThreshold',
        'sessionAffinity',
      ),
    },
  ),
  ({ intervalNs }, place) => {
    if (intervalNs < MIN_INTERVAL_NS)
      place.child('interval').warn('short-interval', 'Flagger checks every 10s at most', 'give at least 10s');
  },
);

interface Written extends Omit<CanarySpec, 'analysis'> {
  readonly analysis: CanaryAnalysis | null;
  readonly canaryAnalysis: CanaryAnalysis | null;
}

const fields = object<Written>(
  'a Canary',
  {
    provider: defaulted('provider', string, ''),
    targetRef: required('targetRef', target),
    service: required('service', service),
    skipAnalysis: defaulted('skipAnalysis', bool, false),
    progressDeadlineSeconds: defaulted('progressDeadlineSeconds', natural, 600),
    analysis: optional('analysis', analysis),
    canaryAnalysis: optional('canaryAnalysis', analysis),
  },
  {
    others: inert(
      'autoscalerRef',
      'ingressRef',
      'metricsServer',
      'revertOnDeletion',
      'routeRef',
      'suspend',
      'upstreamRef',
    ),
  },
);

export const canary: Schema<CanarySpec> = withoutEffectYet(
  mapped(checked(fields, checkSteps), ({ canaryAnalysis, analysis: given, ...spec }) => ({
    ...spec,
    analysis: given ?? canaryAnalysis,
  })),
  'progressive delivery is not simulated: weights and replicas stay as they are, and the objects that Flagger would make are not made',
);

function checkSteps({ analysis: given }: Written, place: Place): void {
  if (given === null || given.stepWeights.length === 0 || given.stepWeight === 0) return;
  place
    .down('analysis', 'stepWeights')
    .warn('two-step-weights', 'stepWeight has no effect beside stepWeights', 'keep one of the two');
}
