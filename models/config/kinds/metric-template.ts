// Flagger's MetricTemplate (flagger: pkg/apis/flagger/v1beta1/metric.go): the query behind a metric of a Canary.
import { bool, string } from '../scalars.js';
import { defaulted, inert, object, required, type Schema } from '../schema.js';
import { withoutEffectYet } from './later.js';

export interface MetricTemplateSpec {
  readonly provider: { readonly type: string; readonly address: string; readonly insecureSkipVerify: boolean };
  readonly query: string;
}

export const metricTemplate: Schema<MetricTemplateSpec> = withoutEffectYet(
  object<MetricTemplateSpec>('a MetricTemplate', {
    provider: required(
      'provider',
      object<MetricTemplateSpec['provider']>(
        'a provider of metrics',
        {
          type: required('type', string),
          address: defaulted('address', string, ''),
          insecureSkipVerify: defaulted('insecureSkipVerify', bool, false),
        },
        { others: inert('headers', 'region', 'secretRef') },
      ),
    ),
    query: required('query', string),
  }),
  'progressive delivery is not simulated: nothing is queried',
);
