// What is said of each candidate by itself stands in blocks that the page's script shows one at a time; without it, all of them stand
// one below the other, each under its name.
import type { Comparison, DiffResult } from '../../../scenarios/result/diff-result.js';
import { html, type Markup } from '../markup.js';
import { armName } from './sentences.js';

export function eachCandidate({ comparisons }: DiffResult, content: (comparison: Comparison) => Markup | null): Markup {
  if (comparisons.length === 1) return html`${content(comparisons[0]!)}`;
  return html`${comparisons.map(
    (comparison, i) =>
      html`<div data-candidate="${i}"><p class="candidate-name">Candidate ${armName(comparison.candidate)}</p>${content(comparison)}</div>`,
  )}`;
}
