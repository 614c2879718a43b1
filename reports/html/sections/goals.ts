// SLOs with what is left of their error budgets, and thresholds with the measured interval beside the limit.
import type { SourcePosition } from '../../../models/config/diagnostic.js';
import type { RunResult, SloResult, ThresholdResult } from '../../../scenarios/result/run-result.js';
import { formatDurationMs, formatNumber, formatShare } from '../../numbers.js';
import { html, Markup, named } from '../markup.js';
import { intervalWords, perSecond, valueWords } from '../words.js';
import { statusBadge } from './status.js';

export function goals({ slos, thresholds }: RunResult): Markup {
  return html`${thresholds.length === 0 ? null : thresholdTable(thresholds)}${slos.length === 0 ? null : sloTable(slos)}`;
}

function thresholdTable(thresholds: readonly ThresholdResult[]): Markup {
  return html`<h3 id="thresholds-heading">Thresholds</h3>
<p class="lead">They decide the verdict and the exit code. The bar is the 95 % interval, the line the limit; the shaded side is allowed.</p>
<div class="scroll" tabindex="0" role="region" aria-labelledby="thresholds-heading"><table class="plain">
<thead><tr><th scope="col">Verdict</th><th scope="col">Threshold</th><th scope="col" class="num">Measured</th><th scope="col" class="num">95 % interval</th><th scope="col">Against the limit</th><th scope="col">Written in</th></tr></thead>
<tbody>${thresholds.map((threshold) => {
    const format = formatOf(threshold.unit);
    return html`<tr><td>${statusBadge(threshold.verdict)}</td><th scope="row"><code>${named(threshold.text)}</code></th><td class="num">${valueWords(threshold.value, format)}</td><td class="num quiet">${intervalWords(threshold.value, format)}</td><td>${limitGlyph(threshold)}</td><td class="quiet">${place(threshold.position)}</td></tr>`;
  })}</tbody></table></div>`;
}

function sloTable(slos: readonly SloResult[]): Markup {
  return html`<h3 id="slos-heading">Service level objectives</h3>
<p class="lead">The error budget is what an objective lets fail. They inform; thresholds gate.</p>
<div class="scroll" tabindex="0" role="region" aria-labelledby="slos-heading"><table class="plain">
<thead><tr><th scope="col">Verdict</th><th scope="col">Objective</th><th scope="col">Good means</th><th scope="col" class="num">Target</th><th scope="col" class="num">Measured</th><th scope="col" class="num">95 % interval</th><th scope="col">Error budget used</th><th scope="col">Written in</th></tr></thead>
<tbody>${slos.map(
    (slo) =>
      html`<tr><td>${statusBadge(slo.verdict)}</td><th scope="row">${named(slo.name)}<br><span class="quiet">${slo.subject === '' ? 'all traffic' : named(slo.subject)}</span></th><td>${goodMeans(slo)}</td><td class="num">${formatShare(slo.objectiveShare)}</td><td class="num">${valueWords(slo.goodShare, formatShare)}</td><td class="num quiet">${intervalWords(slo.goodShare, formatShare)}</td><td>${budgetGlyph(slo)}</td><td class="quiet">${place(slo.position)}</td></tr>`,
  )}</tbody></table></div>`;
}

function goodMeans({ kind, latencyMs }: SloResult): string {
  switch (kind) {
    case 'latency':
      return `a good answer within ${formatDurationMs(latencyMs ?? 0)}`;
    case 'availability':
      return 'answered as expected';
  }
}

export function formatOf(unit: ThresholdResult['unit']): (value: number) => string {
  switch (unit) {
    case 'ms':
      return formatDurationMs;
    case 'share':
      return formatShare;
    case 'perSecond':
      return perSecond;
  }
}

export function place(position: SourcePosition | null): Markup | null {
  return position === null ? null : html`<code class="place">${named(`${position.file}:${position.line}`)}</code>`;
}

const GLYPH_WIDTH = 180;

/** Interval and value on a line from 0, with the limit: the drawing says nothing that the cells beside it do not. */
function limitGlyph({ value, limit, comparison, verdict }: ThresholdResult): Markup | null {
  if (value.value === null) return null;
  const top = Math.max(limit, value.high ?? value.value, value.value) * 1.15 || 1;
  const x = (at: number): string => ((Math.max(0, at) / top) * GLYPH_WIDTH).toFixed(1);
  const isBelow = comparison === '<' || comparison === '<=';
  const [from, to] = isBelow ? [0, limit] : [limit, top];
  const interval =
    value.low === null || value.high === null
      ? ''
      : `<line class="glyph-interval" x1="${x(value.low)}" x2="${x(value.high)}" y1="12" y2="12"/>`;
  return new Markup(
    `<svg class="glyph glyph-${verdict}" viewBox="-4 0 ${GLYPH_WIDTH + 8} 24" width="${GLYPH_WIDTH + 8}" height="24" aria-hidden="true">` +
      `<rect class="glyph-allowed" x="${x(from)}" y="6" width="${Number(x(to)) - Number(x(from))}" height="12" rx="2"/>` +
      `<line class="glyph-axis" x1="0" x2="${GLYPH_WIDTH}" y1="12" y2="12"/>${interval}` +
      `<circle class="glyph-value" cx="${x(value.value)}" cy="12" r="4"/>` +
      `<line class="glyph-limit" x1="${x(limit)}" x2="${x(limit)}" y1="2" y2="22"/></svg>`,
  );
}

/** The budget as a bar; what is used beyond it is cut off and said in words. */
function budgetGlyph({ budgetUsedShare, verdict }: SloResult): Markup | null {
  if (budgetUsedShare === null) return null;
  const width = Math.min(1, Math.max(0, budgetUsedShare)) * GLYPH_WIDTH;
  const bar = new Markup(
    `<svg class="glyph glyph-${verdict}" viewBox="0 0 ${GLYPH_WIDTH} 10" width="${GLYPH_WIDTH}" height="10" aria-hidden="true">` +
      `<rect class="glyph-budget" width="${GLYPH_WIDTH}" height="10" rx="5"/><rect class="glyph-used" width="${width.toFixed(1)}" height="10" rx="5"/></svg>`,
  );
  const words =
    budgetUsedShare > 10 ? `${formatNumber(budgetUsedShare)} times the budget` : formatShare(budgetUsedShare);
  return html`<span class="budget">${bar}<span>${words}</span></span>`;
}
