// "What happened": up to three findings in sentences, each with the places in the YAML that it rests on, where the sentence does not name them.
import type { Finding } from '../../../scenarios/result/findings-result.js';
import { ROLE_WORDS, saidFirst } from '../findings.js';
import { html, type Markup, named } from '../markup.js';
import { unbroken } from '../words.js';
import { place } from './goals.js';

/** Nothing where clients felt nothing. */
export function whatHappened(findings: readonly Finding[]): Markup | null {
  const said = saidFirst(findings);
  if (said.length === 0) return null;
  return html`<aside class="happened" aria-labelledby="happened-heading"><h2 id="happened-heading">What happened</h2><ol>${said.map(finding)}</ol></aside>`;
}

function finding({ sentence, role, sources }: Finding): Markup {
  const places = new Map(sources.map(({ position }) => [JSON.stringify(position), position]));
  const unnamed = [...places.values()].filter(
    (position) => position !== null && !sentence.includes(`${position.file}:${position.line}`),
  );
  return html`<li class="finding finding-${role}"><span class="finding-role">${ROLE_WORDS[role]}</span><p>${named(unbroken(sentence))}${unnamed.map((position) => html` ${place(position)}`)}</p></li>`;
}
