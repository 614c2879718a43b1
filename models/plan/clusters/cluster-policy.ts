// The blocks of a traffic policy as the parts of a cluster, with Istio's defaults filled in.
// istio: pilot/pkg/networking/core/cluster_traffic_policy.go; envoy: api/envoy/config/cluster/v3/{cluster,outlier_detection}.proto.
import type {
  ConnectionPoolSettings,
  LoadBalancerSettings,
  OutlierDetection,
  RetryBudget,
  SimpleLoadBalancer,
} from '../../config/kinds/destination-rule.js';
import {
  type BalancerPlan,
  type BalancerPolicy,
  type ClusterPlan,
  type InboundPlan,
  NO_LIMIT,
  type OutlierPlan,
  type RetryBudgetPlan,
} from '../contract/plan.js';
import { DEFAULT_MESH } from '../settings/mesh-settings.js';
import type { ReleaseDefaults } from '../settings/versions.js';

const SECOND_NS = 1_000_000_000;
const IDLE_TIMEOUT_NS = 3600 * SECOND_NS;
const CHOICE_COUNT = 2;
/**
 * Istio enforces every consecutive detector that is on, and neither success rates nor failure percentages. Envoy's own default for gateway errors
 * (5, not enforced) stays where the DestinationRule says nothing: it ejects nobody, and counts.
 */
const ENFORCED: OutlierPlan['enforcing'] = {
  consecutive5xx: 100,
  consecutiveGatewayErrors: 100,
  consecutiveLocalOriginFailures: 100,
};

export type PoolPlan = Pick<
  ClusterPlan,
  | 'limits'
  | 'maxRequestsPerConnection'
  | 'maxConcurrentStreams'
  | 'idleTimeoutNs'
  | 'connectTimeoutNs'
  | 'maxConnectionDurationNs'
  | 'preconnectRatio'
>;

/** @param connectTimeoutNs that of the mesh, where the pool has none */
export function poolPlan(
  pool: ConnectionPoolSettings | null,
  release: ReleaseDefaults,
  connectTimeoutNs: number = DEFAULT_MESH.connectTimeoutNs,
): PoolPlan {
  const tcp = pool?.tcp ?? null;
  const http = pool?.http ?? null;
  return {
    limits: limitsOf(pool),
    maxRequestsPerConnection: http?.maxRequestsPerConnection ?? 0,
    maxConcurrentStreams: http?.maxConcurrentStreams ?? release.envoy.http2MaxConcurrentStreams,
    idleTimeoutNs: http?.idleTimeoutNs ?? tcp?.idleTimeoutNs ?? IDLE_TIMEOUT_NS,
    connectTimeoutNs: tcp?.connectTimeoutNs ?? connectTimeoutNs,
    maxConnectionDurationNs: tcp?.maxConnectionDurationNs ?? 0,
    // Istio has no field for it.
    preconnectRatio: 1,
  };
}

/** The server's inbound cluster takes its limits from the same block. */
export function inboundPlan(pool: ConnectionPoolSettings | null): InboundPlan {
  const { maxRetries: _retries, ...limits } = limitsOf(pool);
  return limits;
}

function limitsOf(pool: ConnectionPoolSettings | null): ClusterPlan['limits'] {
  return {
    maxConnections: pool?.tcp?.maxConnections ?? NO_LIMIT,
    maxPendingRequests: pool?.http?.http1MaxPendingRequests ?? NO_LIMIT,
    maxRequests: pool?.http?.http2MaxRequests ?? NO_LIMIT,
    maxRetries: pool?.http?.maxRetries ?? NO_LIMIT,
  };
}

/** A block that is there, even an empty one, switches detection on; null = off. */
export function outlierPlan(outlier: OutlierDetection | null, release: ReleaseDefaults): OutlierPlan | null {
  if (outlier === null) return null;
  const baseEjectionNs = outlier.baseEjectionTimeNs ?? 30 * SECOND_NS;
  return {
    consecutive5xx: outlier.consecutive5xxErrors ?? 5,
    consecutiveGatewayErrors: outlier.consecutiveGatewayErrors ?? 5,
    consecutiveLocalOriginFailures: outlier.splitExternalLocalOriginErrors
      ? (outlier.consecutiveLocalOriginFailures ?? 5)
      : 0,
    splitLocalOriginErrors: outlier.splitExternalLocalOriginErrors,
    intervalNs: outlier.intervalNs ?? 10 * SECOND_NS,
    baseEjectionNs,
    maxEjectionNs: Math.max(300 * SECOND_NS, baseEjectionNs),
    maxEjectionPercent: outlier.maxEjectionPercent ?? 10,
    alwaysEjectOne: release.envoy.firstEjectionExempt,
    maxEjectionJitterNs: 0,
    enforcing: outlier.consecutiveGatewayErrors === null ? { ...ENFORCED, consecutiveGatewayErrors: 0 } : ENFORCED,
    successRate: null,
    failurePercentage: null,
  };
}

/** The share of the requests that may be retries; 0 cannot be told from unset. Releases before 1.27 know no budget. */
export function retryBudgetPlan(budget: RetryBudget | null, release: ReleaseDefaults): RetryBudgetPlan | null {
  if (budget === null || !release.retryBudget) return null;
  return { percent: budget.percent ?? release.retryBudgetPercent, minConcurrency: budget.minRetryConcurrency || 3 };
}

/** With outlier detection it is `minHealthPercent` (0 = no panic), without it the default of the release. */
export function panicThresholdPercent(outlier: OutlierDetection | null, release: ReleaseDefaults): number {
  return outlier === null ? release.panicThresholdPercent : outlier.minHealthPercent;
}

/** Envoy's bounds of hash tables; a cluster beyond them is refused by the proxies. */
const MAX_RING_SIZE = 8_388_608;
const MAX_MAGLEV_SIZE = 5_000_011;

/** The balancer of a cluster; a consistent hash comes before everything else. PASSTHROUGH and endpoints that the client resolves: any of them. */
export function balancerPlan(loadBalancer: LoadBalancerSettings | null, release: ReleaseDefaults): BalancerPlan {
  const hash = loadBalancer?.consistentHash ?? null;
  if (hash !== null) {
    return {
      policy: hash.algorithm === 'maglev' ? 'maglev' : 'ring_hash',
      choiceCount: CHOICE_COUNT,
      ...(hash.size === null || hash.size === 0 ? {} : { tableSize: hash.size }),
    };
  }
  const policy = simplePolicy(loadBalancer?.simple ?? 'UNSPECIFIED', release);
  const warmup = loadBalancer?.warmup ?? null;
  if (warmup === null || policy === 'random') return { policy, choiceCount: CHOICE_COUNT };
  const { durationNs: windowNs, aggression, minimumPercent: minWeightPercent } = warmup;
  return { policy, choiceCount: CHOICE_COUNT, slowStart: { windowNs, aggression, minWeightPercent } };
}

function simplePolicy(simple: SimpleLoadBalancer, release: ReleaseDefaults): BalancerPolicy {
  switch (simple) {
    case 'UNSPECIFIED':
      return release.defaultBalancer;
    case 'LEAST_REQUEST':
      return 'least_request';
    case 'ROUND_ROBIN':
      return 'round_robin';
    case 'RANDOM':
    case 'PASSTHROUGH':
      return 'random';
  }
}

/** Why Envoy refuses a cluster with this hash table; null: it does not. */
export function tableProblem({ policy, tableSize }: BalancerPlan): string | null {
  if (tableSize === undefined) return null;
  if (policy === 'ring_hash') {
    return tableSize > MAX_RING_SIZE ? `minimumRingSize is ${tableSize}, more than ${MAX_RING_SIZE}` : null;
  }
  if (policy !== 'maglev') return null;
  if (tableSize > MAX_MAGLEV_SIZE) return `tableSize is ${tableSize}, more than ${MAX_MAGLEV_SIZE}`;
  return isPrime(tableSize) ? null : `tableSize is ${tableSize}, which is no prime number`;
}

function isPrime(n: number): boolean {
  for (let divisor = 2; divisor * divisor <= n; divisor++) if (n % divisor === 0) return false;
  return n > 1;
}
