// What is compared of two observations, and how near they must be. Where Envoy's own runs differ, ours must lie among them, give or take the
// tolerance: nobody can be nearer to Envoy than Envoy is to itself.
import { mayBeOne } from './levy.js';
import type { Observation } from './observation.js';

export type Tolerance =
  | { readonly kind: 'exact' }
  /** In the unit of the value. */
  | { readonly kind: 'absolute'; readonly by: number }
  /** Of the value that Envoy showed. */
  | { readonly kind: 'relative'; readonly share: number }
  /** Where each run has its own luck: two samples, of Envoy's runs and of ours (levy.ts). */
  | { readonly kind: 'distribution'; readonly share: number; readonly error: number };

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
}

const EXACT: Tolerance = { kind: 'exact' };

/** @param each of the simulation's runs by itself */
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
  return {
    check,
    envoy,
    ours: value,
    spread,
    agrees:
      check.tolerance.kind === 'distribution'
        ? mayBeOne(
            numbers,
            each.map((one) => Number(check.of(one))),
            check.tolerance,
          )
        : isNear(check.tolerance, envoy, numbers, value),
  };
}

function isNear(
  tolerance: Exclude<Tolerance, { kind: 'distribution' }>,
  envoy: readonly (number | string)[],
  numbers: readonly number[],
  ours: number | string,
): boolean {
  if (typeof ours === 'string') return envoy.includes(ours);
  const by = allowance(tolerance, numbers) + 1e-9;
  return ours >= Math.min(...numbers) - by && ours <= Math.max(...numbers) + by;
}

function allowance(tolerance: Exclude<Tolerance, { kind: 'distribution' }>, numbers: readonly number[]): number {
  switch (tolerance.kind) {
    case 'exact':
      return 0;
    case 'absolute':
      return tolerance.by;
    case 'relative':
      return (tolerance.share * numbers.reduce((sum, one) => sum + one, 0)) / numbers.length;
  }
}

/** The check, with the reason why it is known to fail. */
export function known(check: Check, why: string): Check {
  return { ...check, known: why };
}

/** Calls that ended so, e.g. `503 UO`. */
export function outcome(which: string, tolerance: Tolerance = EXACT): Check {
  return { name: which, unit: '', of: ({ outcomes }) => outcomes[which] ?? 0, tolerance };
}

/** Share of the calls that ended so, within a point unless told otherwise. */
export function outcomeShare(which: string, points = 1): Check {
  return {
    name: `share of ${which}`,
    unit: '%',
    of: ({ outcomes }) => percent(outcomes[which] ?? 0, total(outcomes)),
    tolerance: { kind: 'absolute', by: points },
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

export function hostShare(host: string, points: number): Check {
  return {
    name: `share of ${host}`,
    unit: '%',
    of: ({ hosts }) => percent(hosts[host] ?? 0, total(hosts)),
    tolerance: { kind: 'absolute', by: points },
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

/** A value of each run: the two samples may come from one distribution. The error is the probability of a false alarm. */
export function spread(check: Check, share = 0.08, error = 0.001): Check {
  return { ...check, name: `${check.name} of each run`, tolerance: { kind: 'distribution', share, error } };
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
