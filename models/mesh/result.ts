// What one replication observed: plain numbers that can be posted between threads and added up. Arrays are aligned with the
// plan: `rows[i]` belongs to `plan.rows[i]`. Only what completed inside the measured window [0, duration) counts, except
// `calls`, which balances the whole run.
import type { HistogramData } from '../../sim/statistics/histogram.js';

export interface ReplicationResult {
  readonly replication: number;
  readonly measuredNs: number;
  readonly warmupNs: number;
  readonly events: number;
  /** Whole run with its warm-up: started = ended + inFlight. */
  readonly calls: { readonly started: number; readonly ended: number; readonly inFlight: number };
  readonly rows: readonly RowResult[];
  readonly traffic: readonly TrafficResult[];
  readonly workloads: readonly WorkloadResult[];
  readonly clusters: readonly ClusterResult[];
  readonly series: SeriesResult;
  /** A bound was hit and the run ended early: `max-events`; null = complete. */
  readonly stopped: 'max-events' | 'max-memory' | null;
}

/** Calls with their final outcome; flags are a set of bits (models/mesh/flags.ts). status 0 = no response. */
export interface OutcomeCount {
  readonly status: number;
  readonly flags: number;
  readonly count: number;
}

export interface RowResult {
  /** Calls whose last attempt belongs to this row. */
  readonly calls: number;
  /** Attempts sent to (or refused for) this row's endpoint, the first one and retries. */
  readonly attempts: number;
  readonly retries: number;
  readonly outcomes: readonly OutcomeCount[];
  /** Duration of calls as the caller's proxy sees them, all attempts and waits included; nanoseconds. */
  readonly latency: HistogramData;
}

/** One per request of each traffic source, as the client sees it (its own time-out included). */
export interface TrafficResult {
  readonly traffic: number;
  readonly request: number;
  /** Arrivals inside the window. */
  readonly offered: number;
  readonly completed: number;
  readonly outcomes: readonly OutcomeCount[];
  readonly latency: HistogramData;
  /** Time since the intended start (closed loops fall behind their schedule); equal to `latency` for open loops. */
  readonly intendedLatency: HistogramData;
}

export interface WorkloadResult {
  readonly arrivals: number;
  readonly completed: number;
  /** Refused because the application's queue was full. */
  readonly overflowed: number;
  /** Ended after their caller had gone. */
  readonly wasted: number;
  /** Mean number of requests in the application, over time, all pods together. */
  readonly inService: number;
  /** Mean number of requests that wait for a worker. */
  readonly queued: number;
  /** CPU seconds used by the application / CPU seconds available (its limit or cores), 0..1. */
  readonly cpuUtilisation: number;
  /** Mean share of the workers that are held, 0..1; 0 where workers are unlimited. */
  readonly workerUtilisation: number;
  /** CPU used by the proxies / time of their worker threads, 0..1. */
  readonly proxyUtilisation: number;
  /** CPU nanoseconds used by the application and by the proxy, all pods. */
  readonly appCpuNs: number;
  readonly proxyCpuNs: number;
  /** Seconds in which CFS held the application back, all pods, in nanoseconds. */
  readonly throttledNs: number;
  /** Duration in the application, from arrival to its response. */
  readonly latency: HistogramData;
  /** Highest number of connections that one pod held at any time, the warm-up included. */
  readonly peakPodConnections: number;
  /** Highest number of requests that the application of one pod held at any time, the warm-up included. */
  readonly peakPodRequests: number;
}

/** Counters of a cluster over all client proxies; the names are Envoy's. */
export interface ClusterResult {
  readonly upstreamRqTotal: number;
  readonly upstreamRqRetry: number;
  readonly upstreamRqRetryOverflow: number;
  readonly upstreamRqRetryLimitExceeded: number;
  readonly upstreamRqPendingOverflow: number;
  readonly upstreamRqActiveOverflow: number;
  readonly upstreamRqPendingFailureEject: number;
  readonly upstreamRqTimeout: number;
  readonly upstreamRqPerTryTimeout: number;
  readonly upstreamRqCancelled: number;
  readonly upstreamCxTotal: number;
  readonly upstreamCxOverflow: number;
  readonly upstreamCxConnectFail: number;
  readonly upstreamCxMaxRequests: number;
  readonly upstreamCxIdleTimeout: number;
  readonly upstreamCxNoneHealthy: number;
  readonly lbHealthyPanic: number;
  readonly ejectionsEnforced: number;
  readonly ejectionsOverflow: number;
  /** Highest number of active requests, connections and pending requests that one proxy process held at any time. */
  readonly peakActiveRequests: number;
  readonly peakConnections: number;
  readonly peakPendingRequests: number;
  readonly peakRetries: number;
  readonly upstreamCxConnectTimeout: number;
  /** Connections that reached max_connection_duration. */
  readonly upstreamCxMaxDuration: number;
  /** Retries that were the last: their request needed no other. */
  readonly upstreamRqRetrySuccess: number;
  readonly upstreamRqPerTryIdleTimeout: number;
  readonly upstreamRqMaxDurationReached: number;
  /** Times that outlier detection found a host bad, ejected or not. */
  readonly ejectionsDetected: number;
  /** Active health checks. */
  readonly healthCheckAttempt: number;
  readonly healthCheckFailure: number;
}

/** Values per interval of the measured window, at most some hundreds of intervals. */
export interface SeriesResult {
  readonly intervalNs: number;
  readonly intervals: number;
  /** One per (traffic, request), aligned with `ReplicationResult.traffic`. */
  readonly traffic: readonly {
    readonly offered: readonly number[];
    readonly completed: readonly number[];
    readonly errors: readonly number[];
    readonly latencySumNs: readonly number[];
    /** Histograms with few buckets, for percentiles over time. */
    readonly latency: readonly HistogramData[];
  }[];
  /** One per workload: arrivals at, and requests in, its applications at the end of each interval. */
  readonly workloads: readonly { readonly arrivals: readonly number[]; readonly inService: readonly number[] }[];
  /** One per cluster. */
  readonly clusters: readonly { readonly retries: readonly number[]; readonly ejections: readonly number[] }[];
}
