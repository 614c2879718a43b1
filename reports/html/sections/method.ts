// How the numbers came about: enough to judge them and to get them again.

import type { RunResult } from '../../../scenarios/result/run-result.js';
import { formatCount, formatDurationMs } from '../../numbers.js';
import { meshText } from '../../release.js';
import { lengthText } from '../../timeline-words.js';
import type { ReportAbout } from '../document.js';
import { html, type Markup, named } from '../markup.js';

const NS_PER_MS = 1e6;

export function method(result: RunResult, about: ReportAbout): Markup {
  const { replications, warmupNs, warmup } = result;
  const rows: readonly (readonly [string, Markup | string])[] = [
    [
      'Simulation',
      'Discrete events, one virtual clock, every draw keyed by the seed and its cause: the same YAML, scenario and seed give the same bytes on every machine.',
    ],
    [
      'Replications',
      `${replications} independent ones of ${lengthText(result)} each, ${formatCount(result.events)} events in all`,
    ],
    [
      'Warm-up',
      `${formatDurationMs(warmupNs / NS_PER_MS)} before the clock starts at 0, ${warmup === 'auto' ? 'found in pilot runs' : 'as the scenario says'}; nothing of it is counted`,
    ],
    [
      'Intervals',
      '95 % confidence: Student’s t over the replications, for shares the wider of that and Wilson’s; quantiles are read from histograms with a relative error below 1 %.',
    ],
    ['Too few samples', 'A quantile is given only where at least ten observations lie beyond it.'],
    ['Seed', html`<code>${named(result.seed)}</code>`],
    ['Mesh', meshText(result)],
    ['Seatrial', about.version],
    [
      'Fingerprint',
      html`<code class="long">${about.fingerprint}</code> <span class="quiet">SHA-256 of results.json</span>`,
    ],
  ];
  return html`<dl class="pairs">${rows.map(([term, words]) => html`<div><dt>${term}</dt><dd>${words}</dd></div>`)}</dl>
${repeatBlock(about)}`;
}

/** The command that repeats a run, with a place for the button that copies it. */
export function repeatBlock({ command }: ReportAbout): Markup {
  return html`<h3 id="repeat-heading">The same numbers again</h3><div class="command" data-part="command"><pre tabindex="0" role="region" aria-labelledby="repeat-heading"><code>${command}</code></pre></div>`;
}
