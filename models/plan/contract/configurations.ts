// The configurations of a mesh whose YAML changes while it runs: what `apply` and `delete` of a timeline make of it. All versions have one numbering
// (terms/numbering.ts), so that whatever is in several of them has the same number in each.
import type { ClusterPlan } from './cluster-plan.js';

/** Of plans of a kind. */
export interface ConfigurationsPlan<Plan> {
  /** Versions 1, 2, …; the plan that holds this is version 0. None of these has configurations of its own. */
  readonly later: readonly Plan[];
  /** By version, from 0. */
  readonly facts: readonly ConfigurationFacts[];
  /** In the order of time; times ascend strictly. */
  readonly changes: readonly ConfigurationChange[];
}

/** What the lists of a version do not say, because they are as long as those of all versions. */
export interface ConfigurationFacts {
  /** Names of Envoy clusters that no proxy has: no Service, no port, or no subset. */
  readonly missingClusters: readonly string[];
  /** By cluster. */
  readonly clusters: readonly ClusterFacts[];
  /** By cluster: what the sidecars of its servers make of whoever connects. */
  readonly welcomes: readonly (readonly ServerWelcome[])[];
  /** By workload: its pod template as text, which is the same where pods stay as they are; null: the version does not have the workload. */
  readonly templates: readonly (string | null)[];
}

/** What stands in a Cluster message beside what acts (istio: pilot/pkg/networking/core/cluster_builder.go, cluster_tls.go). */
export interface ClusterFacts {
  /** The DestinationRule that holds for the host, e.g. `DestinationRule shop/catalog`; null: none. */
  readonly rule: string | null;
  /** Accounts of the pods behind the cluster, sorted; empty where mutual TLS is not automatic. */
  readonly serviceAccounts: readonly string[];
  /** Its endpoints stand in the cluster itself. */
  readonly isDns: boolean;
}

/** What a connection meets at the sidecars of a workload, by what its client speaks, whatever the client takes them for. */
export interface ServerWelcome extends Readonly<Record<ClusterPlan['tls']['mode'], ClusterPlan['reachable']>> {
  readonly workload: number;
}

/** The API server has another configuration from a time on. */
export interface ConfigurationChange {
  /** After the end of the warm-up. */
  readonly atNs: number;
  readonly version: number;
  /** Kinds of the objects that differ from the version before, e.g. `VirtualService`. */
  readonly kinds: readonly string[];
}
