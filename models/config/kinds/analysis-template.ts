// Argo's AnalysisTemplate and ClusterAnalysisTemplate (argo-rollouts: pkg/apis/rollouts/v1alpha1/analysis_types.go,
// utils/analysis/factory.go ValidateMetrics).
import type { PlainMap } from '../document.js';
import { isPlainMap } from '../document.js';
import type { Place } from '../place.js';
import { integer, string } from '../scalars.js';
import { checked, defaulted, inert, listOf, object, optional, required, type Schema } from '../schema.js';
import { withoutEffectYet } from './later.js';

export interface AnalysisMetric {
  readonly name: string;
  /** A Go duration, or a template of one (`{{args.interval}}`); '' = one measurement. */
  readonly interval: string;
  readonly initialDelay: string;
  /** null: one measurement, or without an end where there is an interval. */
  readonly count: number | string | null;
  readonly successCondition: string;
  readonly failureCondition: string;
  readonly failureLimit: number | string;
  readonly inconclusiveLimit: number | string;
  /** e.g. `prometheus` */
  readonly provider: PlainMap;
}

export interface AnalysisTemplateSpec {
  readonly metrics: readonly AnalysisMetric[];
  readonly args: readonly { readonly name: string; readonly value: string | null }[];
}

/** A number, or the template of one. */
const amount: Schema<number | string> = {
  expected: 'a whole number',
  read: (value, place) => (typeof value === 'string' ? value : integer(-1, 2147483647).read(value, place)),
};

const provider: Schema<PlainMap> = {
  expected: 'a provider of measurements (a map)',
  read: (value, place) =>
    isPlainMap(value)
      ? value
      : place.wrongType(value, 'a provider of measurements (a map)', 'e.g. prometheus: {query: …}'),
};

const PROVIDERS = [
  'cloudWatch',
  'datadog',
  'graphite',
  'influxdb',
  'job',
  'kayenta',
  'newRelic',
  'plugin',
  'prometheus',
  'skywalking',
  'wavefront',
  'web',
];

const metric: Schema<AnalysisMetric> = checked(
  object<AnalysisMetric>(
    'a metric of an analysis',
    {
      name: required('name', string),
      interval: defaulted('interval', string, ''),
      initialDelay: defaulted('initialDelay', string, ''),
      count: optional('count', amount),
      successCondition: defaulted('successCondition', string, ''),
      failureCondition: defaulted('failureCondition', string, ''),
      failureLimit: defaulted('failureLimit', amount, 0),
      inconclusiveLimit: defaulted('inconclusiveLimit', amount, 0),
      provider: required('provider', provider),
    },
    { others: inert('consecutiveErrorLimit', 'consecutiveSuccessLimit') },
  ),
  checkMetric,
);

/** What the controller finds when a Rollout uses the template: the API server takes it. */
function checkMetric({ count, interval, failureLimit, provider: given }: AnalysisMetric, place: Place): void {
  const problem = (at: Place, message: string, hint: string) => at.warn('analysis-invalid', message, hint);
  const names = Object.keys(given);
  for (const name of names) {
    if (!PROVIDERS.includes(name))
      problem(place.down('provider', name), `"${name}" is no provider`, `one of ${PROVIDERS.join(', ')}`);
  }
  if (names.length !== 1)
    problem(place.child('provider'), `a metric has one provider, not ${names.length}`, 'keep one');
  if (typeof count !== 'number' || count <= 0) return;
  if (count > 1 && interval === '')
    problem(place.child('count'), 'several measurements need an interval', 'add interval');
  if (typeof failureLimit === 'number' && failureLimit > count)
    problem(place.child('failureLimit'), 'it can never be reached: there are fewer measurements', 'give at most count');
}

const fields = object<AnalysisTemplateSpec>(
  'an AnalysisTemplate',
  {
    metrics: defaulted('metrics', listOf('metrics', metric), []),
    args: defaulted(
      'args',
      listOf(
        'arguments',
        object<AnalysisTemplateSpec['args'][number]>(
          'an argument',
          { name: required('name', string), value: optional('value', string) },
          { others: inert('valueFrom') },
        ),
      ),
      [],
    ),
  },
  { others: inert('dryRun', 'measurementRetention', 'templates') },
);

export const analysisTemplate: Schema<AnalysisTemplateSpec> = withoutEffectYet(
  checked(fields, ({ metrics }, place) => {
    metrics.forEach(({ name }, index) => {
      if (metrics.findIndex((other) => other.name === name) === index) return;
      place
        .down('metrics', index, 'name')
        .warn('analysis-invalid', `two metrics have the name "${name}"`, 'rename one');
    });
  }),
  'roll-outs are not simulated: nothing is measured for them',
);
