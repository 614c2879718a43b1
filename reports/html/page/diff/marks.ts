// Verdicts and intervals as elements of the page; the same drawings as in the markup.
import type { MetricDifference, MetricVerdict } from '../../../../scenarios/result/diff-result.js';
import { type GlyphSize, glyphParts } from '../../diff/glyph.js';
import type { ScaleLimit } from '../../diff/interval.js';
import { VERDICT_SHAPES } from '../../diff/verdict.js';
import { h, s } from '../dom.js';

export function verdictIcon(verdict: MetricVerdict): SVGSVGElement {
  const { outline, sign } = VERDICT_SHAPES[verdict];
  return s(
    'svg',
    { class: 'status-icon', viewBox: '0 0 16 16', width: 14, height: 14, 'aria-hidden': 'true' },
    s('path', { d: outline }),
    s('path', { class: 'sign', d: sign }),
  );
}

export function verdictMark(verdict: MetricVerdict, words: string = verdict): HTMLElement {
  return h('span', { class: `verdict verdict-${verdict}` }, verdictIcon(verdict), words);
}

/** null without a difference. */
export function intervalMark(metric: MetricDifference, limit: ScaleLimit, size: GlyphSize): SVGSVGElement | null {
  const parts = glyphParts(metric, limit, size);
  if (parts === null) return null;
  const { width, height } = size;
  return s(
    'svg',
    {
      class: `interval-glyph verdict-${metric.verdict}`,
      viewBox: `-8 0 ${width + 16} ${height}`,
      width: width + 16,
      height,
      'aria-hidden': 'true',
    },
    parts.map(({ tag, attributes }) => s(tag, attributes)),
  );
}
