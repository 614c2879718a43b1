// The answer in plain words, and numbers with their intervals as the page writes them.

import type { Measured } from '../../scenarios/result/measured.js';
import type { ClientSummary, RunResult, Verdict } from '../../scenarios/result/run-result.js';
import { formatDurationMs, formatNumber, formatShare } from '../numbers.js';

/** `12.3 ms`, `4 %`, `312/s`, or why there is none. */
export function valueWords({ value, reason }: Measured, format: (value: number) => string): string {
  if (value !== null) return format(value);
  if (reason === 'no good answers') return 'none good';
  return reason === 'too few samples' ? 'too few' : '–';
}

/** `11.9 – 12.7 ms`; why there is no interval, where there is none. */
export function intervalWords({ value, low, high, reason }: Measured, format: (value: number) => string): string {
  if (low !== null && high !== null) return low === high ? 'exact' : joinRange(format(low), format(high));
  return value === null ? '' : reason === null ? '' : 'no interval: one replication';
}

/** `17 ms`, `17.4 ms` -> `17.0 – 17.4 ms`: a unit that both share is said once, and the lower end has no fewer decimals than the upper. */
function joinRange(low: string, high: string): string {
  const unit = /[^\d.,<>]+$/.exec(high)?.[0] ?? '';
  if (unit === '' ? /[^\d.,]/.test(low) : !low.endsWith(unit)) return `${low} – ${high}`;
  const number = low.slice(0, low.length - unit.length);
  return `${padDecimals(number, decimalsOf(high.slice(0, high.length - unit.length)))} – ${high}`;
}

function decimalsOf(number: string): number {
  const point = number.indexOf('.');
  return point < 0 ? 0 : number.length - point - 1;
}

function padDecimals(number: string, decimals: number): string {
  const missing = decimals - decimalsOf(number);
  if (missing <= 0 || number === '0') return number;
  return `${number}${number.includes('.') ? '' : '.'}${'0'.repeat(missing)}`;
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
export function answerSentence({ offeredPerSecond, errorShare, goodLatency }: ClientSummary): string {
  if (offeredPerSecond.value === null || offeredPerSecond.value === 0) return 'No request was sent.';
  const parts = [`Of ${formatNumber(offeredPerSecond.value)} requests a second, ${failedWords(errorShare)}.`];
  const { p50Ms, p99Ms } = goodLatency;
  if (p50Ms.value !== null) {
    const tail = p99Ms.value === null ? '' : `, 99 % within ${formatDurationMs(p99Ms.value)}`;
    parts.push(`Half of the good answers came within ${formatDurationMs(p50Ms.value)}${tail}.`);
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
  const of = (verdict: Verdict): number => goals.filter((goal) => goal.verdict === verdict).length;
  const [all, passed, failed, open] = [goals.length, of('pass'), of('fail'), of('inconclusive')];
  if (all === 0) return '';
  const which = all === 1 ? `The ${noun}` : all === 2 ? `Both ${noun}s` : `All ${all} ${noun}s`;
  if (passed === all) return `${which} ${all === 1 ? one : many}.`;
  if (failed === all) return `${which} ${all === 1 ? 'fails' : 'fail'}.`;
  if (open === all) return `${which} cannot be told from this much data.`;
  const parts = [`${passed === 0 ? 'None' : passed} of ${all} ${noun}s ${passed < 2 ? one : many}`];
  if (failed > 0) parts.push(`${failed} ${failed === 1 ? 'fails' : 'fail'}`);
  if (open > 0) parts.push(`${open} cannot be told from this much data`);
  return `${parts.join(', ')}.`;
}
