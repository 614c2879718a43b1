// The result of a run: what `results.json` holds and what every report is made of. Plain JSON with the unit in each name.
// A pure function of (plan, options, number of finished replications): no clock, host, absolute path or worker count.
import type { Diagnostic, FidelityEntry, SourcePosition } from '../../models/config/diagnostic.js';
import type { Mesh } from '../../models/plan/contract/plan.js';
import type { Finding, OriginSummary } from './findings-result.js';
import type { Measured } from './measured.js';
import type { RefusalReason } from './refusals.js';
import type { HappeningSummary, ImpactSummary, PhaseSummary, UntilRecoveredSummary } from './timeline-result.js';

/** The version of a `RunResult`; results.json has one of its own (result-file.ts). */
export const RESULT_SCHEMA = 'seatrial.results/1';

/** Milliseconds. A quantile is read from the histogram merged over all replications. */
export interface LatencySummary {
  /** Number of observations, all replications together. */
  readonly samples: number;
  readonly meanMs: Measured;
  readonly p50Ms: Measured;
  readonly p90Ms: Measured;
  readonly p99Ms: Measured;
  readonly p999Ms: Measured;
  /** Largest observation; null without any. */
  readonly maxMs: number | null;
}

/** Which latency occurred how often: `counts[i]` observations lie in `boundsMs[i]`..`boundsMs[i + 1]`. Both empty without any. */
export interface LatencyDistribution {
  /** Ascending, one more than counts; each at most an eighth above the one before (from 1 ns on). */
  readonly boundsMs: readonly number[];
  readonly counts: readonly number[];
}

/** Final outcomes of one kind, all replications together. */
export interface OutcomeSummary {
  /** HTTP status; 0 = no response (the client's time-out, a reset). */
  readonly status: number;
  /** Envoy's response flags, e.g. `URX,UF`; `` for none. */
  readonly flags: string;
  /** e.g. `200`, `503 UO`, `no response DC`. */
  readonly label: string;
  /** Not as their sender expects: an error. */
  readonly isError: boolean;
  readonly count: number;
  /** Share of all completed calls, 0..1. */
  readonly share: number;
}

/** Calls that proxies refused for one reason, all replications together. */
export interface RefusalSummary {
  readonly reason: RefusalReason;
  readonly count: number;
  /** Share of all completed calls, 0..1. */
  readonly share: number;
}

/** What became of the calls of a traffic request, an edge or a service. */
export interface FlowSummary {
  /** Answered or given up inside the measured window, per second of simulated time. */
  readonly servedPerSecond: Measured;
  /** Good answers per second. */
  readonly goodputPerSecond: Measured;
  /**
   * Share of calls that were answered as their sender expects, 0..1: as the request's `expect` says; by default below 400, or below 500 where the
   * application itself gave the answer and the scenario does not list it under `errors`.
   */
  readonly goodShare: Measured;
  /** All others: 1 − good. */
  readonly errorShare: Measured;
  /** Share of calls that a proxy refused, expected or not; and by what. */
  readonly refusedShare: Measured;
  readonly refusals: readonly RefusalSummary[];
  /** Of all calls. */
  readonly latency: LatencySummary;
  /** Of the good ones: this is what thresholds, SLOs and comparisons judge. */
  readonly goodLatency: LatencySummary;
  /** Sorted by status, then flags. */
  readonly outcomes: readonly OutcomeSummary[];
}

/** As the client sees it, its own time-out included. */
export interface ClientSummary extends FlowSummary {
  /** Arrivals inside the measured window, per second. */
  readonly offeredPerSecond: Measured;
  /** Since the intended start: differs from `latency` where a closed loop falls behind its schedule. */
  readonly intendedLatency: LatencySummary;
  /** Of `latency`, all replications together. */
  readonly latencyDistribution: LatencyDistribution;
  /** Where the bad answers first went wrong, most first. */
  readonly origins: readonly OriginSummary[];
}

export interface RequestSummary extends ClientSummary {
  readonly name: string;
}

export interface TrafficSummary extends ClientSummary {
  readonly name: string;
  readonly kind: 'open' | 'closed';
  readonly requests: readonly RequestSummary[];
}

/** As the callers' proxies see it: all attempts, waits and back-offs of a call included. */
export interface CallSummary extends FlowSummary {
  readonly retriesPerCall: Measured;
  readonly attemptsPerCall: Measured;
}

/** Calls of one class that ended at one workload. */
export interface RowSummary extends CallSummary {
  /** e.g. `GET /reviews`, or the name of a traffic request. */
  readonly request: string;
  /** `name.namespace` of the workload that answered; null: no upstream did. */
  readonly workload: string | null;
  readonly version: string;
}

export interface EdgeSummary extends CallSummary {
  readonly from: string;
  readonly to: string;
  readonly rows: readonly RowSummary[];
}

/** What the pods did; means over time, all pods together. */
export interface WorkSummary {
  readonly pods: number;
  readonly arrivalsPerSecond: Measured;
  readonly completedPerSecond: Measured;
  /** Refused because the application's queue was full, per second. */
  readonly overflowedPerSecond: Measured;
  /** Ended after their caller had gone, per second. */
  readonly wastedPerSecond: Measured;
  /** Requests in the application, and those of them that wait for a worker. */
  readonly inService: Measured;
  readonly queued: Measured;
  /** 0..1 of the CPU limit (or of the cores). */
  readonly cpuUtilisationShare: Measured;
  /** 0..1; 0 where workers are unlimited. */
  readonly workerUtilisationShare: Measured;
  /** 0..1 of the time of the proxies' worker threads. */
  readonly proxyUtilisationShare: Measured;
  /** Mean cores in use. */
  readonly appCpuCores: Measured;
  readonly proxyCpuCores: Measured;
  /** Mean number of pods that CFS holds back at an instant. */
  readonly throttledPods: Measured;
  /** In the application, from the arrival of a request to its response. */
  readonly applicationLatency: LatencySummary;
  /** Estimate for the fullest of the proxies at its peak in any replication, and the limit of its container; null without one. */
  readonly proxyMemoryBytes: number | null;
  readonly proxyMemoryLimitBytes: number | null;
  /** The same for the applications; absent where the scenario does not say what they need. */
  readonly appMemoryBytes?: number | undefined;
  readonly appMemoryLimitBytes?: number | null | undefined;
  /** In each replication the pod that is fullest, each kind for itself; means over replications. */
  readonly fullestPod: {
    readonly cpuUtilisationShare: Measured;
    readonly workerUtilisationShare: Measured;
    /** Of the CPU that its proxy may use, and of the time of the busiest of its threads. */
    readonly proxyUtilisationShare: Measured;
    readonly proxyThreadShare: Measured;
  };
  /** What the servers' proxies refused at the limits of their inbound clusters (503 UO in their own logs), or lost; all replications. */
  readonly inbound: {
    readonly pendingOverflow: number;
    readonly requestOverflow: number;
    readonly connectionOverflow: number;
    readonly lost: number;
  };
}

export interface WorkloadSummary extends WorkSummary {
  /** `name.namespace` */
  readonly name: string;
  readonly version: string;
}

export interface ServiceSummary extends WorkSummary {
  readonly name: string;
  readonly kind: 'app' | 'gateway' | 'client' | 'external' | 'waypoint' | 'ztunnel';
  /** Calls that it answered, or that were meant for it and reached no upstream; null where nothing calls it. */
  readonly calls: CallSummary | null;
  readonly workloads: readonly WorkloadSummary[];
}

/** Counters with Envoy's names: sums over replications; peaks: the highest of any replication. */
export interface ClusterSummary {
  readonly name: string;
  readonly host: string;
  readonly subset: string;
  readonly counters: Readonly<Record<string, number>>;
  readonly peaks: Readonly<Record<string, number>>;
  /** Circuit breakers, for each client's proxy by itself; null = unlimited. */
  readonly limits: {
    readonly connections: number | null;
    readonly pendingRequests: number | null;
    readonly requests: number | null;
    readonly retries: number | null;
  };
}

/** Means over replications per interval of the measured window; null where nothing was observed. */
export interface SeriesSummary {
  readonly intervalSeconds: number;
  readonly intervals: number;
  readonly traffic: readonly {
    readonly traffic: string;
    readonly request: string;
    readonly offeredPerSecond: readonly number[];
    readonly servedPerSecond: readonly number[];
    readonly errorsPerSecond: readonly number[];
    readonly meanMs: readonly (number | null)[];
    readonly p50Ms: readonly (number | null)[];
    readonly p99Ms: readonly (number | null)[];
  }[];
  readonly workloads: readonly {
    readonly name: string;
    readonly arrivalsPerSecond: readonly number[];
    readonly inService: readonly number[];
    /** 0..1 over each interval, as in WorkSummary. */
    readonly cpuUtilisationShare: readonly number[];
    readonly workerUtilisationShare: readonly number[];
    readonly proxyUtilisationShare: readonly number[];
    /** Pods that serve at the end of each interval; only where autoscalers act. */
    readonly replicas?: readonly number[] | undefined;
  }[];
  readonly clusters: readonly {
    readonly name: string;
    readonly retriesPerSecond: readonly number[];
    readonly ejections: readonly number[];
  }[];
}

/** One of Istio's own metrics at one proxy. */
export interface MetricSummary {
  /** e.g. `istio_requests_total` */
  readonly name: string;
  readonly tags: number;
  /** Combinations of values of its tags that were seen. */
  readonly labelSets: number;
  /** As Prometheus counts them: 22 for each label set of a histogram. */
  readonly series: number;
}

/** What the proxies of a workload report of the calls that its pods make (`source`), or answer (`destination`). */
export interface TelemetrySummary {
  /** `name.namespace` */
  readonly workload: string;
  readonly reporter: 'source' | 'destination';
  readonly pods: number;
  /** Of a proxy that has seen all that its workload has; those without a series are left out. */
  readonly metrics: readonly MetricSummary[];
  readonly seriesPerPod: number;
  /** Of all pods together: an upper bound. */
  readonly series: number;
  /** Of all pods: expected, as each proxy samples for itself. */
  readonly spansPerSecond: number;
  readonly logLinesPerSecond: number;
}

/** `inconclusive`: the interval holds the limit, or there is too little data for an interval. */
export type Verdict = 'pass' | 'fail' | 'inconclusive';

export interface SloResult {
  readonly name: string;
  /** Name of the traffic, `traffic.request`, or `` for all traffic. */
  readonly subject: string;
  readonly kind: 'latency' | 'availability';
  /** Good calls are good answers within this time; null for availability (good: as the request expects). */
  readonly latencyMs: number | null;
  /** Share of calls that ought to be good, 0..1. */
  readonly objectiveShare: number;
  readonly goodShare: Measured;
  /** (1 − good) / (1 − objective); 1 = the whole error budget. */
  readonly budgetUsedShare: number | null;
  readonly verdict: Verdict;
  readonly position: SourcePosition | null;
}

export interface ThresholdResult {
  /** As written, e.g. `checkout p(99) < 800ms`. */
  readonly text: string;
  /** e.g. `shoppers.checkout`, `service:frontend`; `` for all traffic. */
  readonly subject: string;
  /** e.g. `p(99)`, `errors`. */
  readonly metric: string;
  readonly unit: 'ms' | 'share' | 'perSecond';
  readonly comparison: '<' | '<=' | '>' | '>=';
  readonly limit: number;
  readonly value: Measured;
  readonly verdict: Verdict;
  readonly position: SourcePosition | null;
}

export interface RunResult {
  readonly schema: typeof RESULT_SCHEMA;
  /** `metadata.name` of the scenario. */
  readonly scenario: string;
  readonly seed: string;
  readonly istioVersion: string;
  /** Of the proxies, where it is another than the release of Istio carries. */
  readonly envoyVersion?: string | undefined;
  /** Whose proxies play a part; empty: nobody's. */
  readonly meshes: readonly Mesh[];
  /** The one of them that some pods are taken to be in, without a word of it in the YAML; absent: none. */
  readonly assumedMesh?: Mesh | undefined;
  /** Replications that the numbers come from: 0 .. replications − 1. */
  readonly replications: number;
  /** More than `replications` where the run was interrupted. */
  readonly replicationsRequested: number;
  readonly durationNs: number;
  /** Only where the run was to go on until all is as before; then `durationNs` is that of the longest replication. */
  readonly untilRecovered?: UntilRecoveredSummary | undefined;
  readonly warmupNs: number;
  readonly warmup: 'auto' | 'fixed';
  /** Simulated events, all replications. */
  readonly events: number;
  /** All traffic together. */
  readonly totals: ClientSummary;
  readonly traffic: readonly TrafficSummary[];
  readonly services: readonly ServiceSummary[];
  readonly edges: readonly EdgeSummary[];
  readonly clusters: readonly ClusterSummary[];
  readonly telemetry: readonly TelemetrySummary[];
  readonly series: SeriesSummary;
  /** Only where something of a timeline begins inside the run: its phases, what each entry did, and what happened in order. */
  readonly phases?: readonly PhaseSummary[] | undefined;
  readonly impacts?: readonly ImpactSummary[] | undefined;
  readonly happenings?: readonly HappeningSummary[] | undefined;
  readonly slos: readonly SloResult[];
  readonly thresholds: readonly ThresholdResult[];
  /** `fail` if a threshold failed; `inconclusive` if one is, or if the run is incomplete; SLOs inform, thresholds gate. */
  readonly verdict: Verdict;
  /** What acted, where, which line, and what follows from it; the culprit first. */
  readonly findings: readonly Finding[];
  /** Reasons not to trust the numbers: `short-warm-up`, `too-few-samples`, `stopped-early`, `interrupted`, `out-of-memory`, `overload` … */
  readonly warnings: readonly Diagnostic[];
  /** Findings about the input (no errors among them: those stop the run). */
  readonly diagnostics: readonly Diagnostic[];
  readonly fidelity: readonly FidelityEntry[];
}
