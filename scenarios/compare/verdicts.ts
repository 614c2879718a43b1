// From differences to verdicts. An interval beyond the margin speaks for a change; but among hundreds of intervals some lie there by chance.
// So the few primary metrics are corrected for their number by Holm's procedure, all others by Benjamini and Hochberg's: where the two
// worlds do not differ, not one false alarm is raised, at the same 95 %. For a single metric both are the plain interval. Guards (the errors of
// requests that no primary metric looks at) are corrected among themselves, so that they cost the primary metrics nothing.
import { holm } from '../../sim/statistics/index.js';
import type { DiffSettings, GateMetric, MetricDifference, MetricVerdict } from '../result/diff-result.js';
import type { Verdict } from '../result/run-result.js';
import type { ReadingPair } from './differences.js';
import { adjustForDiscovery } from './false-discovery.js';

/** Primary metrics must hold; guards fail the gate where success is lost, and leave it alone where nothing can be told of them. */
export type MetricRole = 'primary' | 'guard' | 'other';

/** What was seen of one metric, what part it plays, and which way is better. */
export interface JudgedInput {
  readonly pair: ReadingPair;
  readonly role: MetricRole;
  readonly better: MetricDifference['better'];
}

export interface Judged extends JudgedInput {
  readonly verdict: MetricVerdict;
  /** Of the metrics that the gate looks at; else null. */
  readonly gate: Omit<GateMetric, 'index'> | null;
}

/** Milliseconds, or per second: finer is not asked for where the base's value is near 0. */
const LEAST_WIDTH = 0.001;

type Side = 'higher' | 'lower' | 'none';

/** Verdicts in the order given. */
export function judgeAll(inputs: readonly JudgedInput[], { confidenceLevel }: DiffSettings): Judged[] {
  const alpha = 1 - confidenceLevel;
  const sides = new Map<JudgedInput, Side>();
  const gates = new Map<JudgedInput, Omit<GateMetric, 'index'>>();

  for (const role of ['primary', 'guard'] as const) {
    const family = inputs.filter(({ pair, ...own }) => own.role === role && isTested(pair));
    const worse = holm(
      family.map((input) => worsePValue(input)),
      alpha / 2,
    );
    const better = holm(
      family.map((input) => betterPValue(input)),
      alpha / 2,
    );
    family.forEach((input, i) => {
      const badSide = input.better === 'higher' ? 'lower' : 'higher';
      sides.set(input, worse[i].rejected ? badSide : better[i].rejected ? opposite(badSide) : 'none');
      const verdict = worse[i].rejected ? 'fail' : excludesWorse(input) ? 'pass' : 'inconclusive';
      gates.set(input, { pValue: worsePValue(input), adjustedPValue: worse[i].adjusted, verdict });
    });
  }

  const others = inputs.filter(({ pair, role }) => role === 'other' && isTested(pair) && isMoved(pair));
  const adjusted = adjustForDiscovery(others.map(({ pair }) => twoSided(pair)));
  others.forEach((input, i) => {
    const { pHigher, pLower } = input.pair;
    sides.set(input, adjusted[i] > alpha ? 'none' : (pHigher ?? 1) < (pLower ?? 1) ? 'higher' : 'lower');
  });

  const incomparable = new Set(
    inputs.flatMap(({ pair, role }) => (role === 'primary' && !pair.isComparable ? [pair.subjectKey] : [])),
  );
  return inputs.map((input) => {
    const undecided: Omit<GateMetric, 'index'> = {
      pValue: null,
      adjustedPValue: null,
      verdict: input.pair.isUntouched ? 'pass' : 'inconclusive',
    };
    return {
      ...input,
      verdict: verdictOf(input, sides.get(input) ?? 'none'),
      gate: isAsked(input, gates.get(input), incomparable) ? (gates.get(input) ?? undecided) : null,
    };
  });
}

/** Latencies that cannot be compared have no say. A guard has one where something can be told, or where such a latency is primary. */
function isAsked(
  { role, pair }: JudgedInput,
  gate: Omit<GateMetric, 'index'> | undefined,
  incomparable: ReadonlySet<string>,
): boolean {
  if (role === 'other' || !pair.isComparable) return false;
  const isTold = gate !== undefined && gate.verdict !== 'inconclusive';
  return role === 'primary' || isTold || incomparable.has(pair.subjectKey);
}

function isTested({ pHigher, reason, isComparable }: ReadingPair): boolean {
  return pHigher !== null && reason === null && isComparable;
}

/** One failure fails; a doubt, or a metric that is missing, leaves doubt. */
export function gateVerdict(verdicts: readonly Verdict[], brokenThresholds: number, missing: number): Verdict {
  if (brokenThresholds > 0 || verdicts.includes('fail')) return 'fail';
  return missing > 0 || verdicts.includes('inconclusive') ? 'inconclusive' : 'pass';
}

/**
 * Whether a primary metric is known as precisely as `--precision` wants, or so far beyond its margin that its size alone is left open;
 * where more replications cannot help, it is. The second is no look at a p-value: where there is no change, an interval lies four
 * half-widths beyond the margin less than once in two thousand looks (Student's t with 4 degrees of freedom).
 */
export function isPrecise({ pair }: JudgedInput, settings: DiffSettings): boolean {
  const { base, difference, baseMean, margin, isUntouched } = pair;
  if (!pair.isComparable) return true;
  if (isUntouched || difference === null || baseMean === null) return isUntouched || base.values.length >= 2;
  const isRelative = base.unit === 'ms' || base.unit === 'perSecond';
  const wanted = isRelative ? Math.max(settings.precisionShare * Math.abs(baseMean), LEAST_WIDTH) : margin;
  const beyondMargin = Math.abs(difference.value) - margin;
  return difference.high - difference.low <= Math.max(wanted, beyondMargin / 2);
}

function verdictOf({ pair, better }: JudgedInput, side: Side): MetricVerdict {
  const { difference, margin, reason, isUntouched, presence, isComparable } = pair;
  if (presence !== 'both') return presence;
  if (isUntouched) return 'same';
  if (!isComparable) return 'not-comparable';
  if (reason !== null || difference === null) return 'inconclusive';
  if (side === 'none') return difference.low >= -margin && difference.high <= margin ? 'same' : 'inconclusive';
  if (better === 'neither') return 'changed';
  return side === better ? 'better' : 'worse';
}

function worsePValue({ pair, better }: JudgedInput): number {
  return (better === 'higher' ? pair.pLower : pair.pHigher) ?? 1;
}

function betterPValue({ pair, better }: JudgedInput): number {
  return (better === 'higher' ? pair.pHigher : pair.pLower) ?? 1;
}

/** The interval holds no change for the worse that matters. */
function excludesWorse({ pair: { difference, margin }, better }: JudgedInput): boolean {
  if (difference === null) return false;
  return better === 'higher' ? difference.low >= -margin : difference.high <= margin;
}

/** Whether anything differs in any pair: what is equal throughout is no test that could go wrong. */
function isMoved({ difference }: ReadingPair): boolean {
  return difference !== null && (difference.low !== 0 || difference.high !== 0);
}

function twoSided({ pHigher, pLower }: ReadingPair): number {
  return Math.min(1, 2 * Math.min(pHigher ?? 1, pLower ?? 1));
}

function opposite(side: 'higher' | 'lower'): Side {
  return side === 'higher' ? 'lower' : 'higher';
}
