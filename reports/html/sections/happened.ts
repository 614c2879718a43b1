// "What happened": up to three findings in sentences, each with the places in the YAML that it rests on.
import { type ReportFinding, SEVERITY_WORDS, saidFirst } from '../findings.js';
import { html, type Markup, named } from '../markup.js';
import { unbroken } from '../words.js';
import { place } from './goals.js';

/** Nothing where there is no finding. */
export function whatHappened(findings: readonly ReportFinding[]): Markup | null {
  const said = saidFirst(findings);
  if (said.length === 0) return null;
  return html`<aside class="happened" aria-labelledby="happened-heading"><h2 id="happened-heading">What happened</h2><ol>${said.map(finding)}</ol></aside>`;
}

function finding({ sentence, severity, where }: ReportFinding): Markup {
  const places = [...new Map(where.map(({ position }) => [JSON.stringify(position), position])).values()];
  return html`<li class="finding finding-${severity}"><span class="finding-severity">${SEVERITY_WORDS[severity]}</span><p>${named(unbroken(sentence))}${places.map((position) => (position === null ? null : html` ${place(position)}`))}</p></li>`;
}
