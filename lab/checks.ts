// What is compared of two observations, and how near they must be. Where Envoy's own runs differ, ours must lie among them, give or take the
// tolerance: nobody can be nearer to Envoy than Envoy is to itself.
import { studentCritical } from '../sim/statistics/student.js';
import { critical, distance, type Slack } from './levy.js';
import { type Observation, SAMPLE } from './observation.js';

/** How near. The error of a test is the probability that it differs by chance alone. */
export type Tolerance =
  | { readonly kind: 'exact' }
  /** In the unit of the value. */
  | { readonly kind: 'absolute'; readonly by: number }
  /** Of the value that Envoy showed. */
  | { readonly kind: 'relative'; readonly share: number }
  /** The means over runs do not differ (Student's test of two samples with one variance); `by` and `share` of the value are the machine's. */
  | { readonly kind: 'chance'; readonly error: number; readonly by: number; readonly share: number }
  /** Where each run has a luck of its own: the values of the runs have one distribution (levy.ts). */
  | { readonly kind: 'runs'; readonly error: number; readonly slack: Slack }
  /** The latencies of the calls have one distribution, or are as near to it as Envoy's runs are to one another. */
  | { readonly kind: 'calls'; readonly error: number; readonly slack: Slack };

export interface Check {
  readonly name: string;
  readonly unit: '' | '%' | 'ms';
  readonly of: (seen: Observation) => number | string;
  readonly tolerance: Tolerance;
  /** Why the simulation is known to be further away. */
  readonly known?: string;
}

export interface Comparison {
  readonly check: Check;
  readonly envoy: readonly (number | string)[];
  readonly ours: number | string;
  /** Largest less smallest value of Envoy's own runs; 0 for words that are equal. */
  readonly spread: number;
  readonly agrees: boolean;
  /** How far the two are apart, and how far they may be: in the unit of the value, as a distance of distributions (0..1) for `runs` and `calls`. */
  readonly apart: number;
  readonly allowed: number;
}

const EXACT: Tolerance = { kind: 'exact' };
const ERROR = 0.001;
/** What is left of differences between machines once their costs are known. */
const SLACK: Slack = { share: 0.02, by: 0.5 };
/** A sample of 100 stands for all to half of a percent. */
const OF_SAMPLES = 1 / SAMPLE;

/** @param ours of all of the simulation's runs together @param each of them by itself */
export function compare(
  check: Check,
  runs: readonly Observation[],
  ours: Observation,
  each: readonly Observation[] = [ours],
): Comparison {
  const envoy = runs.map(check.of);
  const value = check.of(ours);
  const numbers = envoy.filter((one) => typeof one === 'number');
  const spread = numbers.length === 0 ? 0 : Math.max(...numbers) - Math.min(...numbers);
  const { apart, allowed } =
    typeof value === 'string' && check.tolerance.kind === 'exact'
      ? { apart: envoy.includes(value) ? 0 : 1, allowed: 0 }
      : judged(check, runs, ours, each);
  return { check, envoy, ours: value, spread, apart, allowed, agrees: apart <= allowed + 1e-9 };
}

type Judged = Pick<Comparison, 'apart' | 'allowed'>;

function judged(
  { tolerance, of }: Check,
  runs: readonly Observation[],
  ours: Observation,
  each: readonly Observation[],
): Judged {
  const theirs = runs.map((run) => Number(of(run)));
  const value = Number(of(ours));
  switch (tolerance.kind) {
    case 'exact':
      return { apart: beyond(theirs, value), allowed: 0 };
    case 'absolute':
      return { apart: beyond(theirs, value), allowed: tolerance.by };
    case 'relative':
      return { apart: beyond(theirs, value), allowed: tolerance.share * average(theirs) };
    case 'chance': {
      const own = each.map((run) => Number(of(run)));
      const allowed = tolerance.by + tolerance.share * average(theirs) + meansApart(theirs, own, tolerance.error);
      return { apart: Math.abs(average(theirs) - average(own)), allowed };
    }
    case 'runs': {
      const own = each.map((run) => Number(of(run)));
      return {
        apart: distance(theirs, own, tolerance.slack),
        allowed: critical(theirs.length, own.length, tolerance.error),
      };
    }
    case 'calls':
      return ofCalls(runs, ours, each.length, tolerance);
  }
}

/** How far a value lies outside of what Envoy's runs span. */
function beyond(theirs: readonly number[], value: number): number {
  return Math.max(0, Math.min(...theirs) - value, value - Math.max(...theirs));
}

function average(values: readonly number[]): number {
  return values.reduce((sum, one) => sum + one, 0) / values.length;
}

/** By how much the means of the two samples may differ. */
function meansApart(a: readonly number[], b: readonly number[], error: number): number {
  const squares = (values: readonly number[]): number => {
    const mean = average(values);
    return values.reduce((sum, one) => sum + (one - mean) * (one - mean), 0);
  };
  const df = a.length + b.length - 2;
  if (df < 1) return 0;
  const variance = (squares(a) + squares(b)) / df;
  return studentCritical(1 - error, df) * Math.sqrt(variance * (1 / a.length + 1 / b.length));
}

function ofCalls(
  runs: readonly Observation[],
  { latency }: Observation,
  replications: number,
  { slack, error }: Extract<Tolerance, { kind: 'calls' }>,
): Judged {
  const samples = runs.map((run) => run.latency.sampleMs);
  const together = samples.flat();
  const among = samples.flatMap((a, i) => samples.slice(i + 1).map((b) => distance(a, b, slack)));
  const calls = average(runs.map((run) => run.latency.count));
  return {
    apart: distance(together, latency.sampleMs, slack),
    allowed: Math.max(critical(calls, latency.count * replications, error), ...among) + OF_SAMPLES,
  };
}

/** The check, with the reason why it is known to fail. */
export function known(check: Check, why: string): Check {
  return { ...check, known: why };
}

/** Calls that ended so, e.g. `503 UO`. */
export function outcome(which: string, tolerance: Tolerance = EXACT): Check {
  return { name: which, unit: '', of: ({ outcomes }) => outcomes[which] ?? 0, tolerance };
}

/** Share of the calls that ended so; exact unless told otherwise. */
export function outcomeShare(which: string): Check {
  return {
    name: `share of ${which}`,
    unit: '%',
    of: ({ outcomes }) => percent(outcomes[which] ?? 0, total(outcomes)),
    tolerance: EXACT,
  };
}

/** Every kind of end that there was. */
export function allOutcomes(): Check {
  return {
    name: 'outcomes',
    unit: '',
    of: ({ outcomes }) =>
      Object.keys(outcomes)
        .sort()
        .map((which) => `${which}: ${outcomes[which]}`)
        .join('; '),
    tolerance: EXACT,
  };
}

/** Requests that reached a host. */
export function atHost(host: string, tolerance: Tolerance = EXACT): Check {
  return { name: `requests at ${host}`, unit: '', of: ({ hosts }) => hosts[host] ?? 0, tolerance };
}

export function hostShare(host: string): Check {
  return {
    name: `share of ${host}`,
    unit: '%',
    of: ({ hosts }) => percent(hosts[host] ?? 0, total(hosts)),
    tolerance: EXACT,
  };
}

/** Hosts that any request reached. */
export function hostsUsed(): Check {
  return { name: 'hosts in use', unit: '', of: ({ hosts }) => Object.keys(hosts).length, tolerance: EXACT };
}

/** A counter of Envoy's. */
export function counter(name: string, tolerance: Tolerance = EXACT): Check {
  return { name, unit: '', of: ({ counters }) => counters[name] ?? 0, tolerance };
}

/** The pattern that the picks repeat, wherever it began. */
export function cycle(): Check {
  return { name: 'cycle of picks', unit: '', of: ({ picks }) => cycleOf(picks), tolerance: EXACT };
}

/** Requests that reached a host in a part of the load, the parts counted from 0. */
export function atHostIn(part: number, host: string, tolerance: Tolerance = EXACT): Check {
  return {
    name: `requests at ${host} in part ${part + 1}`,
    unit: '',
    of: (seen) => partOf(seen, part)[host] ?? 0,
    tolerance,
  };
}

/** All requests of a part by the hosts that they reached. */
export function hostsIn(part: number): Check {
  const of = (seen: Observation): string =>
    Object.entries(partOf(seen, part))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([host, count]) => `${host}: ${count}`)
      .join('; ');
  return { name: `hosts in part ${part + 1}`, unit: '', of, tolerance: EXACT };
}

/** Hosts that any request of a part reached. */
export function hostsUsedIn(part: number): Check {
  return {
    name: `hosts in use in part ${part + 1}`,
    unit: '',
    of: (seen) => Object.keys(partOf(seen, part)).length,
    tolerance: EXACT,
  };
}

export function shareIn(part: number, host: string): Check {
  const of = (seen: Observation): number => percent(partOf(seen, part)[host] ?? 0, total(partOf(seen, part)));
  return { name: `share of ${host} in part ${part + 1}`, unit: '%', of, tolerance: EXACT };
}

/** The pattern that the picks of a part repeat. */
export function cycleIn(part: number): Check {
  return {
    name: `cycle of picks in part ${part + 1}`,
    unit: '',
    of: (seen) => cycleOf(picksIn(seen, part)),
    tolerance: EXACT,
  };
}

/**
 * By how much the first pick of a part differs from what a rotation that goes on picks next, as far as that can be known: where `before` became `after`,
 * its place counts only modulo what both lengths share.
 */
export function turnAt(part: number, before: string, after: string): Check {
  const common = divisor(before.length, after.length);
  const of = (seen: Observation): number => {
    const next = before.indexOf(picksIn(seen, part - 1).slice(-1)) + 1;
    return (common + ((after.indexOf(picksIn(seen, part).slice(0, 1)) - next) % common)) % common;
  };
  return { name: `turn at part ${part + 1}, of ${common}`, unit: '', of, tolerance: EXACT };
}

/** Whether a part begins with the picks that another began with. */
export function beginsAs(part: number, other: number, length: number): Check {
  const of = (seen: Observation): string =>
    picksIn(seen, part).slice(0, length) === picksIn(seen, other).slice(0, length) ? 'yes' : 'no';
  return { name: `part ${part + 1} begins as part ${other + 1}`, unit: '', of, tolerance: EXACT };
}

function partOf({ parts = [] }: Observation, part: number): Readonly<Record<string, number>> {
  return parts[part] ?? {};
}

/** The picks of one part, in their order. */
function picksIn(seen: Observation, part: number): string {
  const { picks, parts = [] } = seen;
  const from = parts.slice(0, part).reduce((sum, counts) => sum + total(counts), 0);
  return picks.slice(from, from + total(partOf(seen, part)));
}

function divisor(a: number, b: number): number {
  return b === 0 ? a : divisor(b, a % b);
}

export function mean(share = 0.05): Check {
  return { name: 'mean', unit: 'ms', of: ({ latency }) => latency.meanMs, tolerance: { kind: 'relative', share } };
}

export function p50(share = 0.05): Check {
  return { name: 'p50', unit: 'ms', of: ({ latency }) => latency.p50Ms, tolerance: { kind: 'relative', share } };
}

export function p90(share = 0.1): Check {
  return { name: 'p90', unit: 'ms', of: ({ latency }) => latency.p90Ms, tolerance: { kind: 'relative', share } };
}

export function p99(share = 0.1): Check {
  return { name: 'p99', unit: 'ms', of: ({ latency }) => latency.p99Ms, tolerance: { kind: 'relative', share } };
}

/** All latencies of the calls, by their distribution. */
export function latencies(slack: Slack = SLACK): Check {
  const of = ({ latency: { p50Ms, p90Ms, p99Ms } }: Observation): string =>
    [p50Ms, p90Ms, p99Ms].map((ms) => ms.toFixed(1)).join(' / ');
  return { name: 'p50 / p90 / p99', unit: 'ms', of, tolerance: { kind: 'calls', error: ERROR, slack } };
}

/** A value of each run, where each has its own luck. @param by what the machine may add, in the unit of the value */
export function spread(check: Check, by = 0): Check {
  return {
    ...check,
    name: `${check.name} of each run`,
    tolerance: { kind: 'runs', error: ERROR, slack: { share: 0.08, by } },
  };
}

/** A value that a race moves. @param by how far, in the unit of the value */
export function within(check: Check, by: number): Check {
  return { ...check, tolerance: { kind: 'absolute', by } };
}

/** A value in which chance has a part, in cases of several runs and replications. @param by what the machine may add, in the unit of the value @param share and as a share of the value */
export function byChance(check: Check, by = 0, share = 0): Check {
  return { ...check, tolerance: { kind: 'chance', error: ERROR, by, share } };
}

/** The shortest text that `picks` repeats (its last round may be cut), turned so that it is the first of the alphabet. */
export function cycleOf(picks: string): string {
  for (let length = 1; length <= picks.length / 2; length++) {
    if (![...picks].every((pick, i) => i < length || pick === picks[i - length])) continue;
    const once = picks.slice(0, length);
    return Array.from({ length }, (_, turn) => once.slice(turn) + once.slice(0, turn)).sort()[0];
  }
  return picks === '' ? '' : 'none';
}

function total(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

function percent(part: number, whole: number): number {
  return whole === 0 ? 0 : (100 * part) / whole;
}
