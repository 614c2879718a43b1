// Errors: how many of which kind for each request, when, and what each kind means.
import type { OutcomeSummary, RunResult } from '../../../../scenarios/result/run-result.js';
import { formatShare } from '../../../numbers.js';
import { outcomeMeaning } from '../../flags.js';
import { whole } from '../../words.js';
import { requestLabel } from '../charts/chart.js';
import { errorsChart, errorsOverTimeChart } from '../charts/errors.js';
import { h, named, replaceChildren } from '../dom.js';
import { Figure } from '../figure.js';
import { DataTable } from '../table.js';

/** What became of calls: of one kind on one edge, or of one traffic request. */
interface OutcomeRow {
  readonly seenBy: string;
  readonly what: string;
  readonly isClient: boolean;
  readonly outcome: OutcomeSummary;
}

export function drawErrors(mount: HTMLElement, result: RunResult): void {
  const rows = outcomeRows(result);
  const failed = rows.filter(({ outcome }) => outcome.isError);
  const hasClientErrors = failed.some(({ isClient }) => isClient);
  const byRequest = new Figure({
    title: 'Failed requests by what became of them',
    description: 'For each request the share of its calls that failed, stacked by status and response flags.',
    chart: (context) => errorsChart(result, context),
    empty: 'No request failed.',
  });
  const overTime = new Figure({
    title: 'Errors a second',
    description: 'Failed requests a second over the measured time, for the requests with the most of them.',
    chart: (context) => errorsOverTimeChart(result, context),
    empty: 'No request failed.',
  });
  replaceChildren(
    mount,
    failed.length === 0
      ? h('p', { class: 'calm' }, 'No call failed, neither for the clients nor inside the mesh.')
      : null,
    failed.length > 0 && !hasClientErrors
      ? h('p', { class: 'calm' }, 'No request of a client failed: what failed inside the mesh was retried or ignored.')
      : null,
    hasClientErrors ? h('div', { class: 'figure-pair' }, byRequest.element, overTime.element) : null,
    outcomeTable(rows),
  );
}

function outcomeRows({ traffic, edges }: RunResult): OutcomeRow[] {
  const clients = traffic.flatMap((source) =>
    source.requests.flatMap((request) =>
      request.outcomes.map((outcome) => ({
        seenBy: 'client',
        what: requestLabel(source.name, request.name),
        isClient: true,
        outcome,
      })),
    ),
  );
  const calls = edges.flatMap(({ from, to, outcomes }) =>
    outcomes.map((outcome) => ({ seenBy: 'caller’s proxy', what: `${from} → ${to}`, isClient: false, outcome })),
  );
  return [...clients, ...calls];
}

function outcomeTable(rows: readonly OutcomeRow[]): HTMLElement {
  return new DataTable<OutcomeRow>({
    caption: 'What became of the calls',
    columns: [
      { title: 'Calls', value: ({ what }) => what, cell: ({ what }) => named(what) },
      {
        title: 'Seen by',
        value: ({ seenBy }) => seenBy,
        cell: ({ seenBy }) => h('span', { class: 'unbroken' }, seenBy),
      },
      {
        title: 'Outcome',
        value: ({ outcome }) => outcome.label,
        cell: ({ outcome }) => h('span', { class: 'unbroken' }, outcome.label),
      },
      {
        title: 'Number',
        isNumber: true,
        value: ({ outcome }) => outcome.count,
        cell: ({ outcome }) => whole(outcome.count),
      },
      {
        title: 'Share',
        isNumber: true,
        value: ({ outcome }) => outcome.share,
        cell: ({ outcome }) => formatShare(outcome.share),
      },
      {
        title: 'Meaning',
        value: ({ outcome }) => outcomeMeaning(outcome.status, outcome.flags),
        cell: ({ outcome }) => h('span', { class: 'prose' }, outcomeMeaning(outcome.status, outcome.flags)),
      },
    ],
    rows,
    searchText: ({ what, seenBy, outcome }) => `${what} ${seenBy} ${outcome.label}`,
    searchHint: 'call, status or flag',
    sortBy: 4,
    descending: true,
    filters: [
      { label: 'failures', keep: ({ outcome }) => outcome.isError },
      { label: 'failures that clients saw', keep: ({ outcome, isClient }) => outcome.isError && isClient },
    ],
    initialFilter: rows.some(({ outcome }) => outcome.isError) ? 1 : 0,
  }).element;
}
