// Thresholds and objectives in both worlds, side by side.
import type { Comparison, DiffResult } from '../../../../scenarios/result/diff-result.js';
import type { SloResult, ThresholdResult } from '../../../../scenarios/result/run-result.js';
import { formatShare } from '../../../numbers.js';
import { html, type Markup, named } from '../../markup.js';
import { formatOf, place } from '../../sections/goals.js';
import { statusBadge } from '../../sections/status.js';
import { intervalWords, valueWords } from '../../words.js';
import { eachCandidate } from '../candidates.js';

export function hasGoals({ base, comparisons }: DiffResult): boolean {
  return [base, ...comparisons.map(({ candidate }) => candidate)].some(
    ({ slos, thresholds }) => slos.length + thresholds.length > 0,
  );
}

export function goals(result: DiffResult): Markup {
  return html`<p class="lead">What the scenario asks for, in each world by itself. The gate fails where a threshold held in the base and fails in the candidate; objectives inform.</p>
${eachCandidate(result, (comparison) => tables(result, comparison))}`;
}

function tables({ base }: DiffResult, { candidate }: Comparison): Markup {
  const thresholds = sideBySide(base.thresholds, candidate.thresholds, ({ text }) => text);
  const slos = sideBySide(base.slos, candidate.slos, ({ name, subject }) => JSON.stringify([name, subject]));
  return html`${thresholds.length === 0 ? null : table('Thresholds', thresholds.map(thresholdRow))}${slos.length === 0 ? null : table('Service level objectives', slos.map(sloRow))}`;
}

interface Sides<Goal> {
  readonly base: Goal | null;
  readonly candidate: Goal | null;
  readonly known: Goal;
}

/** Goals that both worlds have in one row each; those of one world, where each brings its own scenario, after them. */
function sideBySide<Goal>(
  base: readonly Goal[],
  candidate: readonly Goal[],
  keyOf: (goal: Goal) => string,
): Sides<Goal>[] {
  const others = new Map(candidate.map((goal) => [keyOf(goal), goal]));
  const own = new Set(base.map(keyOf));
  return [
    ...base.map((goal) => ({ base: goal, candidate: others.get(keyOf(goal)) ?? null, known: goal })),
    ...candidate.filter((goal) => !own.has(keyOf(goal))).map((goal) => ({ base: null, candidate: goal, known: goal })),
  ];
}

function table(title: string, rows: readonly Markup[]): Markup {
  return html`<h3>${title}</h3>
<div class="scroll" tabindex="0" role="region" aria-label="${title}"><table class="plain sides">
<thead><tr><th scope="col">${title === 'Thresholds' ? 'Threshold' : 'Objective'}</th><th scope="colgroup" colspan="2">Base</th><th scope="colgroup" colspan="2">Candidate</th><th scope="col">Written in</th></tr></thead>
<tbody>${rows}</tbody></table></div>`;
}

function thresholdRow({ base, candidate, known }: Sides<ThresholdResult>): Markup {
  const format = formatOf(known.unit);
  return html`<tr><th scope="row"><code>${named(known.text)}</code></th>${goalCells(base, (goal) => measured(goal.value, format))}${goalCells(candidate, (goal) => measured(goal.value, format))}<td class="quiet">${place(known.position)}</td></tr>`;
}

function sloRow({ base, candidate, known }: Sides<SloResult>): Markup {
  const about = known.subject === '' ? 'all traffic' : named(known.subject);
  const words = (goal: SloResult): Markup =>
    html`${measured(goal.goodShare, formatShare)}${goal.budgetUsedShare === null ? null : html`<span class="interval">${formatShare(goal.budgetUsedShare)} of the error budget</span>`}`;
  return html`<tr><th scope="row">${named(known.name)}<br><span class="quiet">${about}, ${formatShare(known.objectiveShare)} good</span></th>${goalCells(base, words)}${goalCells(candidate, words)}<td class="quiet">${place(known.position)}</td></tr>`;
}

function goalCells<Goal extends SloResult | ThresholdResult>(goal: Goal | null, words: (goal: Goal) => Markup): Markup {
  if (goal === null) return html`<td class="quiet" colspan="2">not there</td>`;
  return html`<td>${statusBadge(goal.verdict)}</td><td class="measured">${words(goal)}</td>`;
}

function measured(value: SloResult['goodShare'], format: (value: number) => string): Markup {
  return html`${valueWords(value, format)}<span class="interval">${intervalWords(value, format)}</span>`;
}
