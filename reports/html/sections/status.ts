// A verdict as people see it: shape, word and colour together, so that none of them carries it alone.
import type { Verdict } from '../../../scenarios/result/run-result.js';
import { html, Markup } from '../markup.js';
import { VERDICT_WORDS } from '../words.js';

const SHAPES: Readonly<Record<Verdict | 'done', string>> = {
  pass: '<circle cx="8" cy="8" r="7.5"/><path class="sign" d="m4.8 8.3 2.2 2.2 4.3-4.8"/>',
  fail: '<path d="M5 .6h6L15.4 5v6L11 15.4H5L.6 11V5Z"/><path class="sign" d="m5.4 5.4 5.2 5.2m0-5.2-5.2 5.2"/>',
  inconclusive:
    '<path d="M8 .3 15.7 8 8 15.7.3 8Z"/><path class="sign" d="M6 6.4a2 2 0 1 1 2.6 1.9c-.4.2-.6.5-.6.9m0 2.2v.1"/>',
  done: '<circle cx="8" cy="8" r="7.5"/><path class="sign" d="M8 4.5v4l2.5 1.5"/>',
};

export function statusIcon(verdict: Verdict | 'done'): Markup {
  return new Markup(
    `<svg class="status-icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">${SHAPES[verdict]}</svg>`,
  );
}

export function statusBadge(verdict: Verdict | 'done', word: string = VERDICT_WORDS[verdict]): Markup {
  return html`<span class="status status-${verdict}">${statusIcon(verdict)}${word}</span>`;
}
