// The top of the report: did it hold, what was simulated, the answer in a sentence, the numbers with their intervals, and what
// speaks against trusting them.

import type { Diagnostic } from '../../../models/config/diagnostic.js';
import { leftOutIn, OBJECTS_LEFT_OUT } from '../../../models/config/left-out.js';
import type { Measured } from '../../../scenarios/result/measured.js';
import type { RunResult } from '../../../scenarios/result/run-result.js';
import { formatCount, formatDurationMs } from '../../numbers.js';
import { meshText } from '../../release.js';
import { lengthText } from '../../timeline-words.js';
import { html, type Markup, named } from '../markup.js';
import { type Tile, tilesOf } from '../tiles.js';
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
import { whatHappened } from './happened.js';
import { statusBadge } from './status.js';
import { timelineAnswer } from './timeline.js';

const NS_PER_MS = 1e6;

export function overview(result: RunResult): Markup {
  return html`${leftOut(leftOutIn(result.warnings))}<div class="hero">
${statusBadge(verdictOf(result))}
<h1 id="title">${named(result.scenario)}</h1>
${timelineAnswer(result)}<p class="answer">${unbroken(answerSentence(result.totals))} ${goalSentence(result)}</p>
</div>
${whatHappened(result.findings)}
${headline(result)}
<p class="facts">${facts(result).map((fact) => html`<span>${fact}</span>`)}</p>
${warnings(withoutLeftOut(result.warnings))}`;
}

function facts(result: RunResult): (Markup | string)[] {
  const { replications, replicationsRequested, warmupNs, events } = result;
  const runs =
    replications === replicationsRequested ? `${replications}` : `${replications} of ${replicationsRequested}`;
  return [
    `${runs} × ${lengthText(result)} after ${formatDurationMs(warmupNs / NS_PER_MS)} of warm-up`,
    meshText(result),
    html`seed ${named(result.seed)}`,
    `${formatCount(events)} events`,
    result.services.length === 1 ? '1 service' : `${whole(result.services.length)} services`,
  ];
}

/** The four tiles, and below them what else is asked for often. */
function headline(result: RunResult): Markup {
  const { latency, goodLatency, offeredPerSecond } = result.totals;
  const tiles = tilesOf(result);
  const more: readonly (readonly [string, Measured, (value: number) => string])[] = [
    ['offered', offeredPerSecond, perSecond],
    ['median', goodLatency.p50Ms, formatDurationMs],
    ['p90', goodLatency.p90Ms, formatDurationMs],
    ['p99.9', goodLatency.p999Ms, formatDurationMs],
  ];
  const shown = [...tiles.map(({ measured }) => measured), ...more.map(([, measured]) => measured)];
  const isMissing = shown.some(({ reason }) => reason === 'too few samples');
  return html`<dl class="tiles">${tiles.map(tile)}</dl>
<p class="more-numbers">${more.map(([label, measured, format]) => html`<span>${label} <b>${unbroken(valueWords(measured, format))}</b> <span class="quiet">${unbroken(intervalWords(measured, format))}</span></span>`)}</p>
<p class="footnote">All traffic together, ${whole(latency.samples)} answers; percentiles are of the good ones. Below each number its 95 % confidence interval.${isMissing ? ' Too few: fewer than ten answers lie beyond it.' : null}</p>`;
}

function tile({ label, measured, format, tone, name, words }: Tile): Markup {
  const [number, unit] = splitUnit(valueWords(measured, format));
  const look = measured.value === null ? 'tile-value card-missing' : 'tile-value';
  const about = html`${name === '' ? null : html`<b>${named(name)}</b> `}${unbroken(words)}`;
  return html`<div class="tile tile-${tone}"><dt>${label}</dt><dd class="${look}">${number}${unit === '' ? null : html`<span class="unit">${unit}</span>`}</dd><dd class="card-interval">${unbroken(intervalWords(measured, format))}</dd><dd class="tile-words">${about}</dd></div>`;
}

/** `12.3 ms` -> [`12.3`, ` ms`]. */
function splitUnit(text: string): [string, string] {
  const parts = /^([\d.,<>]+)(.*)$/.exec(text);
  return parts === null ? [text, ''] : [parts[1]!, parts[2]!];
}

/** What the numbers are not about stands before all of them. */
export function leftOut(list: readonly Diagnostic[]): Markup | null {
  if (list.length === 0) return null;
  return html`<aside class="warnings" aria-label="What is left out"><ul>${list.map(warningItem)}</ul></aside>`;
}

export function withoutLeftOut(list: readonly Diagnostic[]): readonly Diagnostic[] {
  return list.filter(({ code }) => code !== OBJECTS_LEFT_OUT);
}

export function warnings(list: readonly Diagnostic[]): Markup | null {
  if (list.length === 0) return null;
  return html`<aside class="warnings" aria-labelledby="warnings-heading"><h2 id="warnings-heading">Read the numbers with care</h2><ul>${list.map(warningItem)}</ul></aside>`;
}

function warningItem({ message, hint }: Diagnostic): Markup {
  return html`<li>${named(message)}${hint === undefined ? null : html` <span class="hint">· ${named(hint)}</span>`}</li>`;
}
