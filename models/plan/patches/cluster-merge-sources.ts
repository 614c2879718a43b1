// Who wrote the policies of a cluster once patches of EnvoyFilters are merged into it.
import type { FieldPath } from '../../config/resource.js';
import type { ClusterSources, FieldSource } from '../contract/sources.js';
import { protoSource } from '../settings/cluster-sources.js';
import type { OwnedPatch, PatchOf } from './envoy-patches.js';

type ClusterPatch = OwnedPatch<PatchOf<'cluster'>>;

export function mergedSources(sources: ClusterSources, patches: readonly ClusterPatch[]): ClusterSources {
  return patches.reduce(merged, sources);
}

/** What is written in a patch takes the place of what was there; thresholds that replace others do so as a whole. */
function merged(before: ClusterSources, { patch, owner }: ClusterPatch): ClusterSources {
  const value: FieldPath = ['spec', 'configPatches', patch.index, 'patch', 'value'];
  const at = (...names: FieldPath): FieldSource | null => protoSource(owner.source, value, names);
  const limit = (name: string): FieldSource | null => at('circuit_breakers', 'thresholds', threshold, name);
  const { limits } = patch.settings;
  const replaces = limits !== null && patch.replacesLists;
  const threshold = replaces ? firstDefault(at) : 0;
  return {
    ...before,
    connectTimeout: at('connect_timeout') ?? before.connectTimeout,
    loadBalancer: at('lb_policy') ?? before.loadBalancer,
    outlierDetection: at('outlier_detection') ?? before.outlierDetection,
    consecutiveErrors:
      at('outlier_detection', 'consecutive_5xx') ??
      at('outlier_detection', 'consecutive_gateway_failure') ??
      before.consecutiveErrors,
    maxEjectionPercent: at('outlier_detection', 'max_ejection_percent') ?? before.maxEjectionPercent,
    minHealthPercent: at('common_lb_config', 'healthy_panic_threshold', 'value') ?? before.minHealthPercent,
    maxRequestsPerConnection: at('max_requests_per_connection') ?? before.maxRequestsPerConnection,
    ...(replaces
      ? {
          connections: limit('max_connections'),
          pendingRequests: limit('max_pending_requests'),
          requests: limit('max_requests'),
          retries: limit('retry_budget') ?? limit('max_retries'),
        }
      : {}),
  };
}

/** The threshold that counts: the first that is not for requests of high priority. */
function firstDefault(at: (...names: FieldPath) => FieldSource | null): number {
  let index = 0;
  while (at('circuit_breakers', 'thresholds', index, 'priority')?.value === 'HIGH') index += 1;
  return index;
}
