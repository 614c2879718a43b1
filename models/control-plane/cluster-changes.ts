// What a new version of the configuration does to a cluster that a proxy has: Envoy compares the whole Cluster message,
// so that whatever stands in it and differs makes a new cluster, with new hosts, empty pools and zeroed breakers; what
// stands in the assignment alone moves hosts (envoy: source/common/upstream/cluster_manager_impl.cc,
// addOrUpdateCluster; istio: pilot/pkg/networking/core/cluster_builder.go, cluster_tls.go,
// pilot/pkg/xds/endpoints/endpoint_builder.go).
import type { ClusterPlan, HealthCheckPlan } from '../plan/contract/cluster-plan.js';
import { actAlike } from '../plan/contract/same-plan.js';

/** A cluster in one version of the configuration. */
export interface ClusterVersion {
  readonly plan: ClusterPlan;
  /**
   * The DestinationRule that holds for its host, e.g. `DestinationRule shop/catalog` (`ClusterSources.rule.object`);
   * null: none. The path of the rule is in the metadata of each cluster of the host, so that a rule that comes, goes or
   * is renamed changes them all, whatever it says.
   */
  readonly rule: string | null;
  /**
   * Accounts of the pods behind it, which its certificates may name: in the cluster where mutual TLS is automatic.
   * Their order says nothing.
   */
  readonly serviceAccounts: readonly string[];
  /** Its endpoints stand in the cluster itself: of a ServiceEntry with `resolution: DNS`. */
  readonly isDns: boolean;
}

/**
 * `members`: by the assignment alone, in place; `swap`: a new cluster takes the place of the old one; `same`: Envoy
 * skips it.
 */
export type ClusterChange = 'same' | 'members' | 'swap' | 'added' | 'removed';

/**
 * Where a field of the plan comes from: `cluster` = the Cluster message, `members` = the assignment, `way` = how
 * endpoints are reached, which is either; `elsewhere` = a matter of servers or of positions in files, so that no client
 * hears of it by CDS or EDS.
 */
type Place = 'cluster' | 'members' | 'way' | 'elsewhere';

const PLACES: Readonly<Record<keyof ClusterPlan, Place>> = {
  name: 'elsewhere',
  host: 'elsewhere',
  port: 'elsewhere',
  subset: 'elsewhere',
  groups: 'members',
  protocol: 'cluster',
  balancer: 'cluster',
  limits: 'cluster',
  maxRequestsPerConnection: 'cluster',
  maxConcurrentStreams: 'cluster',
  idleTimeoutNs: 'cluster',
  connectTimeoutNs: 'cluster',
  tls: 'way',
  reachable: 'elsewhere',
  outlier: 'cluster',
  panicThresholdPercent: 'cluster',
  position: 'elsewhere',
  localityViews: 'members',
  zoneAware: 'cluster',
  failTrafficOnPanic: 'cluster',
  retryBudget: 'cluster',
  maxStreamDurationNs: 'cluster',
  healthCheck: 'cluster',
  maxConnectionDurationNs: 'cluster',
  preconnectRatio: 'cluster',
  perConnection: 'cluster',
  appProtocol: 'elsewhere',
  endpointTls: 'way',
  skipsProxy: 'elsewhere',
  skipsOwnProxy: 'elsewhere',
  accrual: 'cluster',
};

const FIELDS = Object.keys(PLACES) as readonly (keyof ClusterPlan)[];

/**
 * What a client's proxy does with a cluster. Null: that version does not have it, which the lists of a plan do not say
 * (all versions have lists of one length); whoever asks knows which clusters are routed to, or are in the client's
 * Sidecar.
 */
export function clusterChange(before: ClusterVersion | null, after: ClusterVersion | null): ClusterChange {
  if (before === null) return after === null ? 'same' : 'added';
  if (after === null) return 'removed';
  const changed = changedFields(before.plan, after.plan);
  if (before.rule !== after.rule || !sameAccounts(before, after) || changed.some((field) => isInCluster(field))) {
    return 'swap';
  }
  if (weighsLocalities(before.plan) !== weighsLocalities(after.plan)) return 'swap';
  if (changed.some((field) => PLACES[field] === 'way') && !isByEndpoint(before.plan) && !isByEndpoint(after.plan)) {
    return 'swap';
  }
  const hasMembers = changed.some((field) => PLACES[field] === 'members' || PLACES[field] === 'way');
  if (!hasMembers) return 'same';
  return before.isDns || after.isDns ? 'swap' : 'members';
}

/** The fields that differ between two versions of a cluster, for the reader of a report. */
export function changedFields(before: ClusterPlan, after: ClusterPlan): readonly (keyof ClusterPlan)[] {
  return FIELDS.filter((field) => !sameField(field, before, after));
}

function isInCluster(field: keyof ClusterPlan): boolean {
  return PLACES[field] === 'cluster';
}

function sameField(field: keyof ClusterPlan, before: ClusterPlan, after: ClusterPlan): boolean {
  if (field === 'healthCheck') return actAlike(asWritten(before.healthCheck), asWritten(after.healthCheck));
  return actAlike(before[field], after[field]);
}

/** A check without what it meets at the endpoints. */
function asWritten(check: HealthCheckPlan | null): Omit<HealthCheckPlan, 'handlers'> | null {
  if (check === null) return null;
  const { handlers: _handlers, ...written } = check;
  return written;
}

function sameAccounts(before: ClusterVersion, after: ClusterVersion): boolean {
  const [one, other] = [new Set(before.serviceAccounts), new Set(after.serviceAccounts)];
  return one.size === other.size && [...one].every((account) => other.has(account));
}

/** Locality-weighted balancing is asked for in the cluster; which weights there are stands in the assignment. */
function weighsLocalities({ localityViews }: ClusterPlan): boolean {
  return localityViews.some((view) => view !== null && view.weights !== null);
}

/** Endpoints say one by one how they are reached. */
function isByEndpoint({ endpointTls }: ClusterPlan): boolean {
  return endpointTls.length > 0;
}
