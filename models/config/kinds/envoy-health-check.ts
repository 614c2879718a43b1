// Active health checks in a cluster of Envoy: the first one counts. envoy: api/envoy/config/core/v3/health_check.proto;
// source/extensions/health_checkers/common/health_checker_base_impl.cc (what an absent interval stands for).
import type { ProtoReader } from './proto-value.js';

/** Intervals run from the end of one check to the beginning of the next. */
export interface EnvoyHealthCheck {
  /** `tcp`: the connection is all. */
  readonly kind: 'http' | 'grpc' | 'tcp';
  /** What a check over HTTP asks for. */
  readonly asks: { readonly method: string; readonly path: string };
  readonly timeoutNs: number;
  readonly intervalNs: number;
  readonly intervalJitterNs: number;
  readonly intervalJitterPercent: number;
  /** While the cluster has never had a connection: after a failure, after a success (60 s by default). */
  readonly noTrafficIntervalNs: number;
  readonly noTrafficHealthyIntervalNs: number;
  /** For unhealthy hosts; for hosts that are about to become unhealthy or healthy. */
  readonly unhealthyIntervalNs: number;
  readonly unhealthyEdgeIntervalNs: number;
  readonly healthyEdgeIntervalNs: number;
  readonly unhealthyThreshold: number;
  readonly healthyThreshold: number;
  /** 200 by default; for gRPC 200 stands for SERVING. */
  readonly expectedStatuses: readonly number[];
  readonly retriableStatuses: readonly number[];
  readonly reuseConnection: boolean;
  /** A check that passes ends the ejection of its host. */
  readonly unejects: boolean;
}

const SECOND_NS = 1_000_000_000;
const GRPC_CHECK = { method: 'POST', path: '/grpc.health.v1.Health/Check' };
const LAST_STATUS = 599;

/** Null where a cluster has none, or none of a kind that is known here. */
export function readHealthCheck(cluster: ProtoReader): EnvoyHealthCheck | null {
  const [check] = cluster.list('health_checks');
  if (check === undefined) return null;
  check.inert(
    'alt_port',
    'event_log_path',
    'event_logger',
    'always_log_health_check_failures',
    'initial_jitter',
    'tls_options',
  );
  const http = check.message('http_health_check');
  http.inert('host', 'service_name_matcher', 'codec_client_type', 'request_headers_to_add');
  check.message('grpc_health_check').inert('service_name', 'authority');
  check.message('tcp_health_check').inert('send', 'receive');
  const kind = kindOf(check);
  if (kind === null) return null;
  const intervalNs = check.durationNs('interval', SECOND_NS);
  const or = (name: string, absent: number): number => (check.has(name) ? check.durationNs(name, absent) : absent);
  const noTrafficIntervalNs = or('no_traffic_interval', 60 * SECOND_NS);
  const unhealthyIntervalNs = or('unhealthy_interval', intervalNs);
  const expected = statusesOf(http.list('expected_statuses'));
  const method = http.text('method');
  const path = http.text('path');
  return {
    kind,
    asks: kind === 'grpc' ? GRPC_CHECK : { method: method === '' ? 'GET' : method, path: path === '' ? '/' : path },
    timeoutNs: check.durationNs('timeout', SECOND_NS),
    intervalNs,
    intervalJitterNs: or('interval_jitter', 0),
    intervalJitterPercent: check.number('interval_jitter_percent', 0),
    noTrafficIntervalNs,
    noTrafficHealthyIntervalNs: or('no_traffic_healthy_interval', noTrafficIntervalNs),
    unhealthyIntervalNs,
    unhealthyEdgeIntervalNs: or('unhealthy_edge_interval', unhealthyIntervalNs),
    healthyEdgeIntervalNs: or('healthy_edge_interval', intervalNs),
    unhealthyThreshold: check.number('unhealthy_threshold', 1),
    healthyThreshold: check.number('healthy_threshold', 1),
    expectedStatuses: expected.length === 0 ? [200] : expected,
    retriableStatuses: statusesOf(http.list('retriable_statuses')),
    reuseConnection: check.boolean('reuse_connection', true),
    unejects: true,
  };
}

function kindOf(check: ProtoReader): EnvoyHealthCheck['kind'] | null {
  if (check.has('http_health_check')) return 'http';
  if (check.has('grpc_health_check')) return 'grpc';
  return check.has('tcp_health_check') ? 'tcp' : null;
}

/** Ranges with an open end. */
function statusesOf(ranges: readonly ProtoReader[]): number[] {
  return ranges.flatMap((range) => {
    const start = range.number('start', 0);
    const end = Math.min(range.number('end', 0), LAST_STATUS + 1);
    return Array.from({ length: Math.max(0, end - start) }, (_, i) => start + i);
  });
}
