// What happened in a run with a timeline, and what clients got from one moment to the next.
import type { Measured } from '../../../scenarios/result/measured.js';
import type { RunResult } from '../../../scenarios/result/run-result.js';
import type {
  HappenedKind,
  HappeningSummary,
  ImpactSummary,
  PhaseFlowSummary,
} from '../../../scenarios/result/timeline-result.js';
import { formatDurationMs, formatNumber, formatShare } from '../../numbers.js';
import {
  clock,
  entryWords,
  happeningWords,
  recoveryCell,
  type TimelineTone,
  timelineSentence,
} from '../../timeline-words.js';
import { html, type Markup, named } from '../markup.js';
import { intervalWords, perSecond, unbroken, valueWords } from '../words.js';

/** Of the happenings that follow an entry; the rest is in results.json. */
const FOLLOWED_MAX = 12;

/** The entry itself, and what has a column. */
const SAID_ELSEWHERE: readonly HappenedKind[] = ['began', 'ended', 'recovered', 'not recovered'];

const TONES: Readonly<Record<TimelineTone, string>> = {
  bad: 'is-bad',
  unsure: 'is-unsure',
  fine: 'is-fine',
};

/** The first thing to read of a run with a timeline; nothing of any other. */
export function timelineAnswer(result: RunResult): Markup | null {
  const sentence = timelineSentence(result);
  if (sentence === null) return null;
  return html`<p class="answer timeline-answer ${TONES[sentence.tone]}">${named(unbroken(sentence.text))}</p>`;
}

export function timeline(result: RunResult): Markup {
  return html`${happened(result)}${phaseTable(result)}`;
}

function happened({ impacts = [], happenings = [], replications }: RunResult): Markup {
  const hasBudgets = impacts.some(({ budgets }) => budgets.length > 0);
  return html`<h3 id="events-heading">Entry by entry</h3>
<p class="lead">What each entry did until the next one began. Lost: bad answers above the share of before, each time. Errors and p99: of the worst interval, all traffic together. Back: when good answers and their p99 are as before, for three intervals at least. The numbers mark the entries in the charts below.</p>
<div class="scroll" tabindex="0" role="region" aria-labelledby="events-heading"><table class="plain timeline">
<thead><tr><th scope="col" class="num">No.</th><th scope="col" class="num">Time</th><th scope="col">What happened</th><th scope="col" class="num">Requests lost</th><th scope="col" class="num">Errors</th><th scope="col" class="num">p99</th><th scope="col" class="num">Back after</th>${hasBudgets ? html`<th scope="col">Error budget</th>` : null}</tr></thead>
<tbody>${impacts.map((impact, i) => entryRows(impact, i + 1, happenings, replications, hasBudgets))}</tbody></table></div>`;
}

function entryRows(
  impact: ImpactSummary,
  number: number,
  happenings: readonly HappeningSummary[],
  replications: number,
  hasBudgets: boolean,
): Markup {
  const { beginSeconds, lost, worstErrors, worstP99, recovery, budgets } = impact;
  const followed = happenings.filter(({ kind, entry }) => entry === impact.entry && !SAID_ELSEWHERE.includes(kind));
  const isLost = (lost.value ?? 0) >= 0.5;
  const back = recoveryCell(impact, replications);
  const more = followed.length - FOLLOWED_MAX;
  return html`<tr><td class="num quiet">${number}</td><td class="num">${unbroken(clock(beginSeconds))}</td><th scope="row">${named(entryWords(impact))}${
    followed.length === 0
      ? null
      : html`<ol class="followed">${followed.slice(0, FOLLOWED_MAX).map((happening) => html`<li><span class="when">${unbroken(clock(happening.atSeconds))}</span><span>${named(unbroken(happeningWords(happening)))}</span></li>`)}${more > 0 ? html`<li><span></span><span>… and ${more} more in results.json</span></li>` : null}</ol>`
  }</th>${isLost ? numberCell(lost, (value) => formatNumber(value, 0)) : html`<td class="num">–</td>`}<td class="num">${worstErrors === null || worstErrors.share === 0 ? '–' : unbroken(formatShare(worstErrors.share))}</td><td class="num">${worstP99 === null ? '–' : unbroken(formatDurationMs(worstP99.ms))}</td><td class="num${recovery.notRecovered > 0 ? ' is-bad' : ''}">${unbroken(back)}</td>${
    hasBudgets
      ? html`<td>${budgets
          .filter(({ usedShare }) => (usedShare.value ?? 0) >= 0.001)
          .map(
            ({ slo, usedShare }) =>
              html`<div class="budget-line">${named(slo)} <b>${unbroken(formatShare(usedShare.value ?? 0))}</b></div>`,
          )}</td>`
      : null
  }</tr>`;
}

function phaseTable({ phases = [], traffic }: RunResult): Markup {
  const isSplit = traffic.length > 1;
  return html`<h3 id="phases-heading">Phases</h3>
<p class="lead">From one moment at which an entry begins or ends to the next, all traffic together${isSplit ? '; each source by itself is in phases.csv' : null}. Percentiles are of the good answers.</p>
<div class="scroll" tabindex="0" role="region" aria-labelledby="phases-heading"><table class="plain timeline">
<thead><tr><th scope="col" class="num">From</th><th scope="col">Phase</th><th scope="col" class="num">Offered</th><th scope="col" class="num">Good</th><th scope="col" class="num">Errors</th><th scope="col" class="num">Median</th><th scope="col" class="num">p99</th></tr></thead>
<tbody>${phases.map(({ name, fromSeconds, toSeconds, all }) => html`<tr><td class="num">${unbroken(clock(fromSeconds))}</td><th scope="row">${named(name)}<br><span class="quiet">for ${unbroken(clock(toSeconds - fromSeconds))}</span></th>${flowCells(all)}</tr>`)}</tbody></table></div>`;
}

function flowCells({ offeredPerSecond, goodputPerSecond, errorShare, p50Ms, p99Ms }: PhaseFlowSummary): Markup {
  return html`${numberCell(offeredPerSecond, perSecond)}${numberCell(goodputPerSecond, perSecond)}${numberCell(errorShare, formatShare)}${numberCell(p50Ms, formatDurationMs)}${numberCell(p99Ms, formatDurationMs)}`;
}

/** The value, and its interval below. */
function numberCell(measured: Measured, format: (value: number) => string): Markup {
  return html`<td class="num">${unbroken(valueWords(measured, format))}<br><span class="quiet small">${unbroken(intervalWords(measured, format))}</span></td>`;
}
