// A few named lines over the measured time.
import type { Palette } from '../palette.js';
import { type Chart, type ChartContext, type ChartRow, legendColumns, timeAxis } from './chart.js';

/** Height of a chart over the measured time that stands beside another one. */
export const LINES_HEIGHT = 150;

const DASHES: readonly (readonly number[])[] = [
  [1, 0],
  [6, 3],
  [2, 3],
  [8, 3, 2, 3],
  [3, 6],
  [12, 4],
];

/** A few named lines over the measured time, told apart by colour and by dashes. */
export function linesOverTime(
  rows: readonly ChartRow[],
  field: string,
  by: string,
  { width, palette }: ChartContext,
  seconds: number,
): Chart['spec'] {
  const names = [...new Set(rows.map((row) => String(row[by])))];
  return {
    data: { values: [...rows] },
    width: width - 64,
    height: LINES_HEIGHT,
    mark: { type: 'line' },
    encoding: {
      x: timeAxis(seconds),
      y: {
        field,
        type: 'quantitative',
        axis: { title: null, tickCount: 4, labelExpr: "format(datum.value, '~g')", minExtent: 48, maxExtent: 48 },
      },
      color: {
        field: by,
        type: 'nominal',
        scale: { domain: names, range: names.map((_, i) => hueOf(palette, i)) },
        legend: { title: null, symbolType: 'stroke', columns: legendColumns(names, width) },
      },
      strokeDash: {
        field: by,
        type: 'nominal',
        scale: { domain: names, range: names.map((_, i) => [...DASHES[i % DASHES.length]!]) },
      },
    },
  };
}

/** Hues in an order in which neighbours are easy to tell apart. */
export function hueOf(palette: Palette, index: number): string {
  const { vermillion, sky, orange, purple, green, blue, yellow, grey } = palette;
  const hues = [vermillion, sky, orange, purple, green, blue, yellow, grey];
  return hues[index % hues.length]!;
}
