// Which metrics the gate looks at: those that `--primary` names, else those of the scenario's thresholds, else mean, p99 and errors of
// each request of the traffic; in place of p99 a lower quantile where a replication has too few calls for it. Whatever was chosen, the errors of each
// request guard the gate: a change that gains latency by answering nobody well is no good change.
import type { ArrivalPlan, MeshPlan } from '../../models/plan/contract/plan.js';
import type { Metric, Scenario, Subject, ThresholdSpec } from '../reading/scenario.js';
import { readSubject, subjectNames } from '../reading/subjects.js';
import { parseMetric } from '../reading/thresholds.js';
import type { DiffMetric, DiffSettings, DiffSubject } from '../result/diff-result.js';
import { BEYOND_EACH, quantileMetric, subjectKey, type WantedQuantile } from './readings.js';

export interface PrimaryMetric {
  readonly subject: DiffSubject;
  readonly metric: DiffMetric;
  readonly better: 'lower' | 'higher';
  /** For quantiles: within (0, 1); else null. */
  readonly probability: number | null;
}

export interface PrimaryMetrics {
  readonly from: DiffSettings['primaryFrom'];
  readonly metrics: readonly PrimaryMetric[];
  /** Errors of what no primary metric looks at: where they rise, the gate fails; where nothing can be told of them, it does not mind. */
  readonly guards: readonly PrimaryMetric[];
}

export type PrimaryReading = PrimaryMetrics | { readonly error: string; readonly hint: string };

const NS_PER_SECOND = 1e9;

const GRAMMAR =
  '[SUBJECT] METRIC, with SUBJECT = traffic, request, traffic.request, service:NAME or edge:FROM->TO, and METRIC = p(N), mean, ' +
  'good, errors, refused, retries, goodput, served or offered';

/** @param texts of `--primary`; empty where there are none. */
export function choosePrimary(plan: MeshPlan, scenario: Scenario, texts: readonly string[]): PrimaryReading {
  if (texts.length > 0) return readAll(plan, texts);
  if (scenario.thresholds.length > 0) {
    return guarded(plan, 'thresholds', unique(scenario.thresholds.map((spec) => ofThreshold(plan, spec))));
  }
  const metrics = plan.traffic.flatMap(({ name, arrival, requests }) => {
    const weights = requests.reduce((sum, { weight }) => sum + weight, 0);
    const calls = expectedCalls(arrival, scenario.run.durationNs);
    return requests.flatMap((request) => {
      const subject: DiffSubject = { kind: 'request', traffic: name, request: request.name };
      const probability = tellableQuantile((calls * request.weight) / weights);
      return [
        lower(subject, { kind: 'quantile', probability }),
        lower(subject, { kind: 'mean' }),
        lower(subject, { kind: 'errors' }),
      ];
    });
  });
  return guarded(plan, 'default', metrics);
}

/** The errors of every request, and of everything else of which a primary metric is a latency. */
function guarded(plan: MeshPlan, from: PrimaryMetrics['from'], metrics: readonly PrimaryMetric[]): PrimaryMetrics {
  const requests = plan.traffic.flatMap(({ name, requests }) =>
    requests.map((request): DiffSubject => ({ kind: 'request', traffic: name, request: request.name })),
  );
  const timed = metrics.filter(({ metric, probability }) => probability !== null || metric === 'mean');
  const wanted = [...timed.map(({ subject }) => subject), ...requests].map((own) => lower(own, { kind: 'errors' }));
  const known = new Set(metrics.filter(({ metric }) => metric === 'errors').map(({ subject }) => subjectKey(subject)));
  return { from, metrics, guards: unique(wanted).filter(({ subject }) => !known.has(subjectKey(subject))) };
}

/** Expected calls beyond a quantile: enough that a replication seldom has fewer than it needs (error probability below 0.1, Poisson). */
const EXPECTED_BEYOND = BEYOND_EACH * 1.5;

/** p99, or the highest of p90 and the median that so many calls in a replication can tell. */
function tellableQuantile(calls: number): number {
  return [0.99, 0.9].find((probability) => calls * (1 - probability) >= EXPECTED_BEYOND) ?? 0.5;
}

/** Calls of a replication; without a pace there is no telling, and enough is assumed. */
function expectedCalls(arrival: ArrivalPlan, durationNs: number): number {
  const seconds = durationNs / NS_PER_SECOND;
  if (arrival.kind === 'closed') {
    const paced = arrival.ratePerSecond === null ? Number.POSITIVE_INFINITY : arrival.ratePerSecond * seconds;
    return Math.min(paced, arrival.calls ?? Number.POSITIVE_INFINITY);
  }
  const { profile } = arrival;
  const rateAt = (atNs: number): number => {
    const next = profile.findIndex((point) => point.atNs >= atNs);
    if (next === -1) return profile[profile.length - 1].ratePerSecond;
    const [before, after] = [profile[Math.max(0, next - 1)], profile[next]];
    if (after.atNs === before.atNs) return after.ratePerSecond;
    const share = (atNs - before.atNs) / (after.atNs - before.atNs);
    return before.ratePerSecond + share * (after.ratePerSecond - before.ratePerSecond);
  };
  const times = [0, ...profile.map(({ atNs }) => atNs).filter((atNs) => atNs > 0 && atNs < durationNs), durationNs];
  let calls = 0;
  for (let i = 1; i < times.length; i++) {
    calls += (((rateAt(times[i - 1]) + rateAt(times[i])) / 2) * (times[i] - times[i - 1])) / NS_PER_SECOND;
  }
  return calls;
}

/** The quantiles among them that are not read anyway. */
export function wantedQuantiles({ metrics }: PrimaryMetrics): WantedQuantile[] {
  return metrics.flatMap((one) =>
    one.probability === null ? [] : [{ subjectKey: subjectKey(one.subject), probability: one.probability }],
  );
}

function readAll(plan: MeshPlan, texts: readonly string[]): PrimaryReading {
  const names = subjectNames(plan);
  const metrics: PrimaryMetric[] = [];
  for (const text of texts) {
    const match = /^\s*(?:(.+?)\s+)?(p\s*\(\s*[\d.]+\s*\)|p[\d.]+|[A-Za-z]+)\s*$/.exec(text);
    const word = match?.[2].replace(/^p\s*([\d.]+)$/, 'p($1)') ?? '';
    const metric = parseMetric(word);
    if (match === null || metric === null) {
      return { error: `cannot read the primary metric ${JSON.stringify(text)}`, hint: `expected ${GRAMMAR}` };
    }
    const reading = readSubject(match[1] ?? '', names);
    if ('error' in reading) return reading;
    const { subject } = reading;
    if (metric.kind === 'retries' && (subject.kind === 'traffic' || subject.kind === 'request')) {
      return {
        error: `${JSON.stringify(text)}: retries belong to an edge or a service, not to traffic`,
        hint: 'write edge:FROM->TO retries, or service:NAME retries',
      };
    }
    if (metric.kind === 'offered' && (subject.kind === 'service' || subject.kind === 'edge')) {
      return { error: `${JSON.stringify(text)}: only traffic has an offered rate`, hint: 'write served' };
    }
    metrics.push(ofSubject(plan, subject, metric, usualDirection(metric)));
  }
  return guarded(plan, 'option', unique(metrics));
}

function ofThreshold(plan: MeshPlan, { subject, metric, comparison }: ThresholdSpec): PrimaryMetric {
  const isUpper = comparison === '<' || comparison === '<=';
  const isFlipped = metric.kind === 'availability' || metric.kind === 'good';
  return ofSubject(plan, subject, metric, isUpper === isFlipped ? 'higher' : 'lower');
}

function usualDirection(metric: Metric): 'lower' | 'higher' {
  return metric.kind === 'goodput' || metric.kind === 'served' || metric.kind === 'offered' ? 'higher' : 'lower';
}

function ofSubject(plan: MeshPlan, subject: Subject, metric: Metric, better: 'lower' | 'higher'): PrimaryMetric {
  return { ...lower(subjectOf(plan, subject, metric), metric), better };
}

function lower(subject: DiffSubject, metric: Metric): PrimaryMetric {
  const probability = metric.kind === 'quantile' ? metric.probability : null;
  return { subject, metric: diffMetric(metric), better: 'lower', probability };
}

function diffMetric(metric: Metric): DiffMetric {
  switch (metric.kind) {
    case 'quantile':
      return quantileMetric(metric.probability);
    case 'availability':
    case 'good':
      return 'errors';
    case 'mean':
    case 'errors':
    case 'refused':
    case 'goodput':
    case 'offered':
    case 'served':
    case 'retries':
      return metric.kind;
  }
}

/** Sums with a single part stand under the name of that part, see `readArmMetrics`. */
function subjectOf(plan: MeshPlan, subject: Subject, metric: Metric): DiffSubject {
  switch (subject.kind) {
    case 'service':
    case 'edge':
      return subject;
    case 'all':
      if (plan.traffic.length !== 1 || metric.kind === 'retries') return { kind: 'all' };
      return subjectOf(plan, { kind: 'traffic', traffic: 0 }, metric);
    case 'traffic': {
      const { name, requests } = plan.traffic[subject.traffic];
      if (requests.length > 1) return { kind: 'traffic', traffic: name };
      return { kind: 'request', traffic: name, request: requests[0].name };
    }
    case 'request': {
      const { name, requests } = plan.traffic[subject.traffic];
      return { kind: 'request', traffic: name, request: requests[subject.request].name };
    }
  }
}

function unique(metrics: readonly PrimaryMetric[]): PrimaryMetric[] {
  return [...new Map(metrics.map((one) => [JSON.stringify([subjectKey(one.subject), one.metric]), one])).values()];
}
