// The one grammar of thresholds:
//   [SUBJECT] METRIC < | <= | > | >= LIMIT
//   SUBJECT  traffic, request, traffic.request, service:NAME, edge:FROM->TO; none = all traffic
//   METRIC   p(N), mean (a duration, of good answers); good, errors, refused, retries (a share); goodput, served, offered (a rate)

import { fromPercent, parseDurationNs, parseRatePerSecond, parseShare } from '../document/words.js';
import type { Metric, ThresholdSpec } from './scenario.js';
import { readSubject, type SubjectNames } from './subjects.js';

export const THRESHOLD_GRAMMAR =
  '[SUBJECT] METRIC <|<=|>|>= LIMIT, with SUBJECT = traffic, request, traffic.request, service:NAME or edge:FROM->TO, and METRIC = ' +
  'p(N) or mean (e.g. 800ms), good, errors, refused or retries (e.g. 0.5%), goodput, served or offered (e.g. 700/s)';

export type ThresholdReading =
  | { readonly threshold: Omit<ThresholdSpec, 'position'> }
  | { readonly error: string; readonly hint: string };

/** Reads one threshold; `names` are those of the compiled plan. */
export function parseThreshold(text: string, names: SubjectNames): ThresholdReading {
  if (/\balerts?\b.*\bfires?\b/.test(text)) {
    return { error: 'thresholds on alerts are not supported yet', hint: `use ${THRESHOLD_GRAMMAR}` };
  }
  const match = /^\s*(?:(.+?)\s+)?(p\s*\(\s*[\d.]+\s*\)|[A-Za-z]+)\s*(<=|>=|<|>)\s*(\S+)\s*$/.exec(text);
  if (match === null) return { error: `cannot read ${JSON.stringify(text)}`, hint: `expected ${THRESHOLD_GRAMMAR}` };
  const [, subjectText = '', metricText, comparison, limitText] = match;
  const metric = parseMetric(metricText);
  if (metric === null) {
    return { error: `unknown metric ${JSON.stringify(metricText)}`, hint: `expected ${THRESHOLD_GRAMMAR}` };
  }
  const limit = parseLimit(metric, limitText);
  if (limit === null) {
    return {
      error: `the limit of ${metricText} is ${expectedLimit(metric)}, found ${JSON.stringify(limitText)}`,
      hint: 'give the unit',
    };
  }
  const reading = readSubject(subjectText, names);
  if ('error' in reading) return reading;
  const { subject } = reading;
  const client = subject.kind === 'traffic' || subject.kind === 'request';
  if (metric.kind === 'retries' && client) {
    return {
      error: 'retries belong to an edge or a service, not to a traffic source',
      hint: 'write edge:FROM->TO retries, or service:NAME retries',
    };
  }
  if (metric.kind === 'offered' && !client && subject.kind !== 'all') {
    return { error: 'only traffic has an offered rate', hint: 'use served' };
  }
  const common = { text: text.trim(), subjectText, subject, metricText: metricText.replace(/\s/g, ''), metric, limit };
  return { threshold: { ...common, comparison: comparison as ThresholdSpec['comparison'] } };
}

/** `p(99.9)` → the quantile at 0.999; null for an unknown metric. */
export function parseMetric(text: string): Metric | null {
  const quantile = /^p\s*\(\s*(\d+(?:\.\d+)?)\s*\)$/.exec(text);
  if (quantile !== null) {
    const percent = Number(quantile[1]);
    return percent > 0 && percent < 100 ? { kind: 'quantile', probability: fromPercent(percent) } : null;
  }
  switch (text) {
    case 'mean':
    case 'avg':
      return { kind: 'mean' };
    case 'errors':
    case 'availability':
    case 'good':
    case 'refused':
    case 'goodput':
    case 'offered':
    case 'served':
    case 'retries':
      return { kind: text };
    default:
      return null;
  }
}

export type MetricUnit = 'ms' | 'share' | 'perSecond';

export function metricUnit(metric: Metric): MetricUnit {
  switch (metric.kind) {
    case 'quantile':
    case 'mean':
      return 'ms';
    case 'errors':
    case 'availability':
    case 'good':
    case 'refused':
    case 'retries':
      return 'share';
    case 'goodput':
    case 'offered':
    case 'served':
      return 'perSecond';
  }
}

function parseLimit(metric: Metric, text: string): number | null {
  switch (metricUnit(metric)) {
    case 'ms':
      return parseDurationNs(text);
    case 'share':
      return metric.kind === 'retries' ? parseRatio(text) : parseShare(text);
    case 'perSecond':
      return parseRatePerSecond(text);
  }
}

/** Retries per call may be above 1: `150%`. */
function parseRatio(text: string): number | null {
  const match = /^(\d+(?:\.\d*)?|\.\d+)(%?)$/.exec(text);
  return match === null ? null : match[2] === '%' ? fromPercent(Number(match[1])) : Number(match[1]);
}

function expectedLimit(metric: Metric): string {
  switch (metricUnit(metric)) {
    case 'ms':
      return 'a duration such as 800ms';
    case 'share':
      return 'a share such as 0.5%';
    case 'perSecond':
      return 'a rate such as 700/s';
  }
}
