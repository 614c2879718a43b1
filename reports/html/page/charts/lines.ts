// A few named lines over the measured time.
import type { Palette } from '../palette.js';
import { type Chart, type ChartContext, type ChartRow, legendColumns, timeAxis } from './chart.js';
import { type TimeMark, withMarks } from './marks.js';

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

/** What is behind the lines. */
export interface MarkedContext extends ChartContext {
  readonly marks?: readonly TimeMark[];
}

export interface LinesAxis {
  readonly labelExpr: string;
  /** A dashed line that the axis always shows; null for none. */
  readonly limit: number | null;
}

const PLAIN: LinesAxis = { labelExpr: "format(datum.value, '~g')", limit: null };

/** A few named lines over the measured time, told apart by colour and by dashes. */
export function linesOverTime(
  rows: readonly ChartRow[],
  field: string,
  by: string,
  { width, palette, marks = [] }: MarkedContext,
  seconds: number,
  { labelExpr, limit }: LinesAxis = PLAIN,
  hues?: readonly string[],
): Chart['spec'] {
  const names = [...new Set(rows.map((row) => String(row[by])))];
  const y = {
    field,
    type: 'quantitative' as const,
    axis: { title: null, tickCount: 4, labelExpr, minExtent: 48, maxExtent: 48 },
  };
  const lines = {
    mark: { type: 'line' as const },
    encoding: {
      x: timeAxis(seconds),
      y,
      color: {
        field: by,
        type: 'nominal' as const,
        scale: { domain: names, range: names.map((_, i) => hues?.[i] ?? hueOf(palette, i)) },
        legend: { title: null, symbolType: 'stroke' as const, columns: legendColumns(names, width) },
      },
      strokeDash: {
        field: by,
        type: 'nominal' as const,
        scale: { domain: names, range: names.map((_, i) => [...DASHES[i % DASHES.length]!]) },
      },
    },
  };
  const frame = { data: { values: [...rows] }, width: width - 64, height: LINES_HEIGHT };
  const behind = { width: frame.width, seconds, isLabelled: true, palette };
  if (limit === null)
    return marks.length === 0 ? { ...frame, ...lines } : { ...frame, layer: withMarks(marks, behind, lines) };
  const rule = {
    data: { values: [{ limit }] },
    mark: { type: 'rule' as const, stroke: palette.muted, strokeDash: [4, 3] },
    encoding: { y: { ...y, field: 'limit' } },
  };
  return { ...frame, layer: withMarks(marks, behind, rule, lines) };
}

/** Hues in an order in which neighbours are easy to tell apart. */
export function hueOf(palette: Palette, index: number): string {
  const { vermillion, sky, orange, purple, green, blue, yellow, grey } = palette;
  const hues = [vermillion, sky, orange, purple, green, blue, yellow, grey];
  return hues[index % hues.length]!;
}
