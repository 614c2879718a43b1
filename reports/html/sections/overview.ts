// The top of the report: did it hold, what was simulated, the answer in a sentence, the numbers with their intervals, and what
// speaks against trusting them.

import type { Diagnostic } from '../../../models/config/diagnostic.js';
import type { Measured, RunResult } from '../../../scenarios/run-result.js';
import { formatCount, formatDurationMs, formatShare } from '../../numbers.js';
import { meshText } from '../../release.js';
import { html, type Markup, named } from '../markup.js';
import {
  answerSentence,
  goalSentence,
  intervalWords,
  perSecond,
  unbroken,
  valueWords,
  verdictOf,
  whole,
} from '../words.js';
import { statusBadge } from './status.js';

const NS_PER_MS = 1e6;

export function overview(result: RunResult): Markup {
  return html`<div class="hero">
${statusBadge(verdictOf(result))}
<h1 id="title">${named(result.scenario)}</h1>
<p class="answer">${unbroken(answerSentence(result.totals))} ${goalSentence(result)}</p>
<p class="facts">${facts(result).map((fact) => html`<span>${fact}</span>`)}</p>
</div>
${headline(result)}
${warnings(result.warnings)}`;
}

function facts(result: RunResult): (Markup | string)[] {
  const { replications, replicationsRequested, durationNs, warmupNs, events } = result;
  const runs =
    replications === replicationsRequested ? `${replications}` : `${replications} of ${replicationsRequested}`;
  return [
    `${runs} × ${formatDurationMs(durationNs / NS_PER_MS)} after ${formatDurationMs(warmupNs / NS_PER_MS)} of warm-up`,
    meshText(result),
    html`seed ${named(result.seed)}`,
    `${formatCount(events)} events`,
    result.services.length === 1 ? '1 service' : `${whole(result.services.length)} services`,
  ];
}

interface Headline {
  readonly label: string;
  readonly measured: Measured;
  readonly format: (value: number) => string;
}

function headline({ totals }: RunResult): Markup {
  const { latency } = totals;
  const cards: readonly Headline[] = [
    { label: 'Offered', measured: totals.offeredPerSecond, format: perSecond },
    { label: 'Answered well', measured: totals.goodputPerSecond, format: perSecond },
    { label: 'Errors', measured: totals.errorShare, format: formatShare },
    { label: 'Median', measured: latency.p50Ms, format: formatDurationMs },
    { label: 'p90', measured: latency.p90Ms, format: formatDurationMs },
    { label: 'p99', measured: latency.p99Ms, format: formatDurationMs },
    { label: 'p99.9', measured: latency.p999Ms, format: formatDurationMs },
  ];
  const isMissing = cards.some(({ measured }) => measured.reason === 'too few samples');
  return html`<dl class="cards">${cards.map(card)}</dl>
<p class="footnote">All traffic together, ${whole(latency.samples)} answers. Below each number its 95 % confidence interval.${isMissing ? ' Too few: fewer than ten answers lie beyond it.' : null}</p>`;
}

function card({ label, measured, format }: Headline): Markup {
  const [number, unit] = splitUnit(valueWords(measured, format));
  const look = measured.value === null ? 'card-value card-missing' : 'card-value';
  return html`<div class="card"><dt>${label}</dt><dd class="${look}">${number}${unit === '' ? null : html`<span class="unit">${unit}</span>`}</dd><dd class="card-interval">${intervalWords(measured, format)}</dd></div>`;
}

/** `12.3 ms` -> [`12.3`, ` ms`]. */
function splitUnit(text: string): [string, string] {
  const parts = /^([\d.,<>]+)(.*)$/.exec(text);
  return parts === null ? [text, ''] : [parts[1]!, parts[2]!];
}

export function warnings(list: readonly Diagnostic[]): Markup | null {
  if (list.length === 0) return null;
  return html`<aside class="warnings" aria-labelledby="warnings-heading"><h2 id="warnings-heading">Read the numbers with care</h2><ul>${list.map(
    ({ message, hint }) =>
      html`<li>${named(message)}${hint === undefined ? null : html` <span class="hint">· ${named(hint)}</span>`}</li>`,
  )}</ul></aside>`;
}
