// A flow of calls as the result shows it: rates, errors, latency, outcomes, each number with its interval.
import { formatFlags } from '../models/mesh/flags.js';
import {
  type LatencyOf,
  measuredMeanMs,
  measuredPerCall,
  measuredQuantileMs,
  measuredRate,
  measuredShare,
} from './measure.js';
import type { CallSummary, ClientSummary, FlowSummary, LatencySummary, OutcomeSummary } from './run-result.js';
import { summariseDistribution } from './summarise-distribution.js';
import { type FlowTally, isError, mergedLatency, mergedOutcomes } from './tally.js';

const NS_PER_MS = 1e6;

export function summariseFlow(tally: FlowTally): FlowSummary {
  return {
    servedPerSecond: measuredRate(tally, (part) => part.calls),
    goodputPerSecond: measuredRate(tally, (part) => part.calls - part.errors),
    errorShare: measuredShare(tally, (part) => part.errors),
    latency: summariseLatency(tally, (part) => part.latency),
    outcomes: summariseOutcomes(tally),
  };
}

export function summariseClient(tally: FlowTally): ClientSummary {
  return {
    offeredPerSecond: measuredRate(tally, (part) => part.offered),
    ...summariseFlow(tally),
    intendedLatency: summariseLatency(tally, (part) => part.intendedLatency),
    latencyDistribution: summariseDistribution(mergedLatency(tally.parts, (part) => part.latency).toData()),
  };
}

export function summariseCalls(tally: FlowTally): CallSummary {
  return {
    ...summariseFlow(tally),
    retriesPerCall: measuredPerCall(tally, (part) => part.retries),
    attemptsPerCall: measuredPerCall(tally, (part) => part.attempts),
  };
}

export function summariseLatency(tally: FlowTally, latencyOf: LatencyOf): LatencySummary {
  const merged = mergedLatency(tally.parts, latencyOf);
  return {
    samples: merged.count,
    meanMs: measuredMeanMs(tally, latencyOf),
    p50Ms: measuredQuantileMs(tally, 0.5, latencyOf),
    p90Ms: measuredQuantileMs(tally, 0.9, latencyOf),
    p99Ms: measuredQuantileMs(tally, 0.99, latencyOf),
    p999Ms: measuredQuantileMs(tally, 0.999, latencyOf),
    maxMs: merged.count === 0 ? null : merged.max / NS_PER_MS,
  };
}

function summariseOutcomes(tally: FlowTally): OutcomeSummary[] {
  const outcomes = mergedOutcomes(tally.parts.map((part) => part.outcomes));
  const all = outcomes.reduce((sum, { count }) => sum + count, 0);
  return outcomes.map(({ status, flags, count }) => {
    const names = flags === 0 ? '' : formatFlags(flags);
    const label = [status === 0 ? 'no response' : String(status), names].filter((word) => word !== '').join(' ');
    return { status, flags: names, label, isError: isError(status), count, share: count / all };
  });
}
