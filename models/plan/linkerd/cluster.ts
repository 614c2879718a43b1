// The endpoints of a Service as a proxy of Linkerd's balances them: two choices by peak EWMA, HTTP/2 and mutual TLS to proxies of its own kind,
// none of Envoy's limits. linkerd2-proxy: linkerd/pool/p2c, linkerd/proxy/balance, linkerd/app/src/env.rs (time-outs).
import { type ClusterPlan, type EndpointTlsPlan, PLAIN_CLUSTER } from '../contract/cluster-plan.js';
import { NO_LIMIT } from '../contract/plan.js';
import type { PortInfo, Service } from '../registry/service.js';
import type { Target } from '../routes/route-decision.js';
import type { Findings } from '../terms/findings.js';
import { accrualPlan } from './accrual.js';
import { failureBias } from './failure-bias.js';

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
  const meshed = service.endpoints.filter(({ workload }) => workload.linkerd !== undefined).length;
  const http2 = request.grpc || port.protocol === 'grpc' || port.protocol === 'http2';
  const bias = opaque ? null : failureBias(service, request.grpc, findings);
  const accrual = opaque || profiled === true ? null : accrualPlan(service, request.grpc, findings);
  const isMixture = meshed > 0 && meshed < service.endpoints.length;
  const upgraded = meshed > 0 && !isMixture && !opaque && !http2;
  if (isMixture && !opaque && !http2) noteMixture(service, findings);
  return {
    ...PLAIN_CLUSTER,
    ...identity,
    protocol: http2 || upgraded ? 'http2' : 'http1',
    appProtocol: http2 ? 'http2' : 'http1',
    // The client of a headless Service has chosen the pod itself.
    balancer: {
      policy: service.discovery === 'original-dst' ? 'random' : 'peak_ewma',
      choiceCount: 2,
      ...(bias === null ? {} : { failureBias: bias }),
    },
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
    ...secured(service),
    outlier: null,
    panicThresholdPercent: 0,
    position: service.position,
    retryBudget: null,
    maxStreamDurationNs: 0,
    healthCheck: null,
    accrual,
  };
}

const MUTUAL = { mode: 'mtls', roundTrips: 1 } as const;
const PLAINTEXT = { mode: 'none', roundTrips: 0 } as const;

/** Mutual TLS to the pods that have a proxy of Linkerd's, plain text to the others. */
function secured({ endpoints }: Service): EndpointTlsPlan & Pick<ClusterPlan, 'endpointTls'> {
  const ways = endpoints.map(({ workload }): EndpointTlsPlan => {
    return { tls: workload.linkerd === undefined ? PLAINTEXT : MUTUAL, reachable: 'yes', skipsProxy: false };
  });
  const first = ways[0] ?? { tls: PLAINTEXT, reachable: 'yes', skipsProxy: false };
  return { ...first, endpointTls: ways.every(({ tls }) => tls === first.tls) ? [] : ways };
}

/** The proxy upgrades connections to pods that have one to HTTP/2; a cluster of the plan speaks one protocol. */
function noteMixture({ resource, position }: Service, findings: Findings): void {
  findings.approximated(
    resource,
    'spec.selector',
    position,
    "only some of its pods have Linkerd's proxy: these are reached by mutual TLS, the others in plain text, and all over HTTP/1.1",
  );
}
