// The policy of one cluster (service port and subset), composed of the blocks of a DestinationRule.
// istio: pilot/pkg/networking/util/util.go (MergeTrafficPolicy, MergeSubsetTrafficPolicy), pilot/pkg/networking/core/cluster_traffic_policy.go.
import type { PortPolicy, RetryBudget, TrafficPolicy } from '../../config/kinds/destination-rule.js';
import type { FieldPath, ResourceSource } from '../../config/resource.js';
import type { MergedRule } from './destination-rule.js';

/** A block and where it stands. */
export interface PlacedBlock<T> {
  readonly value: T;
  readonly source: ResourceSource;
  readonly path: FieldPath;
}

type Blocks<T> = { readonly [Name in keyof T]: PlacedBlock<NonNullable<T[Name]>> | null };
export type PlacedPolicy = Blocks<PortPolicy>;

const NO_POLICY: PlacedPolicy = { loadBalancer: null, connectionPool: null, outlierDetection: null, tls: null };

/** The blocks for `port` (a Service port) and `subset` ('' = none), without their places. */
export function effectivePolicy(rule: MergedRule | null, port: number, subset: string): PortPolicy {
  return withoutPlaces(placedPolicy(rule, port, subset));
}

export function withoutPlaces({ loadBalancer, connectionPool, outlierDetection, tls }: PlacedPolicy): PortPolicy {
  return {
    loadBalancer: loadBalancer?.value ?? null,
    connectionPool: connectionPool?.value ?? null,
    outlierDetection: outlierDetection?.value ?? null,
    tls: tls?.value ?? null,
  };
}

/** Each block comes as a whole from one place or is null. An unknown subset has the policy of the whole service. */
export function placedPolicy(rule: MergedRule | null, port: number, subset: string): PlacedPolicy {
  if (rule === null) return NO_POLICY;
  const base = atPort(policyOf(rule), port).policy;
  const own = subsetPolicy(rule, subset);
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
export function retryBudgetOf(rule: MergedRule | null, subset: string): PlacedBlock<RetryBudget> | null {
  if (rule === null) return null;
  for (const policy of [subsetPolicy(rule, subset), policyOf(rule)]) {
    if (policy === null || policy.value.retryBudget === null) continue;
    return { value: policy.value.retryBudget, source: policy.source, path: [...policy.path, 'retryBudget'] };
  }
  return null;
}

function policyOf({ policy }: MergedRule): PlacedBlock<TrafficPolicy> | null {
  if (policy === null) return null;
  return { value: policy.value, source: policy.resource.source, path: ['spec', 'trafficPolicy'] };
}

function subsetPolicy({ subsets }: MergedRule, name: string): PlacedBlock<TrafficPolicy> | null {
  const own = subsets.find(({ value }) => value.name === name);
  if (own === undefined || own.value.trafficPolicy === null) return null;
  const path = ['spec', 'subsets', own.index, 'trafficPolicy'];
  return { value: own.value.trafficPolicy, source: own.resource.source, path };
}

/** A port level setting replaces all four blocks; nothing is inherited. */
function atPort(
  placed: PlacedBlock<TrafficPolicy> | null,
  port: number,
): { policy: PlacedPolicy; isPortLevel: boolean } {
  if (placed === null) return { policy: NO_POLICY, isPortLevel: false };
  const { value, source, path } = placed;
  const level = value.portLevelSettings.findIndex((setting) => setting.portNumber === port);
  const holder: PortPolicy = value.portLevelSettings[level] ?? value;
  const at = level < 0 ? path : [...path, 'portLevelSettings', level];
  const block = <T>(name: string, found: T | null): PlacedBlock<T> | null =>
    found === null ? null : { value: found, source, path: [...at, name] };
  return {
    policy: {
      loadBalancer: block('loadBalancer', holder.loadBalancer),
      connectionPool: block('connectionPool', holder.connectionPool),
      outlierDetection: block('outlierDetection', holder.outlierDetection),
      tls: block('tls', holder.tls),
    },
    isPortLevel: level >= 0,
  };
}
