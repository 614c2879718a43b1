// The first lines: did it hold, what was simulated, and the answer in one sentence.

import type { ClientSummary, RunResult, Verdict } from '../../scenarios/result/run-result.js';
import { printable } from '../escape.js';
import { type Colors, headed, type Style, wrapped } from '../layout.js';
import { formatCount, formatDurationMs, formatMeasuredShare, formatNumber } from '../numbers.js';
import { meshText } from '../release.js';
import { lengthText, type TimelineTone, timelineSentence } from '../timeline-words.js';

const NS_PER_MS = 1e6;
/** Share of good answers below which a run that nothing was asked of is called an outage. */
const OUTAGE_BELOW = 0.5;

export function headline(result: RunResult, width: number, colors: Colors): string[] {
  const { mark, word, style } = verdictWords(result, colors);
  return [
    ...headed(`${mark} ${word}`, `  ${printable(result.scenario)}`, width, style, colors.bold),
    ...wrapped(whatRan(result), width, 1).map(colors.dim),
    '',
    ...timelineLines(result, width, colors),
    ...wrapped(answer(result.totals), width, 1),
  ];
}

/** Of a run with a timeline the most important thing, before its means. */
function timelineLines(result: RunResult, width: number, colors: Colors): string[] {
  const sentence = timelineSentence(result);
  if (sentence === null) return [];
  const styles: Readonly<Record<TimelineTone, Style>> = {
    bad: (text) => colors.bold(colors.red(text)),
    unsure: (text) => colors.bold(colors.yellow(text)),
    fine: colors.bold,
  };
  return [...wrapped(printable(sentence.text), width, 1).map(styles[sentence.tone]), ''];
}

export function verdictMark(
  verdict: Verdict,
  colors: Colors,
): { readonly mark: string; readonly word: string; readonly style: Style } {
  switch (verdict) {
    case 'pass':
      return { mark: '✔', word: 'PASS', style: colors.green };
    case 'fail':
      return { mark: '✘', word: 'FAIL', style: colors.red };
    case 'inconclusive':
      return { mark: '?', word: 'INCONCLUSIVE', style: colors.yellow };
  }
}

/** Where nothing was asked of the run, there is nothing to pass. */
function verdictWords(
  result: RunResult,
  colors: Colors,
): { readonly mark: string; readonly word: string; readonly style: Style } {
  const isGated = result.thresholds.length > 0 || result.verdict !== 'pass';
  if (isGated) return verdictMark(result.verdict, colors);
  const isOutage = (result.totals.goodShare.value ?? 1) < OUTAGE_BELOW;
  return isOutage ? { mark: '✘', word: 'OUTAGE', style: colors.red } : { mark: '●', word: 'DONE', style: colors.cyan };
}

function whatRan(result: RunResult): string {
  const { replications, replicationsRequested } = result;
  const runs =
    replications === replicationsRequested ? `${replications}` : `${replications} of ${replicationsRequested}`;
  return [
    `${runs} × ${lengthText(result)} after ${formatDurationMs(result.warmupNs / NS_PER_MS)} of warm-up`,
    printable(meshText(result)),
    `seed ${printable(result.seed)}`,
    `${formatCount(result.events)} events`,
  ].join(' · ');
}

function answer(totals: ClientSummary): string {
  const { offeredPerSecond, goodputPerSecond, errorShare, refusedShare, goodLatency } = totals;
  const rate = (value: number | null): string => (value === null ? 'nothing' : `${formatNumber(value)}/s`);
  const parts = [
    `${rate(offeredPerSecond.value)} offered, ${rate(goodputPerSecond.value)} good`,
    `${formatMeasuredShare(errorShare)} errors`,
  ];
  if ((refusedShare.value ?? 0) > 0) parts.push(`${formatMeasuredShare(refusedShare)} refused`);
  if (goodLatency.p50Ms.value !== null)
    parts.push(`half of the good answers within ${formatDurationMs(goodLatency.p50Ms.value)}`);
  if (goodLatency.p99Ms.value !== null) parts.push(`99 % within ${formatDurationMs(goodLatency.p99Ms.value)}`);
  return `${parts.join(' · ')}.`;
}
