// The report of a comparison as one HTML file. What a reader needs first stands in the markup itself; what is long or drawn, the page's
// script makes from the data that the file carries.
import type { DiffResult } from '../../../scenarios/result/diff-result.js';
import { type DocumentSection, htmlDocument, type ReportAbout, type ReportAssets } from '../document.js';
import { html } from '../markup.js';
import { unbroken } from '../words.js';
import { candidateTable } from './sections/candidates.js';
import { goals, hasGoals } from './sections/goals.js';
import { method } from './sections/method.js';
import { overview } from './sections/overview.js';
import { primary } from './sections/primary.js';
import { hasTimeline, timelineSides } from './sections/timeline.js';
import { thinDiff } from './thin.js';

/** A pure function: the same result, assets and words give the same bytes. */
export function htmlDiffReport(result: DiffResult, assets: ReportAssets, about: ReportAbout): string {
  const ifSimulated = (section: DocumentSection): DocumentSection | null =>
    result.stop === 'same-plan' ? null : section;
  const sections: (DocumentSection | null)[] = [
    { id: 'overview', heading: null, content: overview(result) },
    result.comparisons.length < 2 ? null : { id: 'candidates', heading: 'Candidates', content: candidateTable(result) },
    hasTimeline(result) ? { id: 'timeline', heading: 'Timeline', content: timelineSides(result) } : null,
    ifSimulated({ id: 'primary', heading: 'Primary metrics', content: primary(result) }),
    drawn(
      'configuration',
      'Configuration',
      'What was changed: object by object, field by field, with the place of both sides.',
    ),
    ifSimulated(
      drawn(
        'topology',
        'Topology',
        'Where it shows. Services and calls in the colour of their strongest verdict; select a service for its differences.',
      ),
    ),
    ifSimulated(
      drawn(
        'behaviour',
        'Behaviour',
        'Every metric of every request, service, version, call and pool: both values, the change with its paired 95 % interval, and the interval against the margin.',
      ),
    ),
    ifSimulated(
      drawn(
        'over-time',
        'Over time',
        'Both worlds on one axis, means over the replications: when it differs, and what was full then.',
      ),
    ),
    ifSimulated(
      drawn('latency', 'Latency', 'The distributions that clients see, all replications together, in both worlds.'),
    ),
    hasGoals(result) ? { id: 'goals', heading: 'Goals', content: goals(result) } : null,
    drawn(
      'fidelity',
      'Fidelity',
      'Fields of the YAML that the simulation approximates or leaves out. Where the worlds differ in them, the comparison may miss something.',
    ),
    { id: 'method', heading: 'Method', content: method(result, about) },
  ];
  return htmlDocument(
    {
      kind: 'diff',
      title: result.scenario,
      label: 'Comparison',
      sections: sections.filter((section) => section !== null),
      about,
      data: thinDiff(result),
    },
    assets,
  );
}

/** A section that the page's script fills. */
function drawn(id: string, heading: string, lead: string): DocumentSection {
  return { id, heading, content: html`<p class="lead">${unbroken(lead)}</p><div data-part="${id}"></div>` };
}
