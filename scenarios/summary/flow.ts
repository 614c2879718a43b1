// A flow of calls as the result shows it: rates, errors, latency, outcomes, each number with its interval.
import { readCause } from '../../models/mesh/recording/cause.js';
import { formatFlags } from '../../models/mesh/recording/flags.js';
import type { MeshPlan } from '../../models/plan/contract/plan.js';
import type { OriginSummary } from '../result/findings-result.js';
import { REFUSAL_REASONS, refusalOf } from '../result/refusals.js';
import type {
  CallSummary,
  ClientSummary,
  FlowSummary,
  LatencySummary,
  OutcomeSummary,
  RefusalSummary,
} from '../result/run-result.js';
import type { FlowTally } from '../tally/flow.js';
import {
  type LatencyOf,
  measuredMeanMs,
  measuredPerCall,
  measuredQuantileMs,
  measuredRate,
  measuredShare,
} from '../tally/measure.js';
import { placeName } from '../tally/places.js';
import { mergedCauses, mergedLatency, mergedOutcomes } from '../tally/tally.js';
import { summariseDistribution } from './distribution.js';

const NS_PER_MS = 1e6;

export function summariseFlow(plan: MeshPlan, tally: FlowTally): FlowSummary {
  return {
    servedPerSecond: measuredRate(tally, (part) => part.calls),
    goodputPerSecond: measuredRate(tally, (part) => part.good),
    goodShare: measuredShare(tally, (part) => part.good),
    errorShare: measuredShare(tally, (part) => part.errors),
    refusedShare: measuredShare(tally, (part) => part.refused),
    refusals: summariseRefusals(plan, tally),
    latency: summariseLatency(tally, (part) => part.latency),
    goodLatency: summariseLatency(tally, (part) => part.goodLatency),
    outcomes: summariseOutcomes(tally),
  };
}

export function summariseClient(plan: MeshPlan, tally: FlowTally): ClientSummary {
  return {
    offeredPerSecond: measuredRate(tally, (part) => part.offered),
    ...summariseFlow(plan, tally),
    intendedLatency: summariseLatency(tally, (part) => part.intendedLatency),
    latencyDistribution: summariseDistribution(mergedLatency(tally.parts, (part) => part.latency).toData()),
    origins: summariseOrigins(plan, tally),
  };
}

export function summariseCalls(plan: MeshPlan, tally: FlowTally): CallSummary {
  return {
    ...summariseFlow(plan, tally),
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
  return outcomes.map(({ status, flags, good, count }) => {
    const names = flags === 0 ? '' : formatFlags(flags, status === 0);
    const label = [status === 0 ? 'no response' : String(status), names].filter((word) => word !== '').join(' ');
    return { status, flags: names, label, isError: !good, count, share: count / all };
  });
}

function summariseRefusals(plan: MeshPlan, tally: FlowTally): RefusalSummary[] {
  const calls = tally.parts.reduce((sum, part) => sum + part.calls, 0);
  const counts = new Map<string, number>();
  for (const { cause, count } of mergedCauses(tally.parts.map((part) => part.causes))) {
    const reason = refusalOf(plan, cause);
    if (reason !== null) counts.set(reason, (counts.get(reason) ?? 0) + count);
  }
  return REFUSAL_REASONS.flatMap((reason) => {
    const count = counts.get(reason) ?? 0;
    return count === 0 ? [] : [{ reason, count, share: count / calls }];
  });
}

function summariseOrigins(plan: MeshPlan, tally: FlowTally): OriginSummary[] {
  const calls = tally.parts.reduce((sum, part) => sum + part.calls, 0);
  return mergedCauses(tally.parts.map((part) => part.causes))
    .map(({ cause, good, count }): OriginSummary => {
      const { reason } = readCause(cause);
      return { reason, place: placeName(plan, cause), isExpected: good, count, share: count / calls };
    })
    .sort((a, b) => b.count - a.count);
}
