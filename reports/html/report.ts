// The report of a run as one HTML file. What a reader needs first stands in the markup itself; tables, charts and the topology are drawn
// by the page's script from the data that the file carries.
import type { RunResult } from '../../scenarios/result/run-result.js';
import { type DocumentSection, htmlDocument, type ReportAbout, type ReportAssets } from './document.js';
import { html, type Markup } from './markup.js';
import { goals } from './sections/goals.js';
import { method } from './sections/method.js';
import { overview } from './sections/overview.js';
import { timeline } from './sections/timeline.js';
import { thinResult } from './thin.js';

/** A pure function: the same result, assets and words give the same bytes. */
export function htmlReport(result: RunResult, assets: ReportAssets, about: ReportAbout): string {
  const hasGoals = result.slos.length + result.thresholds.length > 0;
  const sections: (DocumentSection | null)[] = [
    { id: 'overview', heading: null, content: overview(result) },
    hasGoals ? { id: 'goals', heading: 'Goals', content: goals(result) } : null,
    result.phases === undefined ? null : { id: 'timeline', heading: 'Timeline', content: timeline(result) },
    drawn(
      'topology',
      'Topology',
      'Who calls whom. Wider lines carry more traffic; select a service for its callers, callees and numbers.',
    ),
    drawn(
      'latency',
      'Latency',
      'As the clients see it, from the request to the end of the answer, their own time-outs included.',
    ),
    drawn(
      'errors',
      'Errors',
      'A call fails if it is not answered as its sender expects. Envoy’s response flags say why.',
    ),
    drawn('saturation', 'Saturation', 'How near each service and each connection pool came to its limit.'),
    drawn('reactions', 'Retries and ejections', 'What the mesh did about failures, over the measured time.'),
    drawn(
      'services',
      'Services',
      'Calls that each service answered, and what its pods did. Open a row for its versions.',
    ),
    drawn(
      'edges',
      'Calls',
      'Who called whom, as the caller’s proxy sees it: all attempts, waits and back-offs included. Open a row for its request classes.',
    ),
    drawn(
      'fidelity',
      'Fidelity',
      'Every field of the YAML that the simulation approximates or leaves out, and what that means for the numbers above.',
    ),
    { id: 'method', heading: 'Method', content: method(result, about) },
  ];
  return htmlDocument(
    {
      kind: 'run',
      title: result.scenario,
      label: 'Run report',
      sections: sections.filter((section) => section !== null),
      about,
      data: thinResult(result),
    },
    assets,
  );
}

/** A section that the page's script fills. */
function drawn(id: string, heading: string, lead: string): DocumentSection {
  return { id, heading, content: mountPoint(id, lead) };
}

function mountPoint(id: string, lead: string): Markup {
  return html`<p class="lead">${lead}</p><div data-part="${id}"></div>`;
}
