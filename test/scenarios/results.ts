// Hand-made replications of `smallPlan`, for tests of what is concluded from them.
import { causeOf, REASONS } from '../../models/mesh/recording/cause.js';
import { FLAG } from '../../models/mesh/recording/flags.js';
import type { ReplicationResult } from '../../models/mesh/recording/result.js';
import { Histogram, type HistogramData } from '../../sim/statistics/index.js';

export interface FakeReplication {
  readonly replication?: number;
  /** Latencies of the calls in milliseconds; all were answered with 200, except those listed in `failed`. */
  readonly latenciesMs: readonly number[];
  /** How many of the calls ended with 503 UO. */
  readonly failed?: number;
  readonly unanswered?: number;
  readonly retries?: number;
  readonly measuredNs?: number;
  readonly stopped?: 'max-events' | null;
  readonly intervals?: number;
}

const NS_PER_MS = 1e6;

export function histogramOf(latenciesMs: readonly number[]): HistogramData {
  const histogram = new Histogram();
  for (const latencyMs of latenciesMs) histogram.record(latencyMs * NS_PER_MS);
  return histogram.toData();
}

const NO_COUNTERS = {
  upstreamRqTotal: 10,
  pendingWaits: 0,
  picksBeyondFirstPriority: 0,
  pendingWaitNs: 0,
  backoffNs: 0,
  ejectedAtStart: 0,
  upstreamRqRetry: 0,
  upstreamRqRetryOverflow: 0,
  upstreamRqRetryLimitExceeded: 0,
  upstreamRqPendingOverflow: 0,
  upstreamRqActiveOverflow: 0,
  upstreamRqPendingFailureEject: 0,
  upstreamRqTimeout: 0,
  upstreamRqPerTryTimeout: 0,
  upstreamRqCancelled: 0,
  upstreamCxTotal: 0,
  upstreamCxOverflow: 0,
  upstreamCxConnectFail: 0,
  upstreamCxMaxRequests: 0,
  upstreamCxIdleTimeout: 0,
  upstreamCxNoneHealthy: 0,
  lbHealthyPanic: 0,
  ejectionsEnforced: 0,
  ejectionsOverflow: 0,
  upstreamRqRetrySuccess: 0,
  upstreamRqPerTryIdleTimeout: 0,
  upstreamRqMaxDurationReached: 0,
  ejectionsDetected: 0,
  healthCheckAttempt: 0,
  healthCheckFailure: 0,
  peakActiveRequests: 0,
  peakConnections: 0,
  peakPendingRequests: 0,
  peakRetries: 0,
  upstreamCxConnectTimeout: 0,
  upstreamCxMaxDuration: 0,
};

/** One traffic source with one request, one edge, the calls spread evenly over `intervals` of a second (default 10). */
export function fakeReplication(fake: FakeReplication): ReplicationResult {
  const { latenciesMs, failed = 0, unanswered = 0, retries = 0, intervals = 10 } = fake;
  const calls = latenciesMs.length;
  const outcomes = [
    { status: 200, flags: 0, good: true, count: calls - failed },
    { status: 503, flags: FLAG.UO, good: false, count: failed },
  ].filter(({ count }) => count > 0);
  const latency = histogramOf(latenciesMs);
  const causes = failed === 0 ? [] : [{ cause: causeOf(REASONS['request limit'], 0), good: false, count: failed }];
  const good = calls - failed;
  const ends = { good, outcomes, causes, latency, goodLatency: histogramOf(latenciesMs.slice(0, good)) };
  const timeouts = [0, 0, 0, 0];
  const noEnds = { good: 0, outcomes: [], causes: [] };
  const measuredNs = fake.measuredNs ?? intervals * 1e9;
  const perInterval = Array.from({ length: intervals }, (_, i) =>
    latenciesMs.filter((_ms, call) => call % intervals === i),
  );
  const workload = {
    arrivals: calls,
    completed: calls,
    overflowed: 0,
    wasted: 0,
    inboundPendingOverflow: 0,
    inboundRequestOverflow: 0,
    inboundConnectionOverflow: 0,
    inboundLost: 0,
    pods: [],
    inService: calls / 10,
    queued: 0,
    cpuUtilisation: 0.5,
    workerUtilisation: 0,
    proxyUtilisation: 0,
    appCpuNs: measuredNs / 2,
    proxyCpuNs: 0,
    throttledNs: 0,
    cpuWaitNs: 0,
    pauseNs: 0,
    proxyWaitNs: 0,
    inboundWaitNs: 0,
    latency,
    peakPodConnections: 0,
    peakPodRequests: 0,
  };
  return {
    replication: fake.replication ?? 0,
    measuredNs,
    warmupNs: 0,
    events: 100,
    calls: { started: calls + unanswered, ended: calls, inFlight: unanswered },
    rows: [
      { calls, attempts: calls + retries, retries, timeouts, ...ends },
      {
        calls: 0,
        attempts: 0,
        retries: 0,
        timeouts,
        ...noEnds,
        latency: histogramOf([]),
        goodLatency: histogramOf([]),
      },
    ],
    traffic: [
      {
        traffic: 0,
        request: 0,
        offered: calls + unanswered,
        completed: calls,
        ...ends,
        intendedLatency: latency,
        waiting: [],
      },
    ],
    workloads: [workload, workload],
    losses: [],
    clusters: [{ ...NO_COUNTERS, peakConnections: (fake.replication ?? 0) + 1 }],
    series: {
      intervalNs: 1e9,
      intervals,
      traffic: [
        {
          offered: perInterval.map((list) => list.length),
          completed: perInterval.map((list) => list.length),
          errors: perInterval.map(() => 0),
          latencySumNs: perInterval.map((list) => list.reduce((sum, ms) => sum + ms * NS_PER_MS, 0)),
          latency: perInterval.map(histogramOf),
        },
      ],
      workloads: [0, 1].map(() => ({
        arrivals: perInterval.map((list) => list.length),
        inService: perInterval.map(() => 1),
      })),
      clusters: [{ retries: perInterval.map(() => 0), ejections: perInterval.map(() => 0) }],
      busy: [0, 1].map((share) => ({
        cpu: perInterval.map((list) => (list.length > 0 ? share : 0)),
        workers: perInterval.map(() => 0),
        proxy: perInterval.map(() => share / 4),
      })),
    },
    stopped: fake.stopped ?? null,
  };
}
