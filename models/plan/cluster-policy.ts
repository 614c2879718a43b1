// The blocks of a traffic policy as the parts of a cluster, with Istio's defaults filled in.
// istio: pilot/pkg/networking/core/cluster_traffic_policy.go; envoy: api/envoy/config/cluster/v3/{cluster,outlier_detection}.proto.
import type {
  ConnectionPoolSettings,
  LoadBalancerSettings,
  OutlierDetection,
  RetryBudget,
} from '../config/kinds/destination-rule.js';
import {
  type BalancerPolicy,
  type ClusterPlan,
  type InboundPlan,
  NO_LIMIT,
  type OutlierPlan,
  type RetryBudgetPlan,
} from './plan.js';
import type { ReleaseDefaults } from './versions.js';

const SECOND_NS = 1_000_000_000;
/** meshConfig.connectTimeout. */
const CONNECT_TIMEOUT_NS = 10 * SECOND_NS;
const IDLE_TIMEOUT_NS = 3600 * SECOND_NS;
const MAX_CONCURRENT_STREAMS = 2147483647;
const CHOICE_COUNT = 2;
/** Istio enforces every consecutive detector that is on, and neither success rates nor failure percentages. */
const ENFORCED: OutlierPlan['enforcing'] = {
  consecutive5xx: 100,
  consecutiveGatewayErrors: 100,
  consecutiveLocalOriginFailures: 100,
};

export type PoolPlan = Pick<
  ClusterPlan,
  'limits' | 'maxRequestsPerConnection' | 'maxConcurrentStreams' | 'idleTimeoutNs' | 'connectTimeoutNs'
>;

export function poolPlan(pool: ConnectionPoolSettings | null): PoolPlan {
  const tcp = pool?.tcp ?? null;
  const http = pool?.http ?? null;
  return {
    limits: {
      maxConnections: tcp?.maxConnections ?? NO_LIMIT,
      maxPendingRequests: http?.http1MaxPendingRequests ?? NO_LIMIT,
      maxRequests: http?.http2MaxRequests ?? NO_LIMIT,
      maxRetries: http?.maxRetries ?? NO_LIMIT,
    },
    maxRequestsPerConnection: http?.maxRequestsPerConnection ?? 0,
    maxConcurrentStreams: http?.maxConcurrentStreams ?? MAX_CONCURRENT_STREAMS,
    idleTimeoutNs: http?.idleTimeoutNs ?? tcp?.idleTimeoutNs ?? IDLE_TIMEOUT_NS,
    connectTimeoutNs: tcp?.connectTimeoutNs ?? CONNECT_TIMEOUT_NS,
  };
}

/** The server's inbound cluster takes its limits from the same block. */
export function inboundPlan(pool: ConnectionPoolSettings | null): InboundPlan {
  const { limits } = poolPlan(pool);
  return {
    maxConnections: limits.maxConnections,
    maxPendingRequests: limits.maxPendingRequests,
    maxRequests: limits.maxRequests,
  };
}

/** A block that is there, even an empty one, switches detection on; null = off. */
export function outlierPlan(outlier: OutlierDetection | null, release: ReleaseDefaults): OutlierPlan | null {
  if (outlier === null) return null;
  const baseEjectionNs = outlier.baseEjectionTimeNs ?? 30 * SECOND_NS;
  return {
    consecutive5xx: outlier.consecutive5xxErrors ?? 5,
    consecutiveGatewayErrors: outlier.consecutiveGatewayErrors ?? 0,
    consecutiveLocalOriginFailures: outlier.splitExternalLocalOriginErrors
      ? (outlier.consecutiveLocalOriginFailures ?? 5)
      : 0,
    splitLocalOriginErrors: outlier.splitExternalLocalOriginErrors,
    intervalNs: outlier.intervalNs ?? 10 * SECOND_NS,
    baseEjectionNs,
    maxEjectionNs: Math.max(300 * SECOND_NS, baseEjectionNs),
    maxEjectionPercent: outlier.maxEjectionPercent ?? 10,
    alwaysEjectOne: release.firstEjectionExempt,
    maxEjectionJitterNs: 0,
    enforcing: ENFORCED,
    successRate: null,
    failurePercentage: null,
  };
}

/** The share of the requests that may be retries; 0 cannot be told from unset. Releases before 1.27 know no budget. */
export function retryBudgetPlan(budget: RetryBudget | null, release: ReleaseDefaults): RetryBudgetPlan | null {
  if (budget === null || !release.retryBudget) return null;
  return { percent: budget.percent ?? 20, minConcurrency: budget.minRetryConcurrency || 3 };
}

/** With outlier detection it is `minHealthPercent` (0 = no panic), without it the default of the release. */
export function panicThresholdPercent(outlier: OutlierDetection | null, release: ReleaseDefaults): number {
  return outlier === null ? release.panicThresholdPercent : outlier.minHealthPercent;
}

/** A consistent hash and PASSTHROUGH have no counterpart here: the default balancer stands in for them. */
export function balancerPlan(
  loadBalancer: LoadBalancerSettings | null,
  release: ReleaseDefaults,
): ClusterPlan['balancer'] {
  return { policy: balancerPolicy(loadBalancer, release), choiceCount: CHOICE_COUNT };
}

function balancerPolicy(loadBalancer: LoadBalancerSettings | null, release: ReleaseDefaults): BalancerPolicy {
  if (loadBalancer === null || loadBalancer.consistentHash !== null) return release.defaultBalancer;
  switch (loadBalancer.simple) {
    case 'UNSPECIFIED':
    case 'PASSTHROUGH':
      return release.defaultBalancer;
    case 'LEAST_REQUEST':
      return 'least_request';
    case 'ROUND_ROBIN':
      return 'round_robin';
    case 'RANDOM':
      return 'random';
  }
}
