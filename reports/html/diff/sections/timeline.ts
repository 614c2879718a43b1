// Which world gets over the timeline better: entry by entry, and phase by phase.
import type { Comparison, DiffResult } from '../../../../scenarios/result/diff-result.js';
import { EVENT_TITLES, eventCells, PHASE_TITLES, phaseCells, timelineSentence } from '../../../diff/timeline.js';
import { html, type Markup, named } from '../../markup.js';
import { eachCandidate } from '../candidates.js';

export function hasTimeline({ comparisons }: DiffResult): boolean {
  return comparisons.some(({ timeline }) => timeline !== undefined);
}

export function timelineSides(result: DiffResult): Markup {
  return html`${eachCandidate(result, (comparison) => sidesOf(result, comparison))}`;
}

function sidesOf(result: DiffResult, comparison: Comparison): Markup | null {
  const { timeline } = comparison;
  if (timeline === undefined) return null;
  return html`<p class="lead">${named(timelineSentence(result, comparison))}.</p>
${table('What happened', EVENT_TITLES, timeline.events.map(eventCells))}${table('Phases', PHASE_TITLES, timeline.phases.map(phaseCells))}`;
}

function table(label: string, titles: readonly string[], rows: readonly (readonly string[])[]): Markup {
  const [first, ...others] = titles;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${label}"><table class="plain sides">
<thead><tr><th scope="col">${first}</th>${others.map((title) => html`<th scope="col" class="num">${title}</th>`)}</tr></thead>
<tbody>${rows.map(([name, ...numbers]) => html`<tr><th scope="row">${named(name)}</th>${numbers.map((text) => html`<td class="num">${text}</td>`)}</tr>`)}</tbody></table></div>`;
}
