// Who wrote what acts in a run: for each part of a MeshPlan, the field of the object (or of the scenario) that set it. It stands beside the plan and
// not in it: the plan is what acts, it is posted to workers and compared; sources are for the reader of a report.
import type { SourcePosition } from '../../config/diagnostic.js';

/** The field of an object that set something that acts in a run. */
export interface FieldSource {
  /** Kind namespace/name, e.g. `DestinationRule shop/catalog`; `scenario` for the user's own file. */
  readonly object: string;
  /**
   * The path as its writer knows it, short but unambiguous: `limits.cpu`, `connectionPool.http.http2MaxRequests`, `http[2].retries.attempts`,
   * `sidecar.istio.io/proxyCPULimit`. '' where the object as a whole acts.
   */
  readonly field: string;
  /** The value as written: `200m`, `2`. '' where no single value says it. */
  readonly value: string;
  readonly position: SourcePosition | null;
}

/** Aligned with the arrays of the MeshPlan. null in place of a source: nobody wrote it (a default of Istio, Envoy, Kubernetes or the scenario). */
export interface PlanSources {
  readonly workloads: readonly WorkloadSources[];
  readonly clusters: readonly ClusterSources[];
  /** Those of the plan's `filters`. */
  readonly filters: readonly (FilterSource | null)[];
  readonly sites: readonly SiteSources[];
}

export interface WorkloadSources {
  /** The Deployment, StatefulSet, Pod …; null for what has no pods in the YAML. */
  readonly object: FieldSource | null;
  /** Of the object, of the autoscaler that bounds it, or of the scenario. */
  readonly replicas: FieldSource | null;
  /** Of the application's containers; of several, the largest. */
  readonly cpuLimit: FieldSource | null;
  readonly memoryLimit: FieldSource | null;
  readonly proxyCpuLimit: FieldSource | null;
  readonly proxyMemoryLimit: FieldSource | null;
  /** What gives the proxy its threads, where that is not its CPU limit. */
  readonly proxyConcurrency: FieldSource | null;
  /** What the proxy of a server takes from the DestinationRule (or the Sidecar) for its own inbound cluster. */
  readonly inbound: {
    readonly maxConnections: FieldSource | null;
    readonly maxPendingRequests: FieldSource | null;
    readonly maxRequests: FieldSource | null;
  };
  /** Of the scenario. */
  readonly workers: FieldSource | null;
  readonly queue: FieldSource | null;
  readonly work: FieldSource | null;
  readonly errors: FieldSource | null;
}

export interface ClusterSources {
  /** The DestinationRule as a whole, or its subset. */
  readonly rule: FieldSource | null;
  readonly connections: FieldSource | null;
  readonly pendingRequests: FieldSource | null;
  readonly requests: FieldSource | null;
  readonly retries: FieldSource | null;
  readonly maxRequestsPerConnection: FieldSource | null;
  readonly connectTimeout: FieldSource | null;
  readonly outlierDetection: FieldSource | null;
  readonly consecutiveErrors: FieldSource | null;
  readonly maxEjectionPercent: FieldSource | null;
  readonly minHealthPercent: FieldSource | null;
  readonly loadBalancer: FieldSource | null;
  readonly localityFailover: FieldSource | null;
  readonly tls: FieldSource | null;
  /** By group of endpoints: what lets connections to it fail (`reachable` of the plan); empty where none do, or nobody wrote what does. */
  readonly unreachable: readonly (readonly FieldSource[])[];
}

export interface FilterSource extends FieldSource {
  /** What refuses or acts. */
  readonly reason:
    | 'authorization'
    | 'authentication'
    | 'rate-limit'
    | 'fault'
    | 'external-authorization'
    | 'admission-control'
    | 'adaptive-concurrency'
    | 'network-policy'
    | 'other';
  /** e.g. `DENY rule 2`, `no ALLOW rule matches`, `no valid token`. */
  readonly detail: string;
}

export interface SiteSources {
  /** The route of a VirtualService, an HTTPRoute …; null for the default route of a service. */
  readonly route: FieldSource | null;
  readonly timeout: FieldSource | null;
  readonly attempts: FieldSource | null;
  readonly perTryTimeout: FieldSource | null;
  readonly faultDelay: FieldSource | null;
  readonly faultAbort: FieldSource | null;
  /** What lets the proxy answer by itself: a direct response, a redirect, a CORS policy. */
  readonly response: FieldSource | null;
  readonly mirror: FieldSource | null;
}
