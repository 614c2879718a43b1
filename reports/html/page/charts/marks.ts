// Where entries of a timeline hold, behind the lines of a chart over time: shaded from the beginning to the end, with the name on hover and the number
// that the entry has in the table of what happened.
import type { RunResult } from '../../../../scenarios/result/run-result.js';
import { clock, numberedMarks } from '../../../timeline-words.js';
import type { Palette } from '../palette.js';
import { drawable, timeAxis } from './chart.js';

/** Pixels: two numbers that are nearer would touch each other. */
const NUMBERS_APART = 13;
/** Pixels to either side of a moment that answer to the pointer. */
const HOVER = 4;

export interface TimeMark {
  readonly number: number;
  readonly name: string;
  readonly fromSeconds: number;
  /** Equal to `fromSeconds`: over at once. */
  readonly toSeconds: number;
}

/** Empty for a run without a timeline. */
export function timeMarks(result: RunResult): TimeMark[] {
  return numberedMarks(result).map((mark) => ({ ...mark, name: drawable(mark.name, 80) }));
}

interface MarkFrame {
  /** Of the axis, in pixels. */
  readonly width: number;
  readonly seconds: number;
  readonly isLabelled: boolean;
  readonly palette: Palette;
}

/**
 * A layer of lines over the measured time with the marks below it, and their numbers, which nothing may hide, above it.
 * @param first, others layers of lines, from below
 */
export function withMarks<A, B = A>(marks: readonly TimeMark[], frame: MarkFrame, first: A, ...others: readonly B[]) {
  const lines = [first, ...others];
  if (marks.length === 0) return lines;
  const { behind, above } = markLayers(marks, frame);
  return [...behind, ...lines, ...above];
}

function markLayers(marks: readonly TimeMark[], { width, seconds, isLabelled, palette }: MarkFrame) {
  const hover = (HOVER * seconds) / width;
  const rows = marks.map(({ number, name, fromSeconds, toSeconds }) => {
    const to = Math.min(seconds, toSeconds);
    return {
      number: String(number),
      entry: name,
      when: to > fromSeconds ? `${clock(fromSeconds)} to ${clock(to)}` : clock(fromSeconds),
      from: fromSeconds,
      to,
      hoverFrom: Math.max(0, to > fromSeconds ? fromSeconds : fromSeconds - hover),
      hoverTo: Math.min(seconds, to > fromSeconds ? to : fromSeconds + hover),
    };
  });
  const axis = timeAxis(seconds, isLabelled);
  const at = (field: string) => ({ ...axis, field });
  const tooltip = [
    { field: 'entry', type: 'nominal' as const },
    { field: 'when', type: 'nominal' as const },
  ];
  const spans = rows.filter(({ from, to }) => to > from);
  const numbers = {
    data: { values: rows.filter((_, i) => hasRoom(rows, i, (NUMBERS_APART * seconds) / width)) },
    encoding: { x: at('from'), text: { field: 'number', type: 'nominal' as const } },
  };
  const number = {
    type: 'text' as const,
    fontSize: 10,
    align: 'left' as const,
    baseline: 'top' as const,
    dx: 3,
    y: 2,
    tooltip: false,
  };
  return {
    behind: [
      {
        data: { values: spans },
        mark: { type: 'rect' as const, fill: palette.purple, fillOpacity: 0.16, tooltip: false },
        encoding: { x: at('from'), x2: { field: 'to' } },
      },
      {
        data: { values: rows },
        mark: { type: 'rule' as const, stroke: palette.purple, strokeWidth: 1.2, strokeDash: [3, 2], tooltip: false },
        encoding: { x: at('from') },
      },
      {
        data: { values: rows },
        mark: { type: 'rect' as const, fill: palette.purple, fillOpacity: 0 },
        encoding: { x: at('hoverFrom'), x2: { field: 'hoverTo' }, tooltip },
      },
    ],
    above: [
      {
        ...numbers,
        mark: { ...number, fill: palette.surface, stroke: palette.surface, strokeWidth: 3, opacity: 0.85 },
      },
      { ...numbers, mark: { ...number, fill: palette.muted } },
    ],
  };
}

/** Whether the number stands clear of the last one that does. */
function hasRoom(rows: readonly { readonly from: number }[], index: number, apart: number): boolean {
  let last = Number.NEGATIVE_INFINITY;
  for (const [i, { from }] of rows.entries()) {
    if (from - last < apart) continue;
    last = from;
    if (i === index) return true;
  }
  return false;
}
