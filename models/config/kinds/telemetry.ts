// Telemetry (istio api: telemetry/v1alpha1/telemetry.proto; istio: pkg/config/validation/validation.go ValidateTelemetry).
import { lookup } from '../../../sim/lookup.js';
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
  /** Names of its own tags on each span; null: those of the level above. */
  readonly customTags: readonly string[] | null;
}

export interface MetricsRule {
  /** Empty: those of the level above. */
  readonly providers: readonly string[];
  readonly overrides: readonly MetricsOverride[];
}

export interface MetricsOverride {
  readonly mode: TelemetryMode;
  /** `REQUEST_COUNT`, …; null: about every metric. A custom metric has its own name. */
  readonly metric: string | null;
  readonly disabled: boolean | null;
  readonly tags: Readonly<Record<string, TagOverride>>;
}

export interface TagOverride {
  readonly operation: 'UPSERT' | 'REMOVE';
  /** An expression (CEL) over the attributes of a request. */
  readonly value: string;
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

/** One of the things that a tag may be made of, with the field that it must have. */
function source(what: string, field: 'name' | 'value'): Schema<true> {
  return mapped(
    object<{ text: string }>(what, { text: required(field, string) }, protoWith(inert('defaultValue'))),
    ({ text }, place) => {
      if (text === '') place.child(field).rejectedByIstio('the tag needs a text', 'give one');
      return true;
    },
  );
}

const percent = checked(number(-1e9, 1e9), (value, place) => {
  if (value < 0 || value > 100) place.rejectedByIstio(`${value} is not a percentage`, 'use 0 to 100');
});

/** Where the text of a tag comes from; the proxy is taken to have what is asked for. */
const customTag: Schema<true> = mapped(
  object<{ literal: true | null; environment: true | null; header: true | null; formatter: true | null }>(
    'a tag',
    {
      literal: optional('literal', source('a literal', 'value')),
      environment: optional('environment', source('a variable of the proxy', 'name')),
      header: optional('header', source('a header', 'name')),
      formatter: optional('formatter', source('a format', 'value')),
    },
    PROTO,
  ),
  (found, place) => {
    if (Object.values(found).every((from) => from === null))
      place.rejectedByIstio('the tag says not where its text comes from', 'add literal, environment or header');
    return true;
  },
);

const customTags: Schema<readonly string[]> = mapped(mapOf('tags', customTag), (tags) => Object.keys(tags));

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
    customTags: optional('customTags', customTags),
  },
  protoWith(inert('disableContextPropagation', 'enableIstioTags', 'useRequestIdForTraceSampling')),
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

/** The name that Prometheus has for a metric, in place of Istio's for it. */
const MISNAMED: Readonly<Record<string, (typeof METRICS)[number]>> = {
  REQUEST_BYTES: 'REQUEST_SIZE',
  RESPONSE_BYTES: 'RESPONSE_SIZE',
};
const knownMetric = word(METRICS);

const metricName: Schema<string> = {
  expected: knownMetric.expected,
  read(value, place) {
    const meant = typeof value === 'string' ? lookup(MISNAMED, value) : undefined;
    if (meant === undefined) return knownMetric.read(value, place);
    place.complain(
      'refused-by-webhook',
      `a cluster refuses this object: there is no metric ${value}. It is taken for ${meant}, Prometheus' istio_${String(value).toLowerCase()}`,
      `write ${meant}`,
    );
    return meant;
  },
};

const metricMatch: Schema<MetricMatch> = checked(
  object<MetricMatch>(
    'a selector of metrics',
    {
      metric: defaulted('metric', metricName, 'ALL_METRICS'),
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

const tagOverride: Schema<TagOverride> = checked(
  object<TagOverride>(
    'an override of a tag',
    { operation: defaulted('operation', word(['UPSERT', 'REMOVE']), 'UPSERT'), value: defaulted('value', string, '') },
    PROTO,
  ),
  ({ operation, value }, place) => {
    if (operation === 'UPSERT' && value === '') {
      place.complain(
        'refused-by-webhook',
        "Istio's webhook refuses this object: UPSERT needs a value. A proxy that is given it all the same leaves out the tag",
        'add value, an expression such as request.host, or delete the tag: standard metrics have theirs already',
      );
    }
    const unknown = /\b(?:source|destination)\.(?!address\b|port\b)[A-Za-z_]+/.exec(value)?.[0];
    if (unknown !== undefined) {
      place
        .child('value')
        .warn(
          'unknown-attribute',
          `Envoy has no attribute ${unknown}: what needs it is always "unknown"`,
          'source and destination have address and port; a peer is upstream_peer or downstream_peer, and standard tags name both ends already',
        );
    }
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
  ({ match: of, disabled, tagOverrides: tags }) => ({
    mode: of.mode,
    metric: of.customMetric ?? (of.metric === 'ALL_METRICS' ? null : of.metric),
    disabled,
    tags,
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
  ({ providers: named, overrides }) => ({ providers: named, overrides }),
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
