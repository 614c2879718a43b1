// Istio's standard metrics as a proxy records them, and what Telemetry changes in them: metrics that are dropped, tags that are removed, replaced and
// added. istio: pilot/pkg/model/telemetry.go (mergeMetrics, generateStatsConfig); proxy: source/extensions/filters/http/istio_stats/istio_stats.cc
// (all_metrics_, all_tags_, MetricOverrides).
import { lookup } from '../../../sim/lookup.js';
import type { MetricsOverride, TagOverride, TelemetryMode } from '../../config/kinds/telemetry.js';

export type Role = 'CLIENT' | 'SERVER';

/** What is observed by one metric: requests (of gRPC alone), or connections on ports without HTTP. */
export type MetricSubject = 'request' | 'grpc' | 'tcp';

export interface StandardMetric {
  /** As in a Telemetry. */
  readonly key: string;
  /** As Prometheus has it. */
  readonly name: string;
  readonly subject: MetricSubject;
  readonly kind: 'counter' | 'histogram';
}

export const STANDARD_METRICS: readonly StandardMetric[] = [
  { key: 'REQUEST_COUNT', name: 'istio_requests_total', subject: 'request', kind: 'counter' },
  { key: 'REQUEST_DURATION', name: 'istio_request_duration_milliseconds', subject: 'request', kind: 'histogram' },
  { key: 'REQUEST_SIZE', name: 'istio_request_bytes', subject: 'request', kind: 'histogram' },
  { key: 'RESPONSE_SIZE', name: 'istio_response_bytes', subject: 'request', kind: 'histogram' },
  { key: 'GRPC_REQUEST_MESSAGES', name: 'istio_request_messages_total', subject: 'grpc', kind: 'counter' },
  { key: 'GRPC_RESPONSE_MESSAGES', name: 'istio_response_messages_total', subject: 'grpc', kind: 'counter' },
  { key: 'TCP_OPENED_CONNECTIONS', name: 'istio_tcp_connections_opened_total', subject: 'tcp', kind: 'counter' },
  { key: 'TCP_CLOSED_CONNECTIONS', name: 'istio_tcp_connections_closed_total', subject: 'tcp', kind: 'counter' },
  { key: 'TCP_SENT_BYTES', name: 'istio_tcp_sent_bytes_total', subject: 'tcp', kind: 'counter' },
  { key: 'TCP_RECEIVED_BYTES', name: 'istio_tcp_received_bytes_total', subject: 'tcp', kind: 'counter' },
];

const OF_BOTH_ENDS = [
  'workload',
  'workload_namespace',
  'principal',
  'app',
  'version',
  'canonical_service',
  'canonical_revision',
  'cluster',
] as const;

/** Of requests; connections have no `response_code` and no `grpc_response_status`. */
export const STANDARD_TAGS: readonly string[] = [
  'reporter',
  ...OF_BOTH_ENDS.map((name) => `source_${name}`),
  ...OF_BOTH_ENDS.map((name) => `destination_${name}`),
  'destination_service',
  'destination_service_name',
  'destination_service_namespace',
  'request_protocol',
  'response_code',
  'grpc_response_status',
  'response_flags',
  'connection_security_policy',
];
const REQUEST_TAGS: readonly string[] = ['response_code', 'grpc_response_status'];

/** One metric of a proxy in one of its roles. */
export interface MetricPlan extends Omit<StandardMetric, 'key'> {
  /** Standard tags that it keeps as they are. */
  readonly tags: readonly string[];
  /** Tags with an expression for their value, in the order of their names. */
  readonly expressions: readonly { readonly tag: string; readonly expression: string }[];
}

/** Without any override; the same for all proxies. */
const UNCHANGED: readonly MetricPlan[] = overridden([]);

/** What the overrides of all levels, the widest first, make of the metrics in a role. */
export function metricsOf(role: Role, overrides: readonly MetricsOverride[]): readonly MetricPlan[] {
  const mine = overrides.filter(({ mode }) => holdsFor(mode, role));
  return mine.length === 0 ? UNCHANGED : overridden(mine);
}

function overridden(mine: readonly MetricsOverride[]): MetricPlan[] {
  return STANDARD_METRICS.flatMap((metric): MetricPlan[] => {
    const own = mine.filter((override) => override.metric === null || override.metric === metric.key);
    const isDropped = own.reduce((off, { disabled }) => disabled ?? off, false);
    return isDropped ? [] : [metricPlan(metric, Object.assign({}, ...own.map(({ tags }) => tags)))];
  });
}

function metricPlan(
  { key: _key, ...metric }: StandardMetric,
  overrides: Readonly<Record<string, TagOverride>>,
): MetricPlan {
  const standard =
    metric.subject === 'tcp' ? STANDARD_TAGS.filter((tag) => !REQUEST_TAGS.includes(tag)) : STANDARD_TAGS;
  const names = Object.keys(overrides).sort();
  return {
    ...metric,
    tags: standard.filter((tag) => !names.includes(tag)),
    // An expression that does not parse leaves a tag out; REMOVE has none.
    expressions: names.flatMap((tag) => {
      const { operation, value } = lookup(overrides, tag)!;
      const isThere = standard.includes(tag) || !STANDARD_TAGS.includes(tag);
      return operation === 'UPSERT' && value !== '' && isThere ? [{ tag, expression: value }] : [];
    }),
  };
}

/** Each text is compiled once, and evaluated once for a request, however many tags have it. */
export function expressionsOf(metrics: readonly MetricPlan[]): number {
  return new Set(metrics.flatMap(({ expressions }) => expressions.map(({ expression }) => expression))).size;
}

export function holdsFor(mode: TelemetryMode, role: Role): boolean {
  return mode === 'CLIENT_AND_SERVER' || mode === role;
}
