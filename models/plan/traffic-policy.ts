// The policy of one cluster (service port and subset), composed of the blocks of a DestinationRule.
// istio: pilot/pkg/networking/util/util.go (MergeTrafficPolicy, MergeSubsetTrafficPolicy), pilot/pkg/networking/core/cluster_traffic_policy.go.
import type { PortPolicy, RetryBudget, TrafficPolicy } from '../config/kinds/destination-rule.js';
import type { MergedRule } from './destination-rule.js';

const NO_POLICY: PortPolicy = { loadBalancer: null, connectionPool: null, outlierDetection: null, tls: null };

/**
 * The blocks for `port` (a Service port) and `subset` ('' = none); each comes as a whole from one place or is null. An unknown
 * subset has the policy of the whole service.
 */
export function effectivePolicy(rule: MergedRule | null, port: number, subset: string): PortPolicy {
  if (rule === null) return NO_POLICY;
  const base = atPort(rule.policy?.value ?? null, port).policy;
  const own = rule.subsets.find(({ value }) => value.name === subset)?.value.trafficPolicy ?? null;
  if (own === null) return base;
  const { policy, isPortLevel } = atPort(own, port);
  if (isPortLevel) return policy;
  return {
    loadBalancer: policy.loadBalancer ?? base.loadBalancer,
    connectionPool: policy.connectionPool ?? base.connectionPool,
    outlierDetection: policy.outlierDetection ?? base.outlierDetection,
    tls: policy.tls ?? base.tls,
  };
}

/** The retry budget of a subset, else of the whole service; port level settings do not touch it. */
export function retryBudgetOf(rule: MergedRule | null, subset: string): RetryBudget | null {
  const own = rule?.subsets.find(({ value }) => value.name === subset)?.value.trafficPolicy ?? null;
  return own?.retryBudget ?? rule?.policy?.value.retryBudget ?? null;
}

/** A port level setting replaces all four blocks; nothing is inherited. */
function atPort(policy: TrafficPolicy | null, port: number): { policy: PortPolicy; isPortLevel: boolean } {
  if (policy === null) return { policy: NO_POLICY, isPortLevel: false };
  const level = policy.portLevelSettings.find((setting) => setting.portNumber === port);
  const { loadBalancer, connectionPool, outlierDetection, tls } = level ?? policy;
  return { policy: { loadBalancer, connectionPool, outlierDetection, tls }, isPortLevel: level !== undefined };
}
