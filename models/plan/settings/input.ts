// What only the user knows and the YAML does not: load, the work of each service, the network. The scenario file is read
// into this by scenarios/; models/plan joins it with the resources of the cluster. Every part keeps its place in the file.
import type { DistributionSpec } from '../../../sim/distributions/spec.js';
import type { SourcePosition } from '../../config/diagnostic.js';
import type { ResourceSet } from '../../config/load.js';
import type { ConfigurationChange } from '../contract/configurations.js';
import type { AppPlan, ArrivalPlan, AttributePlan } from '../contract/plan.js';
import type { FieldSource } from '../contract/sources.js';
import type { OnSigterm } from '../contract/stopping-plan.js';
import type { AssumedMesh } from './assumed-mesh.js';
import type { FilterCostInput } from './filter-cost.js';
import type { NodeInput } from './node-input.js';
import type { TimelineInput } from './timeline-input.js';

export interface PlanInput {
  readonly resources: ResourceSet;
  /** e.g. `1.31`; an unknown release is a diagnostic. */
  readonly istioVersion: string;
  /** Instead of the Envoy that the release carries, e.g. `1.36`; an unknown release is a diagnostic. */
  readonly envoyVersion?: string | undefined;
  readonly traffic: readonly TrafficInput[];
  readonly behaviour: BehaviourInput;
  readonly network: NetworkInput;
  readonly proxy: ProxyCostInput;
  /** Zones over which pods without a locality of their own are spread, round robin; at least one. */
  readonly placement: readonly { readonly region: string; readonly zone: string }[];
  /** Cores of a node, for pods without a CPU limit. */
  readonly nodeCores: number;
  /** Nobody gave `nodeCores`: the Nodes of the YAML come first. */
  readonly nodeCoresAssumed?: boolean;
  /** Absent: models/plan/settings/filter-cost.ts. */
  readonly filters?: FilterCostInput;
  /** Nodes of each zone that has ambient pods; absent = 1. */
  readonly nodesPerZone?: number;
  /** Cost of the proxies of ambient mode; absent = the published figures. */
  readonly ztunnel?: ZtunnelInput;
  readonly waypoint?: ProxyCostInput;
  /** Whose proxies pods have that nothing is said about; absent: it is concluded from the YAML. */
  readonly injection?: AssumedMesh;
  /** Cost of Linkerd's proxies; absent: models/plan/linkerd/proxy-plan.ts. */
  readonly linkerd?: ProxyCostInput;
  /** What is done to the mesh while it runs; absent: nothing. */
  readonly timeline?: readonly TimelineInput[];
  /** The nodes that pods run on while something happens; absent: the Nodes of the YAML, where the timeline is about nodes. */
  readonly nodes?: readonly NodeInput[];
  /** HorizontalPodAutoscalers act; absent or false: workloads keep the pods that they start with. */
  readonly autoscaling?: boolean;
  /** What the YAML becomes while the mesh runs; absent: it stays as it is. */
  readonly configurations?: ConfigurationsInput;
}

export interface ConfigurationsInput {
  /** Versions 1, 2, … of the resources. */
  readonly later: readonly ResourceSet[];
  readonly changes: readonly ConfigurationChange[];
}

export interface TrafficInput {
  readonly name: string;
  readonly at: SourcePosition;
  /** URL or host[:port] as the client dials it; a path in it counts for nothing here: each request has its own. */
  readonly to: string;
  readonly toAt: SourcePosition;
  /** `workload.namespace` inside the mesh, or null: from outside. */
  readonly from: string | null;
  readonly fromAt: SourcePosition;
  readonly arrival: ArrivalPlan;
  readonly requests: readonly TrafficRequestInput[];
}

export interface TrafficRequestInput {
  readonly name: string;
  readonly at: SourcePosition;
  readonly weight: number;
  readonly method: string;
  /** May hold a query string and `{variables}`. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutNs: number;
  /** Statuses (1..599; 0 = no answer) that are good, and no others; absent: the rule of all. */
  readonly expect?: readonly number[];
  /** Numbers drawn for each request; `{name}` in headers and queries stands for them. */
  readonly attributes?: readonly AttributePlan[];
  /** Size of the body. */
  readonly requestBytes?: number;
}

export interface BehaviourInput {
  readonly defaults: BehaviourSpec;
  readonly services: readonly NamedBehaviour[];
  readonly workloads: readonly NamedBehaviour[];
}

/** `name` is `name`, `name.namespace` or `namespace/name`. */
export interface NamedBehaviour {
  readonly name: string;
  readonly at: SourcePosition;
  readonly spec: BehaviourSpec;
}

/** Fields that are absent are inherited: workload, then service, then defaults. */
export interface BehaviourSpec {
  readonly workers?: number | null;
  readonly queue?: number | null;
  readonly overflow?: AppPlan['overflow'];
  readonly cancels?: boolean;
  /** Nanoseconds from the start of its container until the application listens. */
  readonly startup?: DistributionSpec;
  readonly onSigterm?: OnSigterm;
  /** 0 = never. */
  readonly keepAlive?: { readonly idleNs: number; readonly requests: number };
  readonly replicas?: number;
  /** What is done for a request that no operation matches. */
  readonly steps?: readonly StepInput[];
  readonly errors?: readonly { readonly status: number; readonly probability: number }[];
  readonly operations?: readonly OperationInput[];
  /** Its own connections to others, where no proxy pools them; 0 = kept for ever. */
  readonly connections?: { readonly idleNs: number };
  /** Size of the body of its good answers. */
  readonly responseBytes?: number;
  /** Memory of a pod at rest, and for each request that it holds. */
  readonly memory?: { readonly baseBytes: number; readonly perRequestBytes: number };
  /** Where these fields stand in the scenario; absent: nobody knows. */
  readonly sources?: BehaviourSources;
}

export interface BehaviourSources {
  readonly workers?: FieldSource;
  readonly queue?: FieldSource;
  readonly replicas?: FieldSource;
  readonly work?: FieldSource;
  readonly errors?: FieldSource;
}

export interface OperationInput {
  readonly name: string;
  readonly at: SourcePosition;
  readonly match: {
    /** Exact path, or a prefix where it ends in `*`. */
    readonly path?: string;
    readonly method?: string;
    /** Exact values. */
    readonly headers?: Readonly<Record<string, string>>;
  };
  readonly steps: readonly StepInput[];
  readonly errors?: readonly { readonly status: number; readonly probability: number }[];
  readonly responseBytes?: number;
}

export type StepInput =
  | {
      readonly kind: 'work';
      readonly duration: DistributionSpec;
      readonly cpuShare: number;
      readonly retryWork: 'fresh' | 'same';
    }
  | CallInput
  | { readonly kind: 'parallel'; readonly branches: readonly (readonly StepInput[])[] }
  | { readonly kind: 'maybe'; readonly probability: number; readonly steps: readonly StepInput[] };

export interface CallInput {
  readonly kind: 'call';
  readonly at: SourcePosition;
  /** As the application dials it: `catalog`, `catalog.shop:8080`, `http://catalog`; a path in it counts for nothing here. */
  readonly to: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Names of headers of the incoming request that are copied. */
  readonly forwardHeaders: readonly string[];
  readonly timeoutNs: number;
  readonly retries: number;
  readonly onError: 'fail' | 'pass' | 'ignore';
  readonly failStatus: number;
  /** Size of the body of the request. */
  readonly requestBytes?: number;
}

/** Round trips in nanoseconds. */
export interface NetworkInput {
  readonly sameZoneRttNs: number;
  readonly crossZoneRttNs: number;
  readonly crossRegionRttNs: number;
  /** From clients outside the mesh to the edge. */
  readonly externalRttNs: number;
  readonly jitter: number;
  readonly loss: number;
  readonly between: readonly {
    readonly at: SourcePosition;
    /** A zone or a region. */
    readonly a: string;
    readonly b: string;
    readonly rttNs: number;
    readonly jitter: number;
    readonly loss: number;
    /** 0 = no limit. */
    readonly bytesPerSecond?: number;
  }[];
  /** Between all pods that no entry of `between` is about; 0 or absent = no limit. */
  readonly bytesPerSecond?: number;
}

/** Cost of one proxy traversal; see models/plan/settings/proxy-cost.ts for the defaults. */
export interface ProxyCostInput {
  readonly requestCpuNs: number;
  readonly responseCpuNs: number;
  readonly afterResponseCpuNs: number;
  readonly latencyNs: number;
  /** CPU of a TLS handshake at either end: in full, and with a session resumed. */
  readonly handshakeCpuNs: number;
  readonly resumedHandshakeCpuNs: number;
  /** CPU for each KiB of a body above the first. */
  readonly cpuPerKiBNs: number;
  /** Memory of a proxy before its configuration and its connections. */
  readonly memoryBytes: number;
}

/** Cost of one ztunnel, per request and direction; `workers`: its threads. */
export interface ZtunnelInput extends ProxyCostInput {
  readonly workers: number;
}
