// One request over the measured time: how many came and were answered, how long that took, how many failed; aligned above one another.
import type { SeriesSummary } from '../../../../scenarios/run-result.js';
import { type Chart, type ChartContext, type ChartRow, LATENCY_LABELS } from './chart.js';

type Flow = SeriesSummary['traffic'][number];

export function overTimeChart(flow: Flow, intervalSeconds: number, context: ChartContext): Chart | null {
  if (flow.offeredPerSecond.length === 0) return null;
  const { palette } = context;
  const rows: ChartRow[] = flow.offeredPerSecond.map((offered, i) => ({
    'time s': Number((i * intervalSeconds).toFixed(3)),
    'offered per s': offered,
    'served per s': flow.servedPerSecond[i]!,
    'errors per s': flow.errorsPerSecond[i]!,
    'median ms': flow.p50Ms[i]!,
    'p99 ms': flow.p99Ms[i]!,
  }));
  const hasErrors = flow.errorsPerSecond.some((rate) => rate > 0);
  const seconds = flow.offeredPerSecond.length * intervalSeconds;
  const panels = [
    panel(context, seconds, {
      title: 'Requests a second',
      series: [
        { field: 'offered per s', name: 'offered', color: palette.grey, dash: [4, 3] },
        { field: 'served per s', name: 'answered', color: palette.blue, dash: [1, 0] },
      ],
      height: 110,
      labelExpr: "format(datum.value, '~s')",
      isLast: false,
    }),
    panel(context, seconds, {
      title: 'Latency',
      series: [
        { field: 'median ms', name: 'median', color: palette.green, dash: [4, 3] },
        { field: 'p99 ms', name: 'p99', color: palette.orange, dash: [1, 0] },
      ],
      height: 130,
      labelExpr: LATENCY_LABELS,
      isLast: !hasErrors,
    }),
  ];
  if (hasErrors) {
    const series = [{ field: 'errors per s', name: 'errors', color: palette.vermillion, dash: [1, 0] }];
    panels.push(
      panel(context, seconds, {
        title: 'Errors a second',
        series,
        height: 80,
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

export interface PanelSeries {
  readonly field: string;
  readonly name: string;
  readonly color: string;
  readonly dash: readonly number[];
}

interface PanelOptions {
  readonly title: string;
  readonly series: readonly PanelSeries[];
  readonly height: number;
  readonly labelExpr: string;
  readonly isLast: boolean;
}

/** Lines over time with a legend of their own; the fields are folded into one value. */
function panel({ width }: ChartContext, seconds: number, { title, series, height, labelExpr, isLast }: PanelOptions) {
  const names = series.map(({ name }) => name);
  return {
    width: width - 64,
    height,
    title,
    transform: [
      ...series.map(({ field, name }) => ({ calculate: `datum['${field}']`, as: name })),
      { fold: names, as: ['series', 'value'] as [string, string] },
    ],
    mark: { type: 'line' as const, tooltip: false },
    encoding: {
      x: {
        field: 'time s',
        type: 'quantitative' as const,
        scale: { domain: [0, seconds], nice: false },
        axis: { title: isLast ? 'seconds after the warm-up' : null, labels: isLast, grid: false },
      },
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
}
