// All candidates side by side: a column for each, a row for each primary metric.
import type { Comparison, DiffResult, MetricDifference } from '../../../../scenarios/result/diff-result.js';
import { changeText, metricName, subjectName, valueText } from '../../../diff/words.js';
import { html, type Markup, named } from '../../markup.js';
import { statusBadge } from '../../sections/status.js';
import { armName, headlineName } from '../sentences.js';
import { verdictChip } from '../verdict.js';

const ROWS_MAX = 60;

export function candidateTable({ base, comparisons }: DiffResult): Markup {
  const primaries = comparisons.map(
    ({ metrics }) => new Map(primaryOf(metrics).map((metric) => [keyOf(metric), metric])),
  );
  const keys = [...new Set(primaries.flatMap((own) => [...own.keys()]))];
  const hidden = keys.length - ROWS_MAX;
  return html`<p class="lead">Each candidate against the same base, ${armName(base)}, with the same customers. Below, the report shows one candidate at a time.</p>
<div class="scroll" tabindex="0" role="region" aria-labelledby="candidates-heading"><table class="plain matrix">
<thead><tr><th scope="col">Primary metric</th><th scope="col" class="num">Base</th>${comparisons.map(({ candidate }) => html`<th scope="col">${armName(candidate)}</th>`)}</tr></thead>
<tbody><tr><th scope="row">Gate</th><td></td>${comparisons.map(gateCell)}</tr>
${keys.slice(0, ROWS_MAX).map((key) => row(primaries.map((own) => own.get(key) ?? null)))}</tbody></table></div>
${hidden > 0 ? html`<p class="footnote">And ${hidden} more primary metrics, in the table of each candidate.</p>` : null}
<div class="candidate-bar" data-part="chooser"></div>`;
}

function gateCell(comparison: Comparison): Markup {
  return html`<td>${statusBadge(comparison.gate.verdict, headlineName(comparison))}</td>`;
}

function row(cells: readonly (MetricDifference | null)[]): Markup {
  const known = cells.find((cell) => cell !== null)!;
  return html`<tr><th scope="row">${named(subjectName(known.subject))} <span class="quiet">${metricName(known)}</span></th><td class="num">${valueText(known, known.base)}</td>${cells.map(cell)}</tr>`;
}

function cell(metric: MetricDifference | null): Markup {
  if (metric === null) return html`<td class="quiet">not there</td>`;
  const change = changeText(metric);
  return html`<td>${verdictChip(metric.verdict)} <span class="matrix-change">${valueText(metric, metric.candidate)}${change === '' || change === '0' ? null : html` <span class="quiet">${change}</span>`}</span></td>`;
}

function primaryOf(metrics: readonly MetricDifference[]): readonly MetricDifference[] {
  return metrics.filter(({ isPrimary }) => isPrimary);
}

function keyOf({ subject, metric, outcome }: MetricDifference): string {
  return JSON.stringify([Object.values(subject), metric, outcome]);
}
