// One request over the measured time: how many came and were answered, how long that took, how many failed; aligned above one another.
import type { SeriesSummary } from '../../../../scenarios/result/run-result.js';
import { type Chart, type ChartRow, LATENCY_LABELS, timeAt, timeAxis } from './chart.js';
import type { MarkedContext } from './lines.js';
import { withMarks } from './marks.js';

type Flow = SeriesSummary['traffic'][number];

const HEIGHTS = { requests: 110, latency: 130, errors: 80 };
/** Between the axes of two panels: title, legend and room. */
const BETWEEN = 52;

/** Pixels from the top of the first panel to the bottom of the last. */
export function overTimeHeight(flow: Flow): number {
  const two = HEIGHTS.requests + BETWEEN + HEIGHTS.latency;
  return hasErrors(flow) ? two + BETWEEN + HEIGHTS.errors : two;
}

function hasErrors({ errorsPerSecond }: Flow): boolean {
  return errorsPerSecond.some((rate) => rate > 0);
}

export function overTimeChart(flow: Flow, intervalSeconds: number, context: MarkedContext): Chart | null {
  if (flow.offeredPerSecond.length === 0) return null;
  const { palette } = context;
  const rows: ChartRow[] = flow.offeredPerSecond.map((offered, i) => ({
    'time s': timeAt(i, intervalSeconds),
    'offered per s': offered,
    'served per s': flow.servedPerSecond[i]!,
    'errors per s': flow.errorsPerSecond[i]!,
    'median ms': flow.p50Ms[i]!,
    'p99 ms': flow.p99Ms[i]!,
  }));
  const withErrors = hasErrors(flow);
  const seconds = flow.offeredPerSecond.length * intervalSeconds;
  const panels = [
    panel(context, seconds, {
      title: 'Requests a second',
      series: [
        { field: 'offered per s', name: 'offered', color: palette.grey, dash: [4, 3] },
        { field: 'served per s', name: 'answered', color: palette.blue, dash: [1, 0] },
      ],
      height: HEIGHTS.requests,
      labelExpr: "format(datum.value, '~s')",
      isLast: false,
    }),
    panel(context, seconds, {
      title: 'Latency',
      series: [
        { field: 'median ms', name: 'median', color: palette.green, dash: [4, 3] },
        { field: 'p99 ms', name: 'p99', color: palette.orange, dash: [1, 0] },
      ],
      height: HEIGHTS.latency,
      labelExpr: LATENCY_LABELS,
      isLast: !withErrors,
    }),
  ];
  if (withErrors) {
    const series = [{ field: 'errors per s', name: 'errors', color: palette.vermillion, dash: [1, 0] }];
    panels.push(
      panel(context, seconds, {
        title: 'Errors a second',
        series,
        height: HEIGHTS.errors,
        labelExpr: "format(datum.value, '~g')",
        isLast: true,
      }),
    );
  }
  return {
    rows,
    spec: {
      data: { values: rows },
      vconcat: panels,
      spacing: 22,
      resolve: { scale: { color: 'independent', strokeDash: 'independent' } },
    },
  };
}

interface PanelSeries {
  readonly field: string;
  readonly name: string;
  readonly color: string;
  readonly dash: readonly number[];
}

/** Puts the title of a panel on the line of its legend, which counts as part of the panel. */
const TITLE_OFFSET = -12;

interface PanelOptions {
  readonly title: string;
  readonly series: readonly PanelSeries[];
  readonly height: number;
  readonly labelExpr: string;
  readonly isLast: boolean;
}

/** Lines over time with a legend of their own; the fields are folded into one value. */
function panel(
  { width, palette, marks = [] }: MarkedContext,
  seconds: number,
  { title, series, height, labelExpr, isLast }: PanelOptions,
) {
  const names = series.map(({ name }) => name);
  const frame = {
    width: width - 64,
    height,
    title: { text: title, offset: names.length < 2 ? 10 : TITLE_OFFSET },
  };
  const lines = {
    transform: [
      ...series.map(({ field, name }) => ({ calculate: `datum['${field}']`, as: name })),
      { fold: names, as: ['series', 'value'] as [string, string] },
    ],
    mark: { type: 'line' as const, tooltip: false },
    encoding: {
      x: timeAxis(seconds, isLast),
      y: {
        field: 'value',
        type: 'quantitative' as const,
        axis: { title: null, labelExpr, tickCount: 4, minExtent: 48, maxExtent: 48 },
      },
      color: {
        field: 'series',
        type: 'nominal' as const,
        scale: { domain: names, range: series.map(({ color }) => color) },
        legend:
          names.length < 2
            ? null
            : {
                title: null,
                orient: 'none' as const,
                legendX: width - 234,
                legendY: -24,
                symbolType: 'stroke',
                columnPadding: 14,
              },
      },
      strokeDash: {
        field: 'series',
        type: 'nominal' as const,
        scale: { domain: names, range: series.map(({ dash }) => [...dash]) },
      },
    },
  };
  if (marks.length === 0) return { ...frame, ...lines };
  return { ...frame, layer: withMarks(marks, { width: frame.width, seconds, isLabelled: isLast, palette }, lines) };
}
