// How a comparison speaks: names of subjects and metrics, values, changes. Plain words; each format escapes them in its own way.
import type { PlainValue } from '../../models/config/document.js';
import type {
  Comparison,
  Difference,
  DiffFact,
  DiffMetric,
  DiffResult,
  DiffSubject,
  DiffUnit,
  MetricDifference,
  ResourceChange,
  StopReason,
} from '../../scenarios/result/diff-result.js';
import { formatCount, formatDurationMs, formatNumber, formatShare } from '../numbers.js';

const NS_PER_MS = 1e6;

export function subjectName(subject: DiffSubject): string {
  switch (subject.kind) {
    case 'all':
      return 'all traffic';
    case 'traffic':
      return subject.traffic;
    case 'request':
      return subject.traffic === subject.request ? subject.request : `${subject.traffic}.${subject.request}`;
    case 'service':
      return `service ${subject.service}`;
    case 'workload':
      return `workload ${subject.workload}`;
    case 'edge':
      return `${subject.from} → ${subject.to}`;
    case 'edge-request':
      return `${subject.from} → ${subject.to} ${subject.request}`;
    case 'cluster':
      return `cluster ${subject.cluster}`;
  }
}

export function metricName({ metric, outcome }: { readonly metric: DiffMetric; readonly outcome?: string }): string {
  switch (metric) {
    case 'outcome':
      return `share of ${outcome}`;
    case 'retries':
      return 'retries per call';
    case 'attempts':
      return 'attempts per call';
    case 'cpu':
      return 'CPU in use';
    case 'workers':
      return 'workers in use';
    case 'proxy':
      return 'proxy CPU in use';
    case 'ejections':
      return 'ejections a minute';
    case 'offered':
    case 'served':
    case 'goodput':
      return `${metric} a second`;
    default:
      return metric;
  }
}

/** `12.3 ms`, `0.12 %`, `412/s`; why there is none, in two words. */
export function valueText(metric: MetricDifference, value: number | null): string {
  if (value === null) return missingText(metric.reason);
  switch (metric.unit) {
    case 'ms':
      return formatDurationMs(value);
    case 'share':
      return formatShare(value);
    case 'perSecond':
      return `${formatNumber(value)}/s`;
    case 'perMinute':
      return `${formatNumber(value)}/min`;
    case 'perCall':
      return formatNumber(value);
  }
}

function missingText(reason: MetricDifference['reason']): string {
  switch (reason) {
    case 'too few samples':
    case 'too few good in both':
      return 'too few';
    case 'no calls':
      return 'no calls';
    case 'no good answers':
      return 'none good';
    case 'no data':
    case 'other good answers':
    case 'other calls':
    case null:
      return '–';
  }
}

/** Candidate − base in the words that suit the unit, `+12.3 %` or `+0.4 points`; `` where there is no difference to give. */
export function changeText(metric: MetricDifference): string {
  const { scaled, unit } = scaledDifference(metric);
  if (scaled === null) return '';
  return scaled.value === 0 ? '0' : `${signed(scaled.value, decimalsFor(scaled))}${unit}`;
}

/** The 95 % interval of `changeText`, `+11.9 … +12.7 %`; `exact` where all pairs agree. */
export function intervalText(metric: MetricDifference): string {
  const { scaled, unit } = scaledDifference(metric);
  if (scaled === null) return metric.reason ?? '';
  if (scaled.low === scaled.high) return 'exact';
  const decimals = decimalsFor(scaled);
  return `${signed(scaled.low, decimals)} … ${signed(scaled.high, decimals)}${unit}`;
}

interface ScaledDifference {
  readonly scaled: Difference | null;
  readonly unit: string;
}

/** Latencies and rates in percent of the base, shares in points, the rest as it is. */
function scaledDifference({ unit, difference, relative }: MetricDifference): ScaledDifference {
  const isRelative = unit === 'ms' || unit === 'perSecond';
  if (isRelative && relative !== null) return { scaled: scale(relative, 100), unit: ' %' };
  if (difference === null) return { scaled: null, unit: '' };
  return unit === 'share'
    ? { scaled: scale(difference, 100), unit: ' points' }
    : { scaled: difference, unit: UNIT_SUFFIX[unit] };
}

const UNIT_SUFFIX: Readonly<Record<DiffUnit, string>> = {
  ms: ' ms',
  share: '',
  perSecond: '/s',
  perMinute: '/min',
  perCall: '',
};

function scale({ value, low, high }: Difference, factor: number): Difference {
  return { value: value * factor, low: low * factor, high: high * factor };
}

/** As many decimals as the half-width has a use for, at most four. */
function decimalsFor({ value, low, high }: Difference): number {
  const half = (high - low) / 2;
  const finest = half > 0 ? half : Math.abs(value) / 100;
  let decimals = 0;
  for (let unit = 1; finest < unit && decimals < 4; unit /= 10) decimals++;
  return decimals;
}

function signed(value: number, decimals: number): string {
  const text = Math.abs(value).toFixed(decimals);
  if (Number(text) === 0) return Number(text).toFixed(decimals);
  return `${value < 0 ? '−' : '+'}${text}`;
}

/** `2 changed, 1 added`. */
export function countChanges(changes: readonly ResourceChange[]): string {
  const kinds = (['changed', 'added', 'removed'] as const).flatMap((kind) => {
    const count = changes.filter(({ change }) => change === kind).length;
    return count === 0 ? [] : [`${count} ${kind}`];
  });
  return kinds.length === 0 ? 'nothing changed' : kinds.join(', ');
}

export { objectName as resourceName } from '../../scenarios/result/diff-result.js';

const VALUE_WIDTH = 60;

/** A field's value on one line: text as it is, the rest as JSON, cut where it is long. */
export function plainText(value: PlainValue): string {
  if (value === null) return '(absent)';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const chars = [...text];
  return chars.length <= VALUE_WIDTH ? text : `${chars.slice(0, VALUE_WIDTH - 1).join('')}…`;
}

/** One sentence about a candidate, without names from the input. */
export function gateSentence(comparison: Comparison): string {
  const { gate, metrics, isSamePlan } = comparison;
  const of = (verdict: string): number => gate.metrics.filter((metric) => metric.verdict === verdict).length;
  const all = gate.metrics.length + gate.missing.length;
  if (isSamePlan) return sameSentence(comparison);
  const parts: string[] = [];
  if (of('fail') > 0) parts.push(`${of('fail')} of ${all} primary metrics worse by more than the margin`);
  const broken = gate.brokenThresholds.length;
  if (broken > 0) parts.push(broken === 1 ? '1 threshold no longer holds' : `${broken} thresholds no longer hold`);
  if (parts.length > 0) return parts.join(', ');
  const open = of('inconclusive') + gate.missing.length;
  const apart = gate.notComparable.length;
  const other = apart === 0 ? '' : `; ${apart} ${apart === 1 ? 'latency' : 'latencies'} not comparable`;
  if (open > 0) return `${open} of ${all} primary metrics cannot be told yet`;
  const better = metrics.filter(({ isPrimary, verdict }) => isPrimary && verdict === 'better').length;
  const others = metrics.filter(({ isPrimary, verdict }) => !isPrimary && verdict === 'worse').length;
  const none = `none of ${all} primary metrics is worse by more than the margin`;
  return `${none}${better > 0 ? `, ${better} better` : ''}${other}${others > 0 ? `; ${others} other metrics are worse` : ''}`;
}

/** Which YAML differs without effect. */
function sameSentence({ changes }: Comparison): string {
  const without =
    changes.length === 0
      ? 'the YAML says the same, up to comments and order'
      : `${changes.length === 1 ? '1 object differs' : `${changes.length} objects differ`} in what has no effect on what is simulated, listed below`;
  return `same plan: nothing would change (${without})`;
}

/** `5 pairs × 1 min after 10 s of warm-up`. */
export function effortText({ replications, durationNs, warmupNs, base, comparisons }: DiffResult): string {
  if (replications === 0) return 'nothing to simulate';
  const events = comparisons.reduce((sum, { candidate }) => sum + candidate.events, base.events);
  const pairs = replications === 1 ? '1 pair' : `${replications} pairs`;
  const length = `${formatDurationMs(durationNs / NS_PER_MS)} after ${formatDurationMs(warmupNs / NS_PER_MS)} of warm-up`;
  return `${pairs} × ${length}, ${formatCount(events)} events`;
}

/** `Changes up to 2 % of a latency or rate and 0.1 points of errors count as the same`. */
export function marginText({ settings }: DiffResult): string {
  const percent = (share: number): number => Number((share * 100).toPrecision(6));
  const { marginLatencyShare, marginErrorShare } = settings;
  return `Changes up to ${percent(marginLatencyShare)} % of a latency or rate and ${percent(marginErrorShare)} points of errors count as the same`;
}

export function stopText(stop: StopReason): string {
  switch (stop) {
    case 'precision':
      return 'decided';
    case 'max-replications':
      return 'as many as are allowed';
    case 'budget':
      return 'out of time';
    case 'replications':
      return 'as many as were asked for';
    case 'interrupted':
      return 'interrupted';
    case 'out-of-memory':
      return 'out of memory';
    case 'same-plan':
      return 'the same plan';
  }
}

/** The first lines that a person needs: of each fact the metric that speaks for it. */
export function mostImportant({ facts, metrics }: Comparison, count: number): readonly MetricDifference[] {
  return facts.slice(0, count).flatMap((fact) => metrics[fact.metrics[0]] ?? []);
}

const ALSO_MAX = 4;

/** What else says the same: other metrics of the same subject by their name, those of others by theirs; `` where nothing does. */
export function alsoText({ metrics: own }: DiffFact, metrics: readonly MetricDifference[]): string {
  const [first, ...others] = own.flatMap((index) => metrics[index] ?? []);
  if (first === undefined) return '';
  const told = new Set([subjectName(first.subject)]);
  const words: string[] = [];
  for (const metric of others) {
    const subject = subjectName(metric.subject);
    const isSame = subject === subjectName(first.subject);
    if (!isSame && told.has(subject)) continue;
    told.add(subject);
    words.push(isSame ? metricName(metric) : subject);
  }
  const more = words.length - ALSO_MAX;
  return `${words.slice(0, ALSO_MAX).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

const COUNTED = ['worse', 'better', 'changed', 'new', 'gone', 'not-comparable', 'inconclusive', 'same'] as const;

/** `3 worse, 1 better, 240 same`. */
export function countVerdictsText({ counts }: Comparison): string {
  const words = COUNTED.flatMap((verdict) =>
    counts[verdict] === 0 ? [] : [`${counts[verdict]} ${verdict.replace('-', ' ')}`],
  );
  return words.length === 0 ? 'no metrics' : words.join(', ');
}

export const VERDICT_MARKS: Readonly<Record<MetricDifference['verdict'], string>> = {
  worse: '✘',
  better: '✔',
  changed: '~',
  new: '+',
  gone: '−',
  'not-comparable': '≠',
  inconclusive: '?',
  same: '=',
};
