// What EnvoyFilters merge into the clusters of a caller or a gateway. istio: pilot/pkg/networking/core/envoyfilter/cluster_patch.go;
// envoy: source/common/upstream/upstream_impl.cc (the first threshold of a priority counts), outlier_detection_impl.h (defaults).
import type { EnvoyLimits, EnvoyOutlierDetection } from '../../config/kinds/envoy-cluster.js';
import type { ClusterMatch } from '../../config/kinds/envoy-match.js';
import type { BalancerPlan, ClusterPlan, OutlierPlan } from '../contract/plan.js';
import type { OwnedPatch, PatchOf } from './envoy-patches.js';

type Unplaced = Omit<ClusterPlan, 'groups'>;

type ClusterPatch = OwnedPatch<PatchOf<'cluster'>>;

/** The patches that are for a cluster. */
export function patchesFor(cluster: Unplaced, patches: readonly ClusterPatch[]): readonly ClusterPatch[] {
  return patches.filter(({ patch }) => isFor(patch.where, cluster));
}

/** The cluster with patches that are for it. */
export function mergedCluster(cluster: Unplaced, patches: readonly ClusterPatch[]): Unplaced {
  return patches.reduce(merged, cluster);
}

/** A name decides alone. */
function isFor({ name, service, subset, port }: ClusterMatch, cluster: Unplaced): boolean {
  if (name !== '') return name === cluster.name;
  return (
    (service === '' || service === cluster.host) &&
    (subset === '' || subset === cluster.subset) &&
    (port === 0 || port === cluster.port)
  );
}

function merged(cluster: Unplaced, { patch }: OwnedPatch<PatchOf<'cluster'>>): Unplaced {
  const { settings, replacesLists } = patch;
  return {
    ...cluster,
    connectTimeoutNs: settings.connectTimeoutNs ?? cluster.connectTimeoutNs,
    balancer: mergedBalancer(cluster.balancer, settings),
    outlier: settings.outlier === null ? cluster.outlier : mergedOutlier(cluster.outlier, settings.outlier),
    panicThresholdPercent: settings.panicThresholdPercent ?? cluster.panicThresholdPercent,
    failTrafficOnPanic: settings.failTrafficOnPanic ?? cluster.failTrafficOnPanic,
    maxRequestsPerConnection: settings.maxRequestsPerConnection ?? cluster.maxRequestsPerConnection,
    preconnectRatio: settings.preconnectRatio ?? cluster.preconnectRatio,
    healthCheck: settings.healthCheck === null ? cluster.healthCheck : { ...settings.healthCheck, handlers: [] },
    // A threshold that is appended stands behind Istio's own, which counts.
    ...(settings.limits === null || !replacesLists ? {} : replacedLimits(settings.limits)),
  };
}

/** envoy: api/envoy/config/cluster/v3/circuit_breaker.proto: 1024 of each, three retries. */
function replacedLimits(limits: EnvoyLimits): Pick<ClusterPlan, 'limits' | 'retryBudget'> {
  return {
    limits: {
      maxConnections: limits.maxConnections ?? 1024,
      maxPendingRequests: limits.maxPendingRequests ?? 1024,
      maxRequests: limits.maxRequests ?? 1024,
      maxRetries: limits.maxRetries ?? 3,
    },
    retryBudget: limits.retryBudget,
  };
}

function mergedBalancer(balancer: BalancerPlan, settings: PatchOf<'cluster'>['settings']): BalancerPlan {
  const { choiceCount, activeRequestBias, slowStart } = settings;
  const policy = settings.policy ?? balancer.policy;
  const starts = policy === 'round_robin' || policy === 'least_request';
  return {
    ...balancer,
    policy,
    choiceCount: choiceCount ?? balancer.choiceCount,
    ...(activeRequestBias === null ? {} : { activeRequestBias }),
    ...(slowStart === null || !starts ? {} : { slowStart }),
  };
}

const SECOND_NS = 1_000_000_000;

/** Envoy's defaults, where a cluster has no outlier detection of Istio's. */
const ENVOY_OUTLIER: OutlierPlan = {
  consecutive5xx: 5,
  consecutiveGatewayErrors: 5,
  consecutiveLocalOriginFailures: 5,
  splitLocalOriginErrors: false,
  intervalNs: 10 * SECOND_NS,
  baseEjectionNs: 30 * SECOND_NS,
  maxEjectionNs: 300 * SECOND_NS,
  maxEjectionPercent: 10,
  alwaysEjectOne: false,
  maxEjectionJitterNs: 0,
  enforcing: { consecutive5xx: 100, consecutiveGatewayErrors: 0, consecutiveLocalOriginFailures: 100 },
  successRate: {
    minimumHosts: 5,
    requestVolume: 100,
    stdevFactor: 1900,
    enforcing: 100,
    enforcingLocalOrigin: 100,
  },
  failurePercentage: null,
};

function mergedOutlier(before: OutlierPlan | null, written: EnvoyOutlierDetection): OutlierPlan {
  const outlier = before ?? ENVOY_OUTLIER;
  const baseEjectionNs = written.baseEjectionNs ?? outlier.baseEjectionNs;
  const { enforcing } = outlier;
  return {
    consecutive5xx: written.consecutive5xx ?? outlier.consecutive5xx,
    consecutiveGatewayErrors: written.consecutiveGatewayErrors ?? outlier.consecutiveGatewayErrors,
    consecutiveLocalOriginFailures: written.consecutiveLocalOriginFailures ?? outlier.consecutiveLocalOriginFailures,
    splitLocalOriginErrors: written.splitLocalOriginErrors ?? outlier.splitLocalOriginErrors,
    intervalNs: written.intervalNs ?? outlier.intervalNs,
    baseEjectionNs,
    maxEjectionNs: written.maxEjectionNs ?? Math.max(300 * SECOND_NS, baseEjectionNs),
    maxEjectionPercent: written.maxEjectionPercent ?? outlier.maxEjectionPercent,
    alwaysEjectOne: written.alwaysEjectOne ?? outlier.alwaysEjectOne,
    maxEjectionJitterNs: written.maxEjectionJitterNs ?? outlier.maxEjectionJitterNs,
    enforcing: {
      consecutive5xx: written.enforcingConsecutive5xx ?? enforcing.consecutive5xx,
      consecutiveGatewayErrors: written.enforcingConsecutiveGatewayErrors ?? enforcing.consecutiveGatewayErrors,
      consecutiveLocalOriginFailures: written.enforcingLocalOriginFailures ?? enforcing.consecutiveLocalOriginFailures,
    },
    successRate: mergedSuccessRate(outlier.successRate, written),
    failurePercentage: mergedFailurePercentage(outlier.failurePercentage, written),
  };
}

/** null stands for "never enforced", as Istio has it. */
function mergedSuccessRate(
  before: OutlierPlan['successRate'],
  written: EnvoyOutlierDetection,
): OutlierPlan['successRate'] {
  const enforcing = written.enforcingSuccessRate ?? before?.enforcing ?? 0;
  const enforcingLocalOrigin = written.enforcingLocalOriginSuccessRate ?? before?.enforcingLocalOrigin ?? 0;
  if (enforcing === 0 && enforcingLocalOrigin === 0) return null;
  return {
    minimumHosts: written.successRateMinimumHosts ?? before?.minimumHosts ?? 5,
    requestVolume: written.successRateRequestVolume ?? before?.requestVolume ?? 100,
    stdevFactor: written.successRateStdevFactor ?? before?.stdevFactor ?? 1900,
    enforcing,
    enforcingLocalOrigin,
  };
}

function mergedFailurePercentage(
  before: OutlierPlan['failurePercentage'],
  written: EnvoyOutlierDetection,
): OutlierPlan['failurePercentage'] {
  const enforcing = written.enforcingFailurePercentage ?? before?.enforcing ?? 0;
  const enforcingLocalOrigin = written.enforcingLocalOriginFailurePercentage ?? before?.enforcingLocalOrigin ?? 0;
  if (enforcing === 0 && enforcingLocalOrigin === 0) return null;
  return {
    minimumHosts: written.failurePercentageMinimumHosts ?? before?.minimumHosts ?? 5,
    requestVolume: written.failurePercentageRequestVolume ?? before?.requestVolume ?? 50,
    threshold: written.failurePercentageThreshold ?? before?.threshold ?? 85,
    enforcing,
    enforcingLocalOrigin,
  };
}
