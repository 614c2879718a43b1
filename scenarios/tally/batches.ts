// One replication cut into consecutive batches, from its time series, where there are no other replications to compare with.
// Source: Law, Simulation Modeling and Analysis, §9.5.3 (batch means).
import type { ReplicationResult, SeriesResult, TrafficResult } from '../../models/mesh/recording/result.js';
import { Histogram } from '../../sim/statistics/index.js';
import type { FlowPart } from './flow.js';

const BATCHES = 20;

/** 20 batches of equal length; empty where the series has fewer intervals. What does not fit is left out at the front. */
export function clientBatches(result: ReplicationResult, entries: readonly TrafficResult[]): FlowPart[] {
  const { series } = result;
  const size = Math.floor(series.intervals / BATCHES);
  const own = entries
    .map((entry) => series.traffic[result.traffic.indexOf(entry)])
    .filter((flow) => flow !== undefined);
  if (size === 0 || own.length === 0) return [];
  const start = series.intervals - size * BATCHES;
  return Array.from({ length: BATCHES }, (_, batch) =>
    batchPart(own, start + batch * size, start + (batch + 1) * size, series.intervalNs),
  );
}

type TrafficSeries = SeriesResult['traffic'][number];

function batchPart(flows: readonly TrafficSeries[], from: number, to: number, intervalNs: number): FlowPart {
  const sum = (listOf: (flow: TrafficSeries) => readonly number[]): number => {
    let total = 0;
    for (const flow of flows) for (let i = from; i < to; i++) total += listOf(flow)[i];
    return total;
  };
  const latency = new Histogram(flows[0].latency[from]?.resolution);
  for (const flow of flows) for (let i = from; i < to; i++) latency.merge(Histogram.fromData(flow.latency[i]));
  const calls = sum((flow) => flow.completed);
  const errors = sum((flow) => flow.errors);
  return {
    measuredNs: (to - from) * intervalNs,
    offered: sum((flow) => flow.offered),
    calls,
    good: calls - errors,
    errors,
    refused: 0,
    attempts: calls,
    retries: 0,
    outcomes: [],
    causes: [],
    latency,
    goodLatency: latency,
    intendedLatency: latency,
  };
}
