// The verdict on a metric as people see it: shape, word and colour together, so that none of them carries it alone.
import type { MetricVerdict } from '../../../scenarios/result/diff-result.js';
import { html, Markup } from '../markup.js';

interface VerdictShape {
  readonly outline: string;
  readonly sign: string;
}

const SQUARE = 'M3 .8h10A2.2 2.2 0 0 1 15.2 3v10a2.2 2.2 0 0 1-2.2 2.2H3A2.2 2.2 0 0 1 .8 13V3A2.2 2.2 0 0 1 3 .8Z';
const CIRCLE = 'M8 .5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 1 0 0-15Z';

/** Paths in a box of 16 by 16. */
export const VERDICT_SHAPES: Readonly<Record<MetricVerdict, VerdictShape>> = {
  worse: { outline: 'M5 .6h6L15.4 5v6L11 15.4H5L.6 11V5Z', sign: 'm5.4 5.4 5.2 5.2m0-5.2-5.2 5.2' },
  better: { outline: CIRCLE, sign: 'm4.8 8.3 2.2 2.2 4.3-4.8' },
  changed: { outline: SQUARE, sign: 'M4 6.3h8m-2-2 2 2M12 9.9H4m2 2-2-2' },
  new: { outline: SQUARE, sign: 'M8 4.4v7.2M4.4 8h7.2' },
  gone: { outline: SQUARE, sign: 'M4.4 8h7.2' },
  'not-comparable': { outline: CIRCLE, sign: 'M5 6.4h6M5 9.6h6m-1.4-6-3.2 8.8' },
  inconclusive: { outline: 'M8 .3 15.7 8 8 15.7.3 8Z', sign: 'M6 6.4a2 2 0 1 1 2.6 1.9c-.4.2-.6.5-.6.9m0 2.2v.1' },
  same: { outline: CIRCLE, sign: 'M5 6.4h6M5 9.6h6' },
};

/** In the order of their weight. */
export const VERDICTS: readonly MetricVerdict[] = [
  'worse',
  'better',
  'changed',
  'new',
  'gone',
  'not-comparable',
  'inconclusive',
  'same',
];

export const VERDICT_MEANINGS: Readonly<Record<MetricVerdict, string>> = {
  worse: 'the whole interval lies beyond the margin, on the bad side',
  better: 'the whole interval lies beyond the margin, on the good side',
  changed: 'beyond the margin, where neither more nor less is better',
  new: 'no calls in the base: nothing to compare with',
  gone: 'no calls in the candidate: nothing to compare',
  'not-comparable': 'another share of the calls is answered well: the latency of other calls than before',
  inconclusive: 'the interval reaches over the margin, or there is too little data',
  same: 'the whole interval lies within the margin',
};

export function verdictChip(verdict: MetricVerdict, words: string = verdict.replace('-', ' ')): Markup {
  const { outline, sign } = VERDICT_SHAPES[verdict];
  const icon = new Markup(
    `<svg class="status-icon" viewBox="0 0 16 16" width="14" height="14" aria-hidden="true"><path d="${outline}"/><path class="sign" d="${sign}"/></svg>`,
  );
  return html`<span class="verdict verdict-${verdict}">${icon}${words}</span>`;
}
