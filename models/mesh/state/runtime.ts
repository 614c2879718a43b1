// The plan as the hot path reads it (run/runtime-plan.ts builds it): distributions compiled, delays turned into lanes, indices into references, weights
// cumulated, retry rules turned into a table by status. Nothing here changes while a run lasts.
import type { Distribution } from '../../../sim/distributions/index.js';
import type { ConfigurationFacts } from '../../plan/contract/configurations.js';
import type { CallStepPlan, ClusterPlan, LinkerdRetryPlan, MeshPlan } from '../../plan/contract/plan.js';
import type { FilterChainRt } from '../filters/filter.js';

/** A list of instructions; falls off its end when done. */
export type Program = readonly Instruction[];

export const OP = { work: 0, call: 1, parallel: 2, maybe: 3 } as const;

/** One step. All fields are always there, so that every instruction has one hidden class. */
export interface Instruction {
  readonly op: number;
  /** Number of this step in its handler: keys its draws. */
  readonly ordinal: number;
  readonly duration: Distribution | null;
  readonly cpuShare: number;
  readonly sameWork: boolean;
  /** Number of the site that the proxy of the caller looks up in its own configuration; -1 = none. */
  readonly site: number;
  readonly timeoutLane: number;
  readonly retries: number;
  readonly onError: CallStepPlan['onError'];
  readonly failStatus: number;
  readonly branches: readonly Program[];
  readonly probability: number;
}

/** The errors that an application gives by itself. */
export interface ErrorsRt {
  readonly status: Int32Array;
  /** Cumulative probabilities, aligned with `status`. */
  readonly below: Float64Array;
  /** Of the response to each error: what is unusual about it (MARK), and when it says to come back. */
  readonly marks: Uint8Array;
  readonly retryAfterNs: Float64Array;
}

export interface HandlerRt {
  readonly program: Program;
  readonly errors: ErrorsRt;
  /** Body of its good answers, or BODY_OF_CALL. */
  readonly responseBytes: number;
}

/** The proxy closes the connection of its client instead of answering. */
export const RESPOND_NOTHING = -1;

export interface RetryRt {
  readonly retries: number;
  /** 1 where a response of that status is retried. */
  readonly statuses: Uint8Array;
  /** Sets of bits by RESET that are retried, before and after bytes of the request have gone upstream. */
  readonly resetsBefore: number;
  readonly resetsAfter: number;
  readonly onRateLimited: boolean;
  readonly hedges: boolean;
  readonly rateLimitedMaxNs: number;
  readonly backoffBaseMs: number;
  readonly backoffMaxMs: number;
  readonly avoidPreviousHosts: boolean;
  readonly hostSelectionAttempts: number;
  /** Tries after which priorities that were tried are left out; 0 = never. */
  readonly previousPriorities: number;
  /** Whether it matters which hosts were tried. */
  readonly remembersHosts: boolean;
  /** Null: Envoy's. */
  readonly linkerd: LinkerdRetryPlan | null;
}

/** The connections on which calls come to the proxy of their caller. */
export interface DownstreamRt {
  /** Calls of a pod to the same service share its connections: number of the edge among those of its caller, and a hash of the edge's name. */
  readonly group: number;
  readonly key: number;
  /** HTTP/2: one connection carries all. */
  readonly multiplexed: boolean;
}

/** A hash policy made ready. */
export interface HashKeyRt {
  readonly kind: number;
  /** Hash of the constant text. */
  readonly hi: number;
  readonly lo: number;
  /** Attributes of the request whose numbers follow. */
  readonly attributes: readonly number[];
}

/** What a request meets at the endpoints of a group, and what it counts for. */
export interface ArrivalRt {
  readonly handler: HandlerRt;
  /** Number of what the server's proxy does; the server looks it up in its own configuration. */
  readonly chain: number;
  readonly row: number;
}

/** A cluster as the pods of one workload use it, and what happens at its endpoints. */
export interface ClusterUseRt {
  readonly cluster: ClusterPlan | null;
  readonly clusterIndex: number;
  /** Index into the caller pod's `clusters`. */
  readonly local: number;
  /** By group: what a request meets there. */
  readonly arrivals: readonly ArrivalRt[];
  /** By group: what a gateway of another network makes of it; null where none is in between. Null: nowhere. */
  readonly beyond: readonly (ClusterUseRt | null)[] | null;
}

export interface DestinationRt extends ClusterUseRt {
  /** The answer where there is no cluster. */
  readonly missingStatus: number;
  readonly localRow: number;
  /** What a consistent hash looks at. */
  readonly hash: readonly HashKeyRt[];
  /** The limit of a try that is reached first (TRY_LIMIT), and its lane; the cluster's longest duration after it (0 = none). */
  readonly tryLimit: number;
  readonly tryLane: number;
  readonly afterSoftNs: number;
}

export interface SiteRt {
  readonly caller: number;
  readonly row: number;
  /** Filters before the router, faults among them; null for none. */
  readonly filters: FilterChainRt | null;
  /** Status of a reply by the proxy itself; 0 = forward, RESPOND_NOTHING = it closes the connection. */
  readonly respondStatus: number;
  readonly respondFlags: number;
  readonly destinations: readonly DestinationRt[];
  readonly weightBelow: Float64Array;
  readonly mirrors: readonly { readonly probability: number; readonly site: SiteRt }[];
  readonly timeoutLane: number;
  readonly retry: RetryRt | null;
  readonly grpc: boolean;
  /** The limit of the whole stream that is reached first, and the flag of its answer; -1 = none. */
  readonly streamLane: number;
  readonly streamFlag: number;
  /** Calls go past the proxy of their caller. */
  readonly skipsProxy: boolean;
  /** Body of its requests. */
  readonly requestBytes: number;
  /** The connections on which calls come to the proxy of their caller. */
  readonly downstream: DownstreamRt;
  /** Calls go by connections of the caller's own; null: its proxy chooses for each. */
  readonly connections: CallerConnectionsRt | null;
}

export interface CallerConnectionsRt {
  /** Calls of a pod to the same destinations share their connections: number of these destinations. */
  readonly group: number;
  readonly opaque: boolean;
  readonly shared: boolean;
  /** Calls at once on one connection. */
  readonly maxStreams: number;
  /** Infinity = never. */
  readonly idleNs: number;
  readonly proxyIdleNs: number;
  readonly ageLane: number;
  readonly connectAttempts: number;
  /** Counters and load count connections, as a TCP proxy does, not requests. */
  readonly counted: boolean;
}

/** A version of the configuration: what a proxy goes by that has it. */
export interface RuntimePlan {
  readonly plan: MeshPlan;
  /** From 0, in the order in which versions come to hold. */
  readonly version: number;
  /** By workload: the services that its pods call, with their numbers; over all versions. */
  readonly edgesOf: readonly ReadonlyMap<number, number>[];
  readonly sites: readonly SiteRt[];
  readonly handlers: readonly HandlerRt[];
  /** Filters in front of the applications of servers; null for none. */
  readonly chains: readonly (FilterChainRt | null)[];
  /** By workload, and by the number (`local`) of a cluster at its proxies; none where nothing in this version leads there. */
  readonly clusters: readonly (readonly (ClusterUseRt | undefined)[])[];
  /** Names of clusters that no proxy has. */
  readonly missing: ReadonlySet<string>;
  /** Null where the configuration does not change. */
  readonly facts: ConfigurationFacts | null;
}
