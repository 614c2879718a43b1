// What a comparison comes to, in plain sentences, the names of the input kept apart from ours.
import type { ArmSummary, Comparison, DiffResult, MetricDifference } from '../../../scenarios/result/diff-result.js';
import { headlineSentence, headlineWord, resultKind } from '../../diff/headline.js';
import { changeText, gateSentence, metricName, subjectName, valueText } from '../../diff/words.js';
import { html, type Markup, named } from '../markup.js';
import { unbroken } from '../words.js';

/** `No regression`, `Outage`. */
export function headlineName({ headline }: Comparison): string {
  return capitalised(headlineWord(headline.kind).toLowerCase());
}

/** The same of all candidates together. */
export function resultName(result: DiffResult): string {
  return capitalised(headlineWord(resultKind(result)).toLowerCase());
}

function capitalised(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}

/** Whether it matters, why, and by how much where it does. */
export function answer(comparison: Comparison): Markup {
  const broken = comparison.gate.brokenThresholds[0];
  const fails = strongestFailure(comparison);
  const reason = fails ?? openMetric(comparison);
  if (comparison.isSamePlan) return html`${capitalised(gateSentence(comparison))}.`;
  const nothing = nothingDiffers(comparison) ? 'Nothing differs: ' : '';
  const gate = gateSentence(comparison);
  const success = comparison.headline.success === null ? '' : headlineSentence(comparison);
  return html`${success === '' ? null : html`${named(capitalised(success))}. `}${nothing === '' ? capitalised(gate) : `${nothing}${gate}`}.${
    reason === null ? null : html` ${metricSentence(reason)}`
  }${fails !== null || broken === undefined ? null : html` The threshold <code>${named(broken.text)}</code> held in the base.`}`;
}

/** No number of the candidate is another than the base's. */
export function nothingDiffers({ metrics, isSamePlan, entities }: Comparison): boolean {
  if (isSamePlan) return true;
  return (
    entities.length === 0 &&
    metrics.every(({ difference, base, candidate }) =>
      difference === null ? base === candidate : difference.low === 0 && difference.high === 0,
    )
  );
}

function strongestFailure({ gate, metrics }: Comparison): MetricDifference | null {
  const failed = gate.metrics.filter(({ verdict }) => verdict === 'fail').map(({ index }) => metrics[index]!);
  return failed[0] ?? null;
}

function openMetric({ gate, metrics }: Comparison): MetricDifference | null {
  if (gate.verdict !== 'inconclusive') return null;
  const open = gate.metrics.find(({ verdict }) => verdict === 'inconclusive');
  return open === undefined ? null : metrics[open.index]!;
}

function metricSentence(metric: MetricDifference): Markup {
  const name = html`${named(subjectName(metric.subject))} ${metricName(metric)}`;
  if (metric.difference === null) return html`There is too little data for ${name}.`;
  const [base, candidate] = [valueText(metric, metric.base), valueText(metric, metric.candidate)];
  const values = `went from ${base} to ${candidate} (${changeText(metric)})`;
  return metric.verdict === 'worse'
    ? html`Most of all, ${name} ${unbroken(values)}.`
    : html`${name} ${unbroken(values)}; its interval reaches over the margin.`;
}

/** What keeps a whole result from being trusted, beside its numbers. */
export function completeness({ stop, verdict, comparisons }: DiffResult): string {
  const isOpen = verdict === 'inconclusive' && comparisons.every(({ gate }) => gate.verdict === 'pass');
  if (stop === 'interrupted') return 'The comparison was interrupted before it was complete.';
  return isOpen ? 'Some replications ended early, so that the comparison is incomplete.' : '';
}

/** A world's name, with the start of its commit. */
export function armName({ name, revision }: ArmSummary): Markup {
  return revision === null
    ? html`<b class="world">${named(name)}</b>`
    : html`<b class="world">${named(name)}</b> <code class="quiet">${revision.slice(0, 10)}</code>`;
}
