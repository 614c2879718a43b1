// Verdicts: is a limit kept, broken, or can the data not tell?

import type { Metric, SloSpec, Subject, ThresholdSpec } from '../reading/scenario.js';
import { metricUnit } from '../reading/thresholds.js';
import type { Measured } from '../result/measured.js';
import type { SloResult, ThresholdResult, Verdict } from '../result/run-result.js';
import type { FlowTally } from '../tally/flow.js';
import {
  measuredMeanMs,
  measuredPerCall,
  measuredQuantileMs,
  measuredRate,
  measuredShare,
  missing,
} from '../tally/measure.js';
import type { RunTally } from '../tally/tally.js';

const NS_PER_MS = 1e6;

export function evaluateThreshold(spec: ThresholdSpec, tally: RunTally): ThresholdResult {
  const flow = spec.metric.kind === 'retries' && spec.subject.kind === 'all' ? tally.mesh : flowOf(spec.subject, tally);
  const value = flow === null ? missing('no data') : measureMetric(spec.metric, flow);
  const unit = metricUnit(spec.metric);
  const limit = unit === 'ms' ? spec.limit / NS_PER_MS : spec.limit;
  return {
    text: spec.text,
    subject: spec.subjectText,
    metric: spec.metricText,
    unit,
    comparison: spec.comparison,
    limit,
    value,
    verdict: judge(value, spec.comparison, limit),
    position: spec.position,
  };
}

export function evaluateSlo(spec: SloSpec, tally: RunTally): SloResult {
  const flow = flowOf(spec.subject, tally);
  const goodShare = flow === null ? missing('no data') : measureGood(spec, flow);
  const allowed = 1 - spec.objectiveShare;
  return {
    name: spec.name,
    subject: spec.subjectText,
    kind: spec.latencyNs === null ? 'availability' : 'latency',
    latencyMs: spec.latencyNs === null ? null : spec.latencyNs / NS_PER_MS,
    objectiveShare: spec.objectiveShare,
    goodShare,
    budgetUsedShare: goodShare.value === null || allowed <= 0 ? null : (1 - goodShare.value) / allowed,
    verdict: judge(goodShare, '>=', spec.objectiveShare),
    position: spec.position,
  };
}

/** `pass` or `fail` where the whole interval lies on one side of the limit. */
export function judge(value: Measured, comparison: ThresholdSpec['comparison'], limit: number): Verdict {
  if (value.low === null || value.high === null) return 'inconclusive';
  const low = holds(value.low, comparison, limit);
  const high = holds(value.high, comparison, limit);
  if (low && high) return 'pass';
  return low || high ? 'inconclusive' : 'fail';
}

/** One failure fails; else one doubt leaves doubt. */
export function combineVerdicts(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes('fail')) return 'fail';
  return verdicts.includes('inconclusive') ? 'inconclusive' : 'pass';
}

function holds(value: number, comparison: ThresholdSpec['comparison'], limit: number): boolean {
  switch (comparison) {
    case '<':
      return value < limit;
    case '<=':
      return value <= limit;
    case '>':
      return value > limit;
    case '>=':
      return value >= limit;
  }
}

function flowOf(subject: Subject, tally: RunTally): FlowTally | null {
  switch (subject.kind) {
    case 'all':
      return tally.all;
    case 'traffic':
      return tally.traffic[subject.traffic].tally;
    case 'request':
      return tally.traffic[subject.traffic].requests[subject.request];
    case 'service':
      return tally.services.get(subject.service) ?? null;
    case 'edge':
      return tally.edges.find((edge) => edge.from === subject.from && edge.to === subject.to) ?? null;
  }
}

function measureMetric(metric: Metric, flow: FlowTally): Measured {
  switch (metric.kind) {
    case 'quantile':
      return measuredQuantileMs(flow, metric.probability, (part) => part.goodLatency);
    case 'mean':
      return measuredMeanMs(flow, (part) => part.goodLatency);
    case 'errors':
      return measuredShare(flow, (part) => part.errors);
    case 'availability':
    case 'good':
      return measuredShare(flow, (part) => part.good);
    case 'refused':
      return measuredShare(flow, (part) => part.refused);
    case 'goodput':
      return measuredRate(flow, (part) => part.good);
    case 'offered':
      return measuredRate(flow, (part) => part.offered);
    case 'served':
      return measuredRate(flow, (part) => part.calls);
    case 'retries':
      return measuredPerCall(flow, (part) => part.retries);
  }
}

function measureGood(spec: SloSpec, flow: FlowTally): Measured {
  const { latencyNs } = spec;
  if (latencyNs === null) return measuredShare(flow, (part) => part.good);
  return measuredShare(flow, (part) => part.good - part.goodLatency.countAbove(latencyNs));
}
