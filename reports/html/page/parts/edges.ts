// Who called whom, with the request classes and the workloads that answered.

import type { Measured } from '../../../../scenarios/result/measured.js';
import type { CallSummary, EdgeSummary, RunResult } from '../../../../scenarios/result/run-result.js';
import { formatDurationMs, formatShare } from '../../../numbers.js';
import { perCall, perSecond } from '../../words.js';
import { h, named } from '../dom.js';
import { measuredCell } from '../numbers.js';
import { type Column, DataTable } from '../table.js';

/** An edge, or one of its request classes at one workload. */
interface EdgeRow {
  readonly from: string;
  readonly to: string;
  /** `` for an edge. */
  readonly request: string;
  readonly answeredBy: string;
  readonly calls: CallSummary;
  readonly classes: readonly EdgeRow[];
}

export function drawEdges(mount: HTMLElement, { edges }: RunResult): void {
  const column = (
    title: string,
    hint: string,
    read: (calls: CallSummary) => Measured,
    format: (value: number) => string,
  ): Column<EdgeRow> => ({
    title,
    hint,
    isNumber: true,
    value: ({ calls }) => read(calls).value,
    cell: ({ calls }) => measuredCell(read(calls), format),
  });
  const table = new DataTable<EdgeRow>({
    caption: 'Calls between services',
    columns: [
      {
        title: 'From',
        value: ({ from }) => from,
        cell: ({ from, request }) => (request === '' ? named(from) : h('code', {}, named(request))),
      },
      {
        title: 'To',
        value: ({ to }) => to,
        cell: ({ to, request, answeredBy }) => (request === '' ? named(to) : named(answeredBy)),
      },
      column('Calls', 'ended calls a second', ({ servedPerSecond }) => servedPerSecond, perSecond),
      column('Errors', 'share of the calls that failed after all retries', ({ errorShare }) => errorShare, formatShare),
      column('Refused', 'share that a proxy refused, expected or not', ({ refusedShare }) => refusedShare, formatShare),
      column('Mean', 'mean duration of a call', ({ latency }) => latency.meanMs, formatDurationMs),
      column('Median', 'half of the calls were faster', ({ latency }) => latency.p50Ms, formatDurationMs),
      column('p99', '99 % of the calls were faster', ({ latency }) => latency.p99Ms, formatDurationMs),
      column('Attempts', 'attempts a call', ({ attemptsPerCall }) => attemptsPerCall, perCall),
      column('Retries', 'retries a call', ({ retriesPerCall }) => retriesPerCall, perCall),
      {
        title: 'Classes',
        hint: 'request classes at the workloads that answered',
        isNumber: true,
        value: ({ classes }) => classes.length,
        cell: ({ classes, request }) => (request === '' ? String(classes.length) : ''),
      },
    ],
    rows: edges.map((edge) => edgeRow(edge)),
    details: ({ classes }) => classes,
    searchText: ({ from, to, classes }) =>
      `${from} ${to} ${classes.map(({ request, answeredBy }) => `${request} ${answeredBy}`).join(' ')}`,
    searchHint: 'service, request or workload',
    sortBy: 2,
    descending: true,
    filters: [
      { label: 'with errors', keep: ({ calls }) => (calls.errorShare.value ?? 0) > 0 },
      { label: 'with retries', keep: ({ calls }) => (calls.retriesPerCall.value ?? 0) > 0 },
    ],
  });
  mount.replaceChildren(table.element);
}

function edgeRow(edge: EdgeSummary): EdgeRow {
  const { from, to, rows } = edge;
  return {
    from,
    to,
    request: '',
    answeredBy: '',
    calls: edge,
    classes: rows.map((row) => ({
      from,
      to,
      request: row.request,
      answeredBy: row.workload ?? 'no workload',
      calls: row,
      classes: [],
    })),
  };
}
