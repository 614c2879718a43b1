// How a comparison came about: enough to judge it and to get it again.

import type { ArmSummary, DiffResult } from '../../../../scenarios/result/diff-result.js';
import { marginText, stopText } from '../../../diff/words.js';
import { formatCount, formatDurationMs, formatShare } from '../../../numbers.js';
import { meshText } from '../../../release.js';
import type { ReportAbout } from '../../document.js';
import { html, type Markup, named } from '../../markup.js';
import { repeatBlock } from '../../sections/method.js';
import { unbroken } from '../../words.js';

const NS_PER_MS = 1e6;

type Row = readonly [term: string, words: Markup | string];

export function method(result: DiffResult, about: ReportAbout): Markup {
  const { settings, replications, durationNs, warmupNs, warmup, stop, seed } = result;
  const share = formatShare(settings.confidenceLevel);
  const measured: readonly Row[] = [
    [
      'Pairs',
      `${replications === 1 ? '1 pair' : `${replications} pairs`} of replications of ${formatDurationMs(durationNs / NS_PER_MS)} each. In replication r every world has the same seed: the same customers come with the same demands, and what is compared is the difference within pairs.`,
    ],
    [
      'Stopped',
      stop === 'replications'
        ? `${stopText(stop)}, whatever their precision`
        : `${stopText(stop)}: looked at after every ${settings.batch} pairs, at most ${settings.replicationsMax}; wanted were intervals that span at most ${formatShare(settings.precisionShare)} of the base’s value`,
    ],
    [
      'Warm-up',
      `${formatDurationMs(warmupNs / NS_PER_MS)}, the same for all worlds, ${warmup === 'auto' ? 'the longest that any of them needs, found in pilot runs' : 'as the scenario says'}; nothing of it is counted`,
    ],
    ['Intervals', `${share} confidence, Student’s t over the differences within pairs`],
    ['Margins', `${marginText(result)}. A verdict holds the whole interval against the margin.`],
    [
      'Many metrics',
      'Of hundreds of intervals some lie beyond their margin by chance: the primary metrics are corrected for their number by Holm’s procedure, all others by Benjamini and Hochberg’s.',
    ],
    ['Too few samples', 'A quantile is compared only where at least ten calls lie beyond it in each replication.'],
  ];
  const unmeasured: readonly Row[] = [
    ['Pairs', 'none: all worlds compile to the same plan, and nothing was simulated'],
  ];
  const rows: readonly Row[] = [
    ...(stop === 'same-plan' ? unmeasured : measured),
    ['Seed', html`<code>${named(seed)}</code>`],
    ['Seatrial', about.version],
    [
      'Fingerprint',
      html`<code class="long">${about.fingerprint}</code> <span class="quiet">SHA-256 of diff.json</span>`,
    ],
  ];
  return html`<p class="lead">Enough to judge the comparison, and to get the same numbers again.</p>
${worlds(result)}
<dl class="pairs method">${rows.map(([term, words]) => html`<div><dt>${term}</dt><dd>${typeof words === 'string' ? unbroken(words) : words}</dd></div>`)}</dl>
${repeatBlock(about)}`;
}

function worlds({ base, comparisons }: DiffResult): Markup {
  const row = (role: string, { name, revision, scenario, events, ...arm }: ArmSummary): Markup =>
    html`<tr><td>${role}</td><th scope="row">${named(name)}</th><td>${revision === null ? html`<span class="quiet">files</span>` : html`<code>${revision}</code>`}</td><td>${named(scenario)}</td><td>${meshText(arm)}</td><td class="num">${formatCount(events)}</td></tr>`;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Worlds"><table class="plain">
<thead><tr><th scope="col">World</th><th scope="col">Name</th><th scope="col">Revision</th><th scope="col">Scenario</th><th scope="col">Mesh</th><th scope="col" class="num">Events</th></tr></thead>
<tbody>${row('base', base)}${comparisons.map(({ candidate }) => row('candidate', candidate))}</tbody></table></div>`;
}
