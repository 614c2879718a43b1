// Retries and ejections over the measured time, by the cluster that they concern.
import type { RunResult } from '../../../../scenarios/result/run-result.js';
import {
  type Chart,
  type ChartContext,
  type ChartRow,
  drawableNames,
  legendColumns,
  timeAt,
  timeAxis,
} from './chart.js';
import { hueOf, LINES_HEIGHT, linesOverTime } from './lines.js';
import { timeMarks, withMarks } from './marks.js';
import { clusterName } from './saturation.js';

const CLUSTERS_MAX = 6;

/** null where nothing was retried. */
export function retriesChart(result: RunResult, context: ChartContext): Chart | null {
  const rows = clusterRows(result, ({ retriesPerSecond }) => retriesPerSecond, 'retries per s');
  if (rows.length === 0) return null;
  const { intervals, intervalSeconds } = result.series;
  return {
    rows,
    spec: linesOverTime(
      rows,
      'retries per s',
      'cluster',
      { ...context, marks: timeMarks(result) },
      intervals * intervalSeconds,
    ),
  };
}

/** Hosts ejected in each interval, as points: mean over the replications. null where none was. */
export function ejectionsChart(result: RunResult, { width, palette }: ChartContext): Chart | null {
  const all = clusterRows(result, ({ ejections }) => ejections, 'ejections');
  const rows = all.filter((row) => (row.ejections as number) > 0);
  if (rows.length === 0) return null;
  const names = [...new Set(rows.map((row) => String(row.cluster)))];
  const { intervals, intervalSeconds } = result.series;
  const seconds = intervals * intervalSeconds;
  const marks = timeMarks(result);
  const frame = { width: width - 64, seconds, isLabelled: true, palette };
  return {
    rows,
    spec: {
      data: { values: rows },
      width: width - 64,
      height: LINES_HEIGHT,
      layer: withMarks(marks, frame, {
        encoding: {
          x: timeAxis(seconds),
          y: {
            field: 'ejections',
            type: 'quantitative',
            axis: { title: null, tickCount: 4, labelExpr: "format(datum.value, '~g')", minExtent: 48, maxExtent: 48 },
          },
          color: {
            field: 'cluster',
            type: 'nominal',
            scale: { domain: names, range: names.map((_, i) => hueOf(palette, i)) },
            legend: { title: null, columns: legendColumns(names, width) },
          },
        },
        layer: [
          { mark: { type: 'rule', strokeWidth: 2, opacity: 0.7 }, encoding: { y2: { datum: 0 } } },
          {
            mark: { type: 'point', filled: true, opacity: 1, size: 70, tooltip: { content: 'data' } },
            encoding: { shape: { field: 'cluster', type: 'nominal', scale: { domain: names } } },
          },
        ],
      }),
    },
  };
}

type ClusterSeries = RunResult['series']['clusters'][number];

/** The clusters with the most of something, a row an interval. */
function clusterRows(
  { series, clusters }: RunResult,
  listOf: (own: ClusterSeries) => readonly number[],
  field: string,
): ChartRow[] {
  const totals = series.clusters
    .map((own) => ({ own, total: listOf(own).reduce((sum, value) => sum + value, 0) }))
    .filter(({ total }) => total > 0)
    .sort((a, b) => b.total - a.total)
    .slice(0, CLUSTERS_MAX);
  const known = new Map(clusters.map((cluster) => [cluster.name, clusterName(cluster)]));
  const names = drawableNames(totals.map(({ own }) => known.get(own.name) ?? own.name));
  return totals.flatMap(({ own }, n) =>
    listOf(own).map((value, i) => ({
      'time s': timeAt(i, series.intervalSeconds),
      cluster: names[n]!,
      [field]: value,
    })),
  );
}
