// The endpoints of a Service as a proxy of Linkerd's balances them: two choices by peak EWMA, HTTP/2 and mutual TLS to proxies of its own kind,
// none of Envoy's limits. linkerd2-proxy: linkerd/pool/p2c, linkerd/proxy/balance, linkerd/app/src/env.rs (time-outs).
import type { ClusterPlan } from '../cluster-plan.js';
import type { Findings } from '../findings.js';
import { NO_LIMIT } from '../plan.js';
import type { PortInfo, Service } from '../registry.js';
import type { Target } from '../route-action.js';
import { accrualPlan } from './accrual.js';

const SECOND_NS = 1_000_000_000;
const CONNECT_TIMEOUT_NS = SECOND_NS;
/** Idle connections of HTTP/1; those of HTTP/2 stay. */
const HTTP1_IDLE_NS = 3 * SECOND_NS;
/** Streams of HTTP/2 are as many as there are requests. */
const NO_STREAM_LIMIT = 2147483647;

type Identity = Pick<ClusterPlan, 'name' | 'host' | 'port' | 'subset'>;

export function linkerdCluster(
  identity: Identity,
  service: Service,
  port: PortInfo,
  { request, profiled }: Target,
  opaque: boolean,
  findings: Findings,
): Omit<ClusterPlan, 'groups'> {
  const meshed = isMeshed(service, findings);
  const http2 = request.grpc || port.protocol === 'grpc' || port.protocol === 'http2';
  const accrual = opaque || profiled === true ? null : accrualPlan(service, request.grpc, findings);
  const upgraded = meshed && !opaque && !http2;
  return {
    ...identity,
    protocol: http2 || upgraded ? 'http2' : 'http1',
    // The client of a headless Service has chosen the pod itself.
    balancer: { policy: service.discovery === 'original-dst' ? 'random' : 'peak_ewma', choiceCount: 2 },
    limits: {
      maxConnections: NO_LIMIT,
      maxPendingRequests: NO_LIMIT,
      maxRequests: NO_LIMIT,
      maxRetries: NO_LIMIT,
    },
    maxRequestsPerConnection: 0,
    maxConcurrentStreams: NO_STREAM_LIMIT,
    idleTimeoutNs: http2 || upgraded ? 0 : HTTP1_IDLE_NS,
    connectTimeoutNs: CONNECT_TIMEOUT_NS,
    maxConnectionDurationNs: 0,
    preconnectRatio: 1,
    tls: meshed ? { mode: 'mtls', roundTrips: 1 } : { mode: 'none', roundTrips: 0 },
    reachable: 'yes',
    outlier: null,
    panicThresholdPercent: 0,
    position: service.position,
    retryBudget: null,
    maxStreamDurationNs: 0,
    healthCheck: null,
    ...(upgraded ? { appProtocol: 'http1' as const } : {}),
    ...(accrual === null ? {} : { accrual }),
  };
}

/** Whether its pods have proxies of Linkerd's; of a mixture, all are reached as if none had. */
function isMeshed({ endpoints, resource, position }: Service, findings: Findings): boolean {
  const meshed = endpoints.filter(({ workload }) => workload.linkerd !== undefined).length;
  if (meshed > 0 && meshed < endpoints.length) {
    findings.approximated(
      resource,
      'spec.selector',
      position,
      "only some of its pods have Linkerd's proxy: all are reached as if none had",
    );
  }
  return meshed > 0 && meshed === endpoints.length;
}
