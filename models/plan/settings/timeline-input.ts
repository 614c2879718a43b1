// What the user does to a mesh while it runs: times are settled, names are still as written. models/plan/timeline finds what they mean.
import type { SourcePosition } from '../../config/diagnostic.js';
import type { ConfigurationLayer } from '../../config/load.js';
import type {
  IstiodActionPlan,
  LinkFaultPlan,
  NodeFaultPlan,
  PodFaultPlan,
  PodTargetPlan,
} from '../contract/timeline-plan.js';

/** A name, and where it stands in the scenario. */
export interface Named {
  readonly name: string;
  readonly at: SourcePosition;
}

export interface TimelineInput {
  /** As reports call it. */
  readonly name: string;
  readonly at: SourcePosition;
  /**
   * Nanoseconds after the end of the warm-up, ascending; null: it has begun before the run. An empty list: it never happens within the run, and
   * its names are checked all the same.
   */
  readonly startsNs: readonly number[] | null;
  /** How long each time lasts; null: until the run ends; 0: it is over at once. */
  readonly durationNs: number | null;
  /** Within `durationNs`; 0 = at once. */
  readonly rampNs: number;
  readonly action: TimelineActionInput;
}

export type TimelineActionInput =
  | { readonly kind: 'pods'; readonly target: PodTargetInput; readonly fault: PodFaultPlan }
  | {
      readonly kind: 'link';
      /** null = from anywhere. */
      readonly from: LinkEndInput | null;
      /** null = to anywhere. */
      readonly to: LinkEndInput | null;
      readonly bothWays: boolean;
      readonly fault: LinkFaultPlan;
    }
  /** Nothing gets to a host outside of the cluster, or back. */
  | { readonly kind: 'down'; readonly host: Named }
  | IstiodActionPlan
  | RolloutInput
  | NodeActionInput
  | TrafficInput
  | DnsInput
  /** What is laid over the YAML of the cluster. */
  | { readonly kind: 'configuration'; readonly layer: ConfigurationLayer }
  /** `name`: a source of traffic; null = all of them. */
  | { readonly kind: 'clients'; readonly name: Named | null; readonly sharePerSecond: number | null };

/** What a host of a ServiceEntry resolves to. */
export interface DnsInput {
  readonly kind: 'dns';
  readonly host: Named;
  /** How many of its addresses; `fails`: an error. */
  readonly answers: { readonly count: number | 'fails'; readonly at: SourcePosition };
  readonly ttlSeconds: number;
}

export interface TrafficInput {
  readonly kind: 'traffic';
  /** A source of traffic; null = all of them. */
  readonly name: Named | null;
  readonly factor: number;
  /** Shares of requests by their names, together 1; absent: as ever. */
  readonly mix?: { readonly shares: readonly (Named & { readonly share: number })[]; readonly at: SourcePosition };
}

export interface NodeActionInput {
  readonly kind: 'nodes';
  readonly target: NodeTargetInput;
  readonly fault: NodeFaultPlan;
}

/** Nodes that all of this holds for. */
export interface NodeTargetInput {
  readonly node?: Named;
  readonly pool?: Named;
  /** `zone` or `region/zone`. */
  readonly zone?: Named;
  readonly labels?: { readonly labels: Readonly<Record<string, string>>; readonly at: SourcePosition };
  /** How many of them. */
  readonly count: PodTargetPlan['pods'];
}

/** What is asked of the controllers of a workload. */
export type RolloutInput =
  | { readonly kind: 'restart'; readonly workload: Named }
  | { readonly kind: 'scale'; readonly workload: Named; readonly replicas: number };

/** Pods that all of this holds for; a field that is absent says nothing, and at least one is there. */
export interface PodTargetInput {
  /** `name`, `name.namespace` or `namespace/name`, as of a service. */
  readonly workload?: Named;
  readonly service?: Named;
  readonly namespace?: Named;
  readonly labels?: { readonly labels: Readonly<Record<string, string>>; readonly at: SourcePosition };
  readonly version?: Named;
  /** `zone` or `region/zone`. */
  readonly zone?: Named;
  readonly region?: Named;
  readonly ordinals?: readonly { readonly ordinal: number; readonly at: SourcePosition }[];
  /** How many of them. */
  readonly pods: PodTargetPlan['pods'];
}

/** One end of links. `outside`: clients outside the mesh, and hosts outside of the cluster. */
export type LinkEndInput =
  | ({ readonly kind: 'workload' | 'service' | 'namespace' | 'zone' | 'region' } & Named)
  /** A pod of the workload that is named. */
  | ({ readonly kind: 'pod'; readonly ordinal: number } & Named)
  | { readonly kind: 'outside'; readonly at: SourcePosition };
