// The top of a comparison: is it a regression, why, between what and what, how the metrics fared, and what speaks against trusting it.

import { leftOutIn } from '../../../../models/config/left-out.js';
import type { Comparison, DiffResult, MetricVerdict } from '../../../../scenarios/result/diff-result.js';
import { becauseText, countFindings, shownFindings, shownLint } from '../../../diff/because.js';
import { toldWarnings } from '../../../diff/told-warnings.js';
import { countChanges, effortText } from '../../../diff/words.js';
import { meshText } from '../../../release.js';
import { html, type Markup, named } from '../../markup.js';
import { leftOut, warnings, withoutLeftOut } from '../../sections/overview.js';
import { statusBadge } from '../../sections/status.js';
import { unbroken, whole } from '../../words.js';
import { answer, armName, completeness, headlineName, resultName } from '../sentences.js';
import { VERDICT_MEANINGS, VERDICTS, verdictChip } from '../verdict.js';

export function overview(result: DiffResult): Markup {
  const { comparisons, verdict, scenario } = result;
  const incomplete = completeness(result);
  const told = toldWarnings(result);
  return html`${leftOut(leftOutIn(told))}<div class="hero">
${statusBadge(verdict, resultName(result))}
<h1 id="title">${named(scenario)}</h1>
${comparisons.length === 1 ? html`<p class="answer">${answer(comparisons[0]!)}</p>` : answers(comparisons)}
${incomplete === '' ? null : html`<p class="answer">${incomplete}</p>`}
<p class="facts">${facts(result).map((fact) => html`<span>${fact}</span>`)}</p>
</div>
${comparisons.length === 1 ? tallies(comparisons[0]!) : null}
${comparisons.length === 1 ? toldChanges(comparisons[0]!) : null}
${warnings(withoutLeftOut(told))}`;
}

function answers(comparisons: readonly Comparison[]): Markup {
  return html`<ul class="answers">${comparisons.map(
    (comparison) =>
      html`<li>${statusBadge(comparison.gate.verdict, headlineName(comparison))}<span>${armName(comparison.candidate)}: ${answer(comparison)}</span></li>`,
  )}</ul>`;
}

function facts(result: DiffResult): (Markup | string)[] {
  const { base, comparisons, seed } = result;
  const releases = [...new Set([base, ...comparisons.map(({ candidate }) => candidate)].map((arm) => meshText(arm)))];
  const versus =
    comparisons.length === 1
      ? html`${armName(base)} → ${armName(comparisons[0]!.candidate)}`
      : html`base ${armName(base)}, ${comparisons.length} candidates`;
  return [versus, unbroken(effortText(result)), html`seed ${named(seed)}`, releases.join(', ')];
}

/** What acts in the candidate and not in the base, and the other way round, with the change that stands behind it. */
export function toldChanges(comparison: Comparison): Markup | null {
  const found = shownFindings(comparison);
  const linted = shownLint(comparison);
  if (found.shown.length + linted.shown.length === 0) return null;
  const more = (hidden: number): Markup | null =>
    hidden > 0 ? html`<li>… and ${hidden} more, in diff.json</li>` : null;
  const counts = [
    ...(comparison.findings.length === 0 ? [] : [`findings: ${countFindings(comparison.findings)}`]),
    ...(comparison.lint.length === 0 ? [] : [`lint: ${comparison.lint.length} new`]),
  ];
  return html`<p class="footnote">${counts.join('; ')}</p><ul class="broken">${found.shown.map((own) => {
    const because = becauseText(own);
    return html`<li><b>${own.change}</b> ${named(own.finding.sentence)} <code class="quiet">${own.finding.code}</code>${because === '' ? null : html` <span class="quiet">${named(because)}</span>`}</li>`;
  })}${more(found.hidden)}${linted.shown.map(
    ({ code, message, resource }) =>
      html`<li><b>lint</b> <code class="quiet">${code}</code> ${named(resource)}: ${named(message)}</li>`,
  )}${more(linted.hidden)}</ul>`;
}

/** Verdicts that are told of also where no metric has them. */
const ALWAYS: readonly MetricVerdict[] = ['worse', 'better', 'changed', 'inconclusive', 'same'];

/** How many metrics have which verdict, and how much of the configuration changed. */
export function tallies({ counts, changes, entities }: Comparison): Markup {
  const news = entities.length === 0 ? '' : `; ${entities.length} in one world only`;
  return html`<dl class="cards tallies">${VERDICTS.filter(
    (verdict) => counts[verdict] > 0 || ALWAYS.includes(verdict),
  ).map(
    (verdict) =>
      html`<div class="card"><dt title="${VERDICT_MEANINGS[verdict]}">${verdictChip(verdict)}</dt><dd class="card-value">${whole(counts[verdict])}</dd></div>`,
  )}</dl>
<p class="footnote">Metrics by verdict. Configuration: ${countChanges(changes)}${news}.</p>`;
}
