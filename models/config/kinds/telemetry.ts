// Telemetry (istio api: telemetry/v1alpha1/telemetry.proto; istio: pkg/config/validation/validation.go ValidateTelemetry).
import { bool, duration, number, string, word } from '../scalars.js';
import {
  approximated,
  checked,
  defaulted,
  inert,
  listOf,
  mapOf,
  mapped,
  notModelled,
  object,
  optional,
  required,
  type Schema,
} from '../schema.js';
import { PROTO, protoWith } from './istio-fields.js';
import { selectionFields, selectionOf, type WorkloadSelection, type WrittenSelection } from './workload-selection.js';

/** Which of its roles a proxy is asked about: as the client of a call, or as its server. */
export type TelemetryMode = 'CLIENT_AND_SERVER' | 'CLIENT' | 'SERVER';

export interface TelemetrySpec extends WorkloadSelection {
  readonly accessLogging: readonly AccessLogging[];
  readonly tracing: readonly TracingRule[];
  readonly metrics: readonly MetricsRule[];
}

export interface AccessLogging {
  readonly mode: TelemetryMode;
  /** Empty: those of the level above. */
  readonly providers: readonly string[];
  readonly disabled: boolean;
}

export interface TracingRule {
  readonly mode: TelemetryMode;
  readonly providers: readonly string[];
  /** Percent; null: as the proxy's configuration says. */
  readonly sampling: number | null;
  /** null: as the level above says. */
  readonly disabled: boolean | null;
}

export interface MetricsRule {
  readonly overrides: readonly MetricsOverride[];
}

export interface MetricsOverride {
  readonly mode: TelemetryMode;
  /** About every metric, not a single one. */
  readonly all: boolean;
  readonly disabled: boolean | null;
}

const mode = word(['CLIENT_AND_SERVER', 'CLIENT', 'SERVER']);
const match: Schema<TelemetryMode> = mapped(
  object<{ mode: TelemetryMode }>('a selector', { mode: defaulted('mode', mode, 'CLIENT_AND_SERVER') }, PROTO),
  (found) => found.mode,
);

const provider: Schema<string> = mapped(
  object<{ name: string }>('a provider', { name: required('name', string) }, PROTO),
  ({ name }, place) => {
    if (name === '') place.child('name').rejectedByIstio('the provider needs a name', 'name one of extensionProviders');
    return name;
  },
);
const providers = defaulted('providers', listOf('providers', provider), []);

const filter: Schema<true> = mapped(
  object<{ expression: string }>('a filter', { expression: defaulted('expression', string, '') }, PROTO),
  () => true,
);

const accessLogging: Schema<AccessLogging> = mapped(
  object<AccessLogging & { readonly filter: true | null }>(
    'an access log',
    {
      mode: defaulted('match', match, 'CLIENT_AND_SERVER'),
      providers,
      disabled: defaulted('disabled', bool, false),
      filter: optional(
        'filter',
        filter,
        approximated('every request is logged, also those that the filter leaves out'),
      ),
    },
    PROTO,
  ),
  ({ filter: _filter, ...log }) => log,
);

const percent = checked(number(-1e9, 1e9), (value, place) => {
  if (value < 0 || value > 100) place.rejectedByIstio(`${value} is not a percentage`, 'use 0 to 100');
});

const tracing: Schema<TracingRule> = object<TracingRule>(
  'a tracing rule',
  {
    mode: defaulted('match', match, 'CLIENT_AND_SERVER'),
    providers,
    sampling: optional(
      'randomSamplingPercentage',
      percent,
      approximated('each proxy samples for itself: it does not look at what the proxies before it have decided'),
    ),
    disabled: optional('disableSpanReporting', bool),
  },
  protoWith(inert('customTags', 'disableContextPropagation', 'enableIstioTags', 'useRequestIdForTraceSampling')),
);

interface MetricMatch {
  readonly metric: string;
  readonly customMetric: string | null;
  readonly mode: TelemetryMode;
}

const METRICS = [
  'ALL_METRICS',
  'REQUEST_COUNT',
  'REQUEST_DURATION',
  'REQUEST_SIZE',
  'RESPONSE_SIZE',
  'TCP_OPENED_CONNECTIONS',
  'TCP_CLOSED_CONNECTIONS',
  'TCP_SENT_BYTES',
  'TCP_RECEIVED_BYTES',
  'GRPC_REQUEST_MESSAGES',
  'GRPC_RESPONSE_MESSAGES',
] as const;

const metricMatch: Schema<MetricMatch> = checked(
  object<MetricMatch>(
    'a selector of metrics',
    {
      metric: defaulted('metric', word(METRICS), 'ALL_METRICS'),
      customMetric: optional('customMetric', string),
      mode: defaulted('mode', mode, 'CLIENT_AND_SERVER'),
    },
    PROTO,
  ),
  ({ customMetric }, place) => {
    if (customMetric === '') place.child('customMetric').rejectedByIstio('the metric needs a name', 'name it');
  },
);

const EVERY_METRIC: MetricMatch = { metric: 'ALL_METRICS', customMetric: null, mode: 'CLIENT_AND_SERVER' };

interface TagOverride {
  readonly operation: 'UPSERT' | 'REMOVE';
  readonly value: string;
}

const tagOverride: Schema<TagOverride> = checked(
  object<TagOverride>(
    'an override of a tag',
    { operation: defaulted('operation', word(['UPSERT', 'REMOVE']), 'UPSERT'), value: defaulted('value', string, '') },
    PROTO,
  ),
  ({ operation, value }, place) => {
    if (operation === 'UPSERT' && value === '') place.rejectedByIstio('UPSERT needs a value', 'add value');
    if (operation === 'REMOVE' && value !== '') place.rejectedByIstio('REMOVE has no value', 'delete value');
  },
);

const override: Schema<MetricsOverride> = mapped(
  object<{ match: MetricMatch; disabled: boolean | null; tagOverrides: Readonly<Record<string, TagOverride>> }>(
    'an override',
    {
      match: defaulted('match', metricMatch, EVERY_METRIC),
      disabled: optional('disabled', bool),
      tagOverrides: defaulted('tagOverrides', mapOf('overrides', tagOverride), {}),
    },
    PROTO,
  ),
  ({ match: of, disabled }) => ({
    mode: of.mode,
    all: of.metric === 'ALL_METRICS' && of.customMetric === null,
    disabled,
  }),
);

const metrics: Schema<MetricsRule> = mapped(
  object<MetricsRule & { readonly providers: readonly string[]; readonly reportingIntervalNs: number | null }>(
    'a metrics rule',
    {
      providers,
      overrides: defaulted('overrides', listOf('overrides', override), []),
      reportingIntervalNs: optional(
        'reportingInterval',
        duration,
        notModelled('no metrics of connections are scraped: no effect on the answer'),
      ),
    },
    PROTO,
  ),
  ({ overrides }) => ({ overrides }),
);

type Written = WrittenSelection & Pick<TelemetrySpec, 'accessLogging' | 'tracing' | 'metrics'>;

export const telemetry: Schema<TelemetrySpec> = mapped(
  object<Written>(
    'a Telemetry',
    {
      ...selectionFields,
      accessLogging: defaulted('accessLogging', listOf('access logs', accessLogging), []),
      tracing: defaulted('tracing', listOf('tracing rules', tracing), []),
      metrics: defaulted('metrics', listOf('metrics rules', metrics), []),
    },
    PROTO,
  ),
  (written, place) => {
    const { selector, targetRefs } = selectionOf(written);
    if (selector !== null && targetRefs.length > 0)
      place.child('selector').rejectedByIstio('a selector excludes target references', 'keep one of the two');
    const labels = selector === null || Object.keys(selector).length === 0 ? null : selector;
    const { accessLogging: logs, tracing: traces, metrics: rules } = written;
    return { selector: labels, targetRefs, accessLogging: logs, tracing: traces, metrics: rules };
  },
);
