// Latency: percentiles of every request as a table and as a picture, the distribution and the course of one request.
import type { ClientSummary, RunResult } from '../../../../scenarios/result/run-result.js';
import { formatDurationMs, formatShare } from '../../../numbers.js';
import { perSecond, whole } from '../../words.js';
import { requestLabel } from '../charts/chart.js';
import { distributionChart } from '../charts/distribution.js';
import { timeMarks } from '../charts/marks.js';
import { overTimeChart, overTimeHeight } from '../charts/over-time.js';
import { percentilesChart } from '../charts/percentiles.js';
import { selectBox, toolbar } from '../controls.js';
import { h, named, replaceChildren } from '../dom.js';
import { Figure } from '../figure.js';
import { measuredCell } from '../numbers.js';
import { type Column, DataTable } from '../table.js';

interface RequestRow {
  readonly traffic: string;
  readonly request: string;
  readonly flow: ClientSummary;
  /** Index in the series. */
  readonly series: number;
}

type Series = RunResult['series']['traffic'][number];

/** As high as the chart beside it. */
function distributionHeight(series: Series | undefined): number {
  return series === undefined ? DISTRIBUTION_HEIGHT : overTimeHeight(series);
}

const DISTRIBUTION_HEIGHT = 300;

export function drawLatency(mount: HTMLElement, result: RunResult): void {
  const rows = requestRows(result);
  const seriesOf = (row: RequestRow | undefined): Series | undefined => result.series.traffic[row?.series ?? -1];
  let chosen = 0;
  const distribution = new Figure({
    title: 'Distribution',
    description: 'How often which latency occurred, on a logarithmic axis, with the percentiles as lines.',
    chart: (context) => {
      const row = rows[chosen];
      return row === undefined ? null : distributionChart(row.flow, context, distributionHeight(seriesOf(row)));
    },
    empty: 'No answer was observed.',
  });
  const overTime = new Figure({
    title: 'Over time',
    description:
      'Requests a second, median and 99th percentile of the latency, and errors, over the measured time; mean over the replications.',
    chart: (context) => {
      const flow = seriesOf(rows[chosen]);
      return flow === undefined
        ? null
        : overTimeChart(flow, result.series.intervalSeconds, { ...context, marks: timeMarks(result) });
    },
    empty: 'There is no series for this request.',
  });
  const percentiles = new Figure({
    title: 'Percentiles of each request',
    description:
      'Median, 90th, 99th and 99.9th percentile of each request with their 95 % confidence intervals, on a logarithmic axis.',
    chart: (context) => percentilesChart(result, context),
    empty: 'No answer was observed.',
  });
  const choices = rows.map(({ traffic, request }, i) => ({ value: String(i), label: requestLabel(traffic, request) }));
  const choose = (value: string): void => {
    chosen = Number(value);
    distribution.refresh();
    overTime.refresh();
  };
  replaceChildren(
    mount,
    requestTable(rows),
    percentiles.element,
    rows.length < 2 ? null : h('div', { class: 'chooser' }, toolbar(selectBox('Request', choices, '0', choose))),
    h('div', { class: 'figure-pair' }, distribution.element, overTime.element),
  );
}

function requestRows({ traffic, series }: RunResult): RequestRow[] {
  return traffic
    .flatMap((source) =>
      source.requests.map((request) => ({ traffic: source.name, request: request.name, flow: request })),
    )
    .map((row) => ({
      ...row,
      series: series.traffic.findIndex((own) => own.traffic === row.traffic && own.request === row.request),
    }))
    .sort((a, b) => (b.flow.servedPerSecond.value ?? 0) - (a.flow.servedPerSecond.value ?? 0));
}

/** Whether waiting that a closed loop hides shows in its 99th percentile. */
function fellBehind({ latency, intendedLatency }: ClientSummary): boolean {
  return (intendedLatency.p99Ms.value ?? 0) > FELL_BEHIND * (latency.p99Ms.value ?? Number.POSITIVE_INFINITY);
}

const FELL_BEHIND = 1.02;

function requestTable(rows: readonly RequestRow[]): HTMLElement {
  const latency = (
    title: string,
    read: (flow: ClientSummary) => ClientSummary['latency']['p50Ms'],
    hint?: string,
  ): Column<RequestRow> => ({
    title,
    ...(hint === undefined ? {} : { hint }),
    isNumber: true,
    value: ({ flow }) => read(flow).value,
    cell: ({ flow }) => measuredCell(read(flow), formatDurationMs),
  });
  return new DataTable<RequestRow>({
    caption: 'Latency of each request',
    columns: [
      {
        title: 'Request',
        value: ({ traffic, request }) => requestLabel(traffic, request),
        cell: ({ request }) => named(request),
      },
      { title: 'Traffic', value: ({ traffic }) => traffic, cell: ({ traffic }) => named(traffic) },
      {
        title: 'Answered',
        isNumber: true,
        value: ({ flow }) => flow.servedPerSecond.value,
        cell: ({ flow }) => measuredCell(flow.servedPerSecond, perSecond),
      },
      {
        title: 'Errors',
        isNumber: true,
        value: ({ flow }) => flow.errorShare.value,
        cell: ({ flow }) => measuredCell(flow.errorShare, formatShare),
      },
      {
        title: 'Refused',
        hint: 'share that a proxy refused, expected or not',
        isNumber: true,
        value: ({ flow }) => flow.refusedShare.value,
        cell: ({ flow }) => measuredCell(flow.refusedShare, formatShare),
      },
      latency('Median', ({ latency: { p50Ms } }) => p50Ms),
      latency('p90', ({ latency: { p90Ms } }) => p90Ms),
      latency('p99', ({ latency: { p99Ms } }) => p99Ms),
      latency('p99.9', ({ latency: { p999Ms } }) => p999Ms),
      ...(rows.some(({ flow }) => fellBehind(flow))
        ? [
            latency(
              'p99, as intended',
              ({ intendedLatency: { p99Ms } }) => p99Ms,
              'from the moment at which the request should have been sent: differs where a closed loop fell behind',
            ),
          ]
        : []),
      {
        title: 'Longest',
        isNumber: true,
        value: ({ flow }) => flow.latency.maxMs,
        cell: ({ flow }) => (flow.latency.maxMs === null ? '–' : formatDurationMs(flow.latency.maxMs)),
      },
      {
        title: 'Answers',
        hint: 'observations, all replications together',
        isNumber: true,
        value: ({ flow }) => flow.latency.samples,
        cell: ({ flow }) => whole(flow.latency.samples),
      },
    ],
    rows,
    searchText: ({ traffic, request }) => `${traffic} ${request}`,
    searchHint: 'request or traffic',
    sortBy: 2,
    descending: true,
  }).element;
}
