// The phases of a run with a timeline: what they are called, and what the clients got in each of them.
import { type PhaseEdge, type PhaseFlowResult, type PhaseSpan, phasesOf } from '../../models/mesh/recording/phases.js';
import type { ReplicationResult } from '../../models/mesh/recording/result.js';
import type { MeshPlan } from '../../models/plan/contract/plan.js';
import type { TimelineEntryPlan } from '../../models/plan/contract/timeline-plan.js';
import { Histogram } from '../../sim/statistics/index.js';
import type { PhaseFlowSummary, PhaseSummary } from '../result/timeline-result.js';
import type { FlowPart, FlowTally } from '../tally/flow.js';
import { measuredQuantileMs, measuredRate, measuredShare } from '../tally/measure.js';
import { entryNames } from './entry-names.js';

const NS_PER_SECOND = 1e9;

/** @param durationNs length of the measured window. @param reachedNs of the longest replication, where the run was to end when all is as before */
export function summarisePhases(
  plan: MeshPlan,
  durationNs: number,
  results: readonly ReplicationResult[],
  reachedNs = durationNs,
): PhaseSummary[] {
  const spans = phasesOf(plan.timeline, durationNs);
  const called = entryNames(plan.timeline);
  const names = phaseNames(spans, plan.timeline);
  const requests = (results[0]?.traffic ?? []).map(({ traffic }) => traffic);
  return spans.map((span, i) => {
    const tally = (keeps: (traffic: number) => boolean): FlowTally => ({
      parts: results.flatMap((result) => phasePart(result, span, i, keeps) ?? []),
      batches: [],
    });
    return {
      name: names[i],
      fromSeconds: span.fromNs / NS_PER_SECOND,
      toSeconds: Math.min(span.toNs, reachedNs) / NS_PER_SECOND,
      entries: span.active.map(({ entry }) => called[entry]),
      all: summariseFlow(tally(() => true)),
      traffic: plan.traffic.map(({ name }, t) => ({ name, ...summariseFlow(tally((own) => own === t)) })),
    };
  });

  /** null: the replication ended before. */
  function phasePart(
    { measuredNs, phases }: ReplicationResult,
    { fromNs, toNs }: PhaseSpan,
    i: number,
    keeps: (traffic: number) => boolean,
  ): FlowPart | null {
    const own = (phases?.[i] ?? []).filter((_, request) => keeps(requests[request]));
    return measuredNs <= fromNs ? null : partOf(own, Math.min(toNs, measuredNs) - fromNs);
  }
}

function partOf(flows: readonly PhaseFlowResult[], measuredNs: number): FlowPart {
  const sum = (of: (flow: PhaseFlowResult) => number): number => flows.reduce((total, flow) => total + of(flow), 0);
  const goodLatency = new Histogram(flows[0]?.goodLatency.resolution);
  for (const flow of flows) goodLatency.merge(Histogram.fromData(flow.goodLatency));
  const calls = sum(({ completed }) => completed);
  const good = sum((flow) => flow.good);
  return {
    measuredNs,
    offered: sum(({ offered }) => offered),
    calls,
    good,
    errors: calls - good,
    refused: 0,
    attempts: calls,
    retries: 0,
    outcomes: [],
    causes: [],
    latency: goodLatency,
    goodLatency,
    intendedLatency: goodLatency,
  };
}

function summariseFlow(tally: FlowTally): PhaseFlowSummary {
  return {
    offeredPerSecond: measuredRate(tally, ({ offered }) => offered),
    servedPerSecond: measuredRate(tally, ({ calls }) => calls),
    goodputPerSecond: measuredRate(tally, ({ good }) => good),
    errorShare: measuredShare(tally, ({ errors }) => errors),
    p50Ms: measuredQuantileMs(tally, 0.5, ({ goodLatency }) => goodLatency),
    p99Ms: measuredQuantileMs(tally, 0.99, ({ goodLatency }) => goodLatency),
  };
}

/** `before`; what holds, joined by ` + `; and what has just ended, where that is what sets the phase apart. */
export function phaseNames(spans: readonly PhaseSpan[], timeline: readonly TimelineEntryPlan[]): string[] {
  const called = entryNames(timeline);
  const times = new Map<number, number>();
  for (const { begun } of spans)
    for (const { entry, time } of begun) times.set(entry, Math.max(times.get(entry) ?? 0, time + 1));
  const nameOf = ({ entry, time, joined }: PhaseEdge): string => {
    const name = called[entry];
    if (joined > 1) return `${name}, ${joined} times`;
    return (times.get(entry) ?? 0) > 1 ? `${name} #${time + 1}` : name;
  };
  let last: readonly PhaseEdge[] = [];
  return spans.map(({ active, begun, ended }, i) => {
    // What joined phases hold within them is over in some of it only.
    const over = ended.filter((edge) => !active.some((own) => own.entry === edge.entry && own.time === edge.time));
    if (over.length > 0) last = over;
    const held = active.map(nameOf).join(' + ');
    if (i === 0 && active.length === 0 && begun.length === 0) return 'before';
    if (active.length === 0) return `after ${last.map(nameOf).join(' + ')}`;
    return over.length === 0 ? held : `${held}, after ${over.map(nameOf).join(' + ')}`;
  });
}
