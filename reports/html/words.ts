// The answer in plain words, and numbers with their intervals as the page writes them.
import type { ClientSummary, Measured, RunResult, Verdict } from '../../scenarios/run-result.js';
import { formatDurationMs, formatNumber, formatShare } from '../numbers.js';

/** `12.3 ms`, `4 %`, `312/s`, or why there is none. */
export function valueWords({ value, reason }: Measured, format: (value: number) => string): string {
  if (value !== null) return format(value);
  return reason === 'too few samples' ? 'too few samples' : '–';
}

/** `11.9 – 12.7 ms`; why there is no interval, where there is none. */
export function intervalWords({ value, low, high, reason }: Measured, format: (value: number) => string): string {
  if (low !== null && high !== null) return low === high ? 'exact' : joinRange(format(low), format(high));
  return value === null ? '' : reason === null ? '' : 'no interval: one replication';
}

/** `11.9 ms`, `12.7 ms` -> `11.9 – 12.7 ms`: a unit that both share is said once. */
function joinRange(low: string, high: string): string {
  const unit = /[^\d.,<>]+$/.exec(high)?.[0] ?? '';
  const start = unit !== '' && low.endsWith(unit) ? low.slice(0, -unit.length) : low;
  return `${start} – ${high}`;
}

export function perSecond(value: number): string {
  return `${formatNumber(value)}/s`;
}

/** Thresholds gate; where there are none and the run is whole, there is nothing to pass. */
export function verdictOf(result: RunResult): Verdict | 'done' {
  return result.thresholds.length > 0 || result.verdict !== 'pass' ? result.verdict : 'done';
}

export const VERDICT_WORDS: Readonly<Record<Verdict | 'done', string>> = {
  pass: 'Pass',
  fail: 'Fail',
  inconclusive: 'Inconclusive',
  done: 'Done',
};

/** A number and its unit stay on one line. */
export function unbroken(text: string): string {
  return text.replace(/(\d) (?=%|[mµ]?s\b|min\b)/g, '$1\u00a0');
}

/** Whole things: no decimals. */
export function whole(count: number): string {
  return formatNumber(count, 0);
}

/** A small number of things per call: two digits where three decimals would say nothing. */
export function perCall(value: number): string {
  return value > 0 && value < 0.01 ? String(Number(value.toPrecision(2))) : formatNumber(value);
}

/** What happened to the requests, in sentences. */
export function answerSentence({ offeredPerSecond, errorShare, latency }: ClientSummary): string {
  if (offeredPerSecond.value === null || offeredPerSecond.value === 0) return 'No request was sent.';
  const parts = [`Of ${formatNumber(offeredPerSecond.value)} requests a second, ${failedWords(errorShare)}.`];
  const { p50Ms, p99Ms } = latency;
  if (p50Ms.value !== null) {
    const tail = p99Ms.value === null ? '' : `, 99 % within ${formatDurationMs(p99Ms.value)}`;
    parts.push(`Half of the answers came within ${formatDurationMs(p50Ms.value)}${tail}.`);
  }
  return parts.join(' ');
}

function failedWords(errorShare: Measured): string {
  if (errorShare.value === null) return 'none was answered in the measured time';
  return errorShare.value === 0 ? 'none failed' : `${formatShare(errorShare.value)} failed`;
}

/** What that means for the thresholds and objectives. */
export function goalSentence({ thresholds, slos }: RunResult): string {
  return [countGoals(thresholds, 'threshold', 'holds', 'hold'), countGoals(slos, 'objective', 'is met', 'are met')]
    .filter((text) => text !== '')
    .join(' ');
}

function countGoals(goals: readonly { readonly verdict: Verdict }[], noun: string, one: string, many: string): string {
  if (goals.length === 0) return '';
  const of = (verdict: Verdict): number => goals.filter((goal) => goal.verdict === verdict).length;
  const [passed, failed, open] = [of('pass'), of('fail'), of('inconclusive')];
  if (passed === goals.length) return passed === 1 ? `The ${noun} ${one}.` : `All ${passed} ${noun}s ${many}.`;
  const parts = [`${passed} of ${goals.length} ${noun}s ${passed === 1 ? one : many}`];
  if (failed > 0) parts.push(`${failed} ${failed === 1 ? 'fails' : 'fail'}`);
  if (open > 0) parts.push(`${open} cannot be told from this much data`);
  return `${parts.join(', ')}.`;
}
