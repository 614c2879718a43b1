// The metrics that decide: both values, the paired interval in numbers and against the band of the margin, the verdict and what the gate
// makes of it; most important first.
import type { Comparison, DiffResult, GateMetric, MetricDifference } from '../../../../scenarios/result/diff-result.js';
import { changeText, intervalText, marginText, metricName, subjectName, valueText } from '../../../diff/words.js';
import { html, type Markup, named } from '../../markup.js';
import { statusBadge } from '../../sections/status.js';
import { unbroken } from '../../words.js';
import { eachCandidate } from '../candidates.js';
import { glyphAxis, intervalGlyph } from '../glyph.js';
import { scaleLimit } from '../interval.js';
import { verdictChip } from '../verdict.js';
import { tallies, toldChanges } from './overview.js';

const ROWS_MAX = 60;
const GLYPH = { width: 300, height: 24 };

export function primary(result: DiffResult): Markup {
  return html`<p class="lead">The gate looks at these${FROM_WORDS[result.settings.primaryFrom]}. The bar is the paired 95 % interval of the change, the shaded band the margin within which a change does not matter; the scale counts margins, and is logarithmic beyond the band. ${unbroken(marginText(result))}.</p>
${eachCandidate(result, (comparison) => html`${result.comparisons.length > 1 ? html`${tallies(comparison)}${toldChanges(comparison)}` : null}${brokenList(comparison)}${primaryTable(comparison, result.comparisons.indexOf(comparison))}`)}
<p class="footnote">p: how likely such pairs are if the candidate is worse by no more than the margin; corrected by Holm’s procedure. Below ${gateLevel(result)} the gate fails.</p>
<div data-part="pairs"></div>`;
}

/** One-sided: half of what the interval leaves out. */
function gateLevel({ settings }: DiffResult): number {
  return Number(((1 - settings.confidenceLevel) / 2).toPrecision(3));
}

const FROM_WORDS: Readonly<Record<DiffResult['settings']['primaryFrom'], string>> = {
  default:
    ': errors, mean, and p99 (a lower percentile where the data is too thin for p99) of every request of the traffic',
  thresholds: ': what the thresholds of the scenario are about',
  option: ', as asked for with --primary',
};

function brokenList({ gate }: Comparison): Markup | null {
  if (gate.brokenThresholds.length === 0) return null;
  return html`<ul class="broken">${gate.brokenThresholds.map(
    ({ text }) => html`<li>${statusBadge('fail', 'No longer holds')} <code>${named(text)}</code></li>`,
  )}</ul>`;
}

function primaryTable({ metrics, gate }: Comparison, index: number): Markup {
  const gates = new Map(gate.metrics.map((own) => [own.index, own]));
  const rows = metrics.flatMap((metric, i) => (metric.isPrimary ? [{ metric, gate: gates.get(i) ?? null }] : []));
  if (rows.length + gate.missing.length === 0) return html`<p class="calm">There is no primary metric.</p>`;
  const limit = scaleLimit(rows.map(({ metric }) => metric));
  const hidden = rows.length - ROWS_MAX;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Primary metrics${index > 0 ? ` of candidate ${index + 1}` : ''}"><table class="plain primary">
<thead><tr><th scope="col">Verdict</th><th scope="col">Metric</th><th scope="col" class="num">Base</th><th scope="col" class="num">Candidate</th><th scope="col" class="num">Change</th><th scope="col"><span>Change in margins</span>${glyphAxis(limit, GLYPH)}</th><th scope="col">Gate</th></tr></thead>
<tbody>${rows
    .slice(0, ROWS_MAX)
    .map(
      ({ metric, gate: own }) =>
        html`<tr><td>${verdictChip(metric.verdict)}</td><th scope="row">${named(subjectName(metric.subject))}<br><span class="quiet">${metricName(metric)}${better(metric)}</span></th><td class="num">${unbroken(valueText(metric, metric.base))}</td><td class="num">${unbroken(valueText(metric, metric.candidate))}</td><td class="num"><b>${unbroken(changeText(metric))}</b><span class="interval">${unbroken(intervalText(metric))}</span></td><td>${intervalGlyph(metric, limit, GLYPH)}</td><td>${gateCell(own)}</td></tr>`,
    )}${gate.missing.map(
    ({ subject, metric }) =>
      html`<tr><td>${verdictChip('inconclusive')}</td><th scope="row">${named(subjectName(subject))}<br><span class="quiet">${metricName({ metric })}</span></th><td colspan="4" class="quiet">one of the worlds does not have it: nothing to compare</td><td>${statusBadge('inconclusive', 'Open')}</td></tr>`,
  )}</tbody></table></div>
${hidden > 0 ? html`<p class="footnote">And ${hidden} more: among all metrics, below.</p>` : null}`;
}

function better({ better: way }: MetricDifference): string {
  return way === 'neither' ? '' : `, ${way} is better`;
}

/** Whether the gate passes for it, and the p-value of "no worse than the margin" after Holm's correction. */
function gateCell(own: GateMetric | null): Markup | null {
  if (own === null) return null;
  const words = { pass: 'Passes', fail: 'Fails', inconclusive: 'Open' } as const;
  const p =
    own.adjustedPValue === null ? null : html`<span class="interval">p ${pValueText(own.adjustedPValue)}</span>`;
  return html`${statusBadge(own.verdict, words[own.verdict])}${p}`;
}

/** `= 0.012`, `< 0.0001`. */
export function pValueText(p: number): string {
  return p < 0.0001 ? '< 0.0001' : `= ${Number(p.toPrecision(2))}`;
}
