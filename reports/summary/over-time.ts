// The measured time at a glance: for the busiest requests how many answers came, how slow the slowest hundredth was, how many failed.
import type { RunResult, SeriesSummary } from '../../scenarios/result/run-result.js';
import { printable } from '../escape.js';
import { type Cell, type Colors, renderTable, type Style } from '../layout.js';
import { formatDurationMs, formatNumber, latencyUnitFor } from '../numbers.js';
import { shortened, sparkline } from '../sparkline.js';

type RequestSeries = SeriesSummary['traffic'][number];

const ROWS_SHOWN_MAX = 6;
const SPARK_WIDTH = 13;
const MS_PER_SECOND = 1000;

export function overTime({ series }: RunResult, width: number, colors: Colors): string[] {
  if (series.intervals < 2) return [];
  const shown = series.traffic
    .filter(({ servedPerSecond }) => servedPerSecond.some((rate) => rate > 0))
    .toSorted((a, b) => mean(b.servedPerSecond) - mean(a.servedPerSecond))
    .slice(0, ROWS_SHOWN_MAX);
  if (shown.length === 0) return [];
  const unit = latencyUnitFor(shown.flatMap(({ p99Ms }) => p99Ms.map((ms) => ms ?? 0)));
  const span = formatDurationMs(series.intervals * series.intervalSeconds * MS_PER_SECOND);
  const columns = [
    { title: `Over ${span}`, align: 'left' as const },
    ...['answers/s', `p99 ${unit.name}`, 'errors/s'].flatMap((title) => [
      { title, align: 'left' as const },
      { title: 'peak', align: 'right' as const },
    ]),
  ];
  const rows = shown.map((request) => ({
    kind: 'cells' as const,
    cells: [
      { text: printable(requestName(request)) },
      ...spark(request.servedPerSecond, mean, 1, colors.cyan),
      ...spark(request.p99Ms, largest, unit.perMs, colors.yellow),
      ...spark(request.errorsPerSecond, mean, 1, colors.red),
    ],
  }));
  return renderTable(columns, rows, width, colors);
}

function spark(
  values: readonly (number | null)[],
  fold: (known: readonly number[]) => number,
  scale: number,
  style: Style,
): Cell[] {
  const shown = shortened(values, SPARK_WIDTH, fold);
  const known = shown.filter((value) => value !== null);
  return [{ text: sparkline(shown), style }, { text: known.length === 0 ? '–' : formatNumber(largest(known) * scale) }];
}

function requestName({ traffic, request }: RequestSeries): string {
  return traffic === request ? request : `${traffic} ${request}`;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function largest(values: readonly number[]): number {
  return values.reduce((max, value) => Math.max(max, value), 0);
}
