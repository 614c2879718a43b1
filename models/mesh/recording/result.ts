// What one replication observed: plain numbers that can be posted between threads and added up. Arrays are aligned with the
// plan: `rows[i]` belongs to `plan.rows[i]`. Only what completed inside the measured window [0, duration) counts, except
// `calls`, which balances the whole run.
import type { HistogramData } from '../../../sim/statistics/histogram.js';
import type { CustomersResult } from './customers.js';
import type { HappeningResult } from './happenings.js';
import type { PhaseResult } from './phases.js';

export interface ReplicationResult {
  readonly replication: number;
  /** Less than the duration where a bound was hit; 0 where that was in the warm-up, of which nothing counts. */
  readonly measuredNs: number;
  readonly warmupNs: number;
  readonly events: number;
  /** Whole run with its warm-up: started = ended + inFlight. */
  readonly calls: { readonly started: number; readonly ended: number; readonly inFlight: number };
  readonly rows: readonly RowResult[];
  readonly traffic: readonly TrafficResult[];
  readonly workloads: readonly WorkloadResult[];
  readonly clusters: readonly ClusterResult[];
  /** Where packets were lost, by pair of localities; without the pairs that have lost none. */
  readonly losses: readonly LossResult[];
  /** What happened besides requests, in order; absent where there is no timeline and nothing was scaled. Times before 0 lie in the warm-up. */
  readonly happenings?: readonly HappeningResult[];
  readonly series: SeriesResult;
  /** One per phase of the plan's timeline (phases.ts), those that the run did not reach included; only where something begins inside the run. */
  readonly phases?: readonly PhaseResult[];
  /** Aligned with `traffic`; only where they were asked for. */
  readonly customers?: readonly CustomersResult[];
  /** A bound was hit and the run ended early: `max-events`; null = complete. */
  readonly stopped: 'max-events' | 'max-memory' | null;
}

/** Messages of requests from one locality to another (indices of the plan's) that have lost packets, and the time that the retransmissions took. */
export interface LossResult {
  readonly from: number;
  readonly to: number;
  readonly lost: number;
  readonly lostNs: number;
}

/** Calls with their final outcome; flags are a set of bits (models/mesh/flags.ts). status 0 = no response. */
export interface OutcomeCount {
  readonly status: number;
  readonly flags: number;
  /** Answered as their sender expects. */
  readonly good: boolean;
  readonly count: number;
}

/** Calls by where their answer first went wrong (models/mesh/cause.ts); `good`: it was expected. */
export interface CauseCount {
  readonly cause: number;
  readonly good: boolean;
  readonly count: number;
}

/** What became of calls. */
export interface EndsResult {
  /** Answered as their sender expects. */
  readonly good: number;
  readonly outcomes: readonly OutcomeCount[];
  /** Every bad answer has a cause. */
  readonly causes: readonly CauseCount[];
  /** Nanoseconds; of all calls, and of the good ones. */
  readonly latency: HistogramData;
  readonly goodLatency: HistogramData;
}

/** `latency`: duration of calls as the caller's proxy sees them, all attempts and waits included. */
export interface RowResult extends EndsResult {
  /** Calls whose last attempt belongs to this row. */
  readonly calls: number;
  /** Attempts sent to (or refused for) this row's endpoint, the first one and retries. */
  readonly attempts: number;
  readonly retries: number;
  /** Time-outs that acted, by TIMEOUT: of the route, of a try, of the stream, of the caller's application. */
  readonly timeouts: readonly number[];
}

/** One per request of each traffic source, as the client sees it (its own time-out included). */
export interface TrafficResult extends EndsResult {
  readonly traffic: number;
  readonly request: number;
  /** Arrivals inside the window. */
  readonly offered: number;
  readonly completed: number;
  /** Time since the intended start (closed loops fall behind their schedule); equal to `latency` for open loops. */
  readonly intendedLatency: HistogramData;
  /** Requests under way at the end, by what they wait for. */
  readonly waiting: readonly { readonly cause: number; readonly count: number }[];
}

export interface WorkloadResult {
  readonly arrivals: number;
  readonly completed: number;
  /** Refused because the application's queue was full. */
  readonly overflowed: number;
  /** Ended after their caller had gone. */
  readonly wasted: number;
  /** Refused at the limits of the proxies' inbound clusters; lost on connections that the application had closed. */
  readonly inboundPendingOverflow: number;
  readonly inboundRequestOverflow: number;
  readonly inboundConnectionOverflow: number;
  readonly inboundLost: number;
  /** Each pod by itself, by its ordinal. */
  readonly pods: readonly PodResult[];
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
  /** Time that requests were in want of CPU: others had it, or the limit was used up; all pods, in nanoseconds. */
  readonly cpuWaitNs: number;
  /** Time that the application's own work waited for nobody (the part of `work` that is no CPU). */
  readonly pauseNs: number;
  /** Time that requests and responses waited for threads of the proxies, and requests for a connection to the application. */
  readonly proxyWaitNs: number;
  readonly inboundWaitNs: number;
  /** Duration in the application, from arrival to its response. */
  readonly latency: HistogramData;
  /** Highest number of connections that one pod held at any time, the warm-up included. */
  readonly peakPodConnections: number;
  /** Highest number of requests that the application of one pod held at any time, the warm-up included. */
  readonly peakPodRequests: number;
}

export interface PodResult {
  /** Means over the window, as those of the workload. */
  readonly cpuUtilisation: number;
  readonly throttledNs: number;
  readonly workerUtilisation: number;
  readonly queued: number;
  /** CPU used by the proxy / CPU that it may use (its threads, or its limit), 0..1; and the time that its busiest thread is busy. */
  readonly proxyUtilisation: number;
  readonly busiestThread: number;
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
  /** Picks of a host of another priority than the first: another locality, mostly. */
  readonly picksBeyondFirstPriority: number;
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
  /** Requests that waited for a connection, and nanoseconds that they waited. */
  readonly pendingWaits: number;
  readonly pendingWaitNs: number;
  /** Nanoseconds of back-off before retries. */
  readonly backoffNs: number;
  /** Hosts that stood ejected when the window began, over all client proxies. */
  readonly ejectedAtStart: number;
}

/** Values per interval of the measured window, at most some hundreds of intervals. */
export interface SeriesResult {
  readonly intervalNs: number;
  /** Those that the run reached; the last one may be shorter than the others. */
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
  /**
   * One per workload, over each interval: application CPU of what its limit or cores allow, workers held of all, CPU of the proxies of the time
   * of their threads; 0..1, and 0 where there is no such limit.
   */
  readonly busy: readonly {
    readonly cpu: readonly number[];
    readonly workers: readonly number[];
    readonly proxy: readonly number[];
  }[];
  /** One per workload: its pods that serve at the end of each interval; only where autoscalers act. */
  readonly replicas?: readonly (readonly number[])[];
}
