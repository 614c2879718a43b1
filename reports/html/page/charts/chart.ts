// What all charts share: the look, axes for latencies and shares, and the form of a chart: one table of data and a Vega-Lite
// specification of it (https://vega.github.io/vega-lite/docs/spec.html).
import type { Config, TopLevelSpec } from 'vega-lite';
import { printable } from '../../../escape.js';
import type { Palette } from '../palette.js';

export type ChartSpec = TopLevelSpec;
/** A row of a chart's data; the names of its fields are read by people, in tooltips and in the table beside the chart. */
export type ChartRow = Readonly<Record<string, string | number | null>>;

export interface ChartContext {
  /** Pixels that the whole chart may take. */
  readonly width: number;
  readonly palette: Palette;
}

export interface Chart {
  readonly rows: readonly ChartRow[];
  readonly spec: ChartSpec;
}

const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif';

export function chartConfig({ ink, muted, line, surface, blue }: Palette): Config {
  return {
    background: surface,
    font: FONT,
    padding: 2,
    aria: false,
    view: { stroke: null },
    axis: {
      domainColor: line,
      gridColor: line,
      tickColor: line,
      labelColor: muted,
      titleColor: muted,
      labelFontSize: 11.5,
      titleFontSize: 11.5,
      titleFontWeight: 400,
      labelPadding: 6,
      titlePadding: 10,
      labelLimit: 220,
      ticks: false,
      domain: false,
    },
    axisX: { grid: false, domain: true },
    axisY: { grid: true },
    legend: {
      labelColor: ink,
      titleColor: muted,
      labelFontSize: 12,
      titleFontSize: 11.5,
      titleFontWeight: 400,
      symbolSize: 90,
      labelLimit: 260,
      orient: 'top',
      direction: 'horizontal',
      columnPadding: 18,
      offset: 8,
    },
    header: { labelColor: ink, titleColor: muted, labelFontSize: 12.5, labelFontWeight: 600 },
    title: { color: ink, fontSize: 12.5, fontWeight: 600, anchor: 'start', offset: 10 },
    bar: { fill: blue },
    line: { strokeWidth: 1.8, strokeCap: 'round', strokeJoin: 'round' },
    text: { fill: ink, fontSize: 11.5 },
  };
}

/** Labels of an axis in milliseconds, in the unit that reads best. */
export const LATENCY_LABELS =
  "datum.value === 0 ? '0' : datum.value < 1 ? format(datum.value * 1000, '~g') + ' µs' : datum.value < 1000 ? format(datum.value, '~g') + ' ms' : format(datum.value / 1000, '~g') + ' s'";

/** Labels of an axis of shares: `0.1 %`. */
export const SHARE_LABELS = "format(datum.value * 100, '~g') + ' %'";

/** The axis of the measured time. */
export function timeAxis(seconds: number, isLabelled = true) {
  return {
    field: TIME_FIELD,
    type: 'quantitative' as const,
    scale: { domain: [0, seconds], nice: false },
    axis: {
      title: isLabelled ? 'seconds after the warm-up' : null,
      labels: isLabelled,
      labelExpr: "format(datum.value, '~g')",
      grid: false,
    },
  };
}

export const TIME_FIELD = 'time s';

/** Where the interval `index` of a series begins, in seconds. */
export function timeAt(index: number, intervalSeconds: number): number {
  return Number((index * intervalSeconds).toFixed(3));
}

/**
 * Ticks of a logarithmic axis from low to high: powers of ten, with 2 and 5 times them where that is not too many, with all digits where it would
 * be too few.
 */
export function logTicks(low: number, high: number): number[] {
  if (!(low > 0 && high >= low)) return [];
  const [tens, some, all] = [[1], [1, 2, 5], [1, 1.5, 2, 3, 4, 5, 6, 8]].map((digits) => ticksAt(digits, low, high));
  if (some!.length < TICKS_MIN) return all!;
  return some!.length > TICKS_MAX && tens!.length > 1 ? tens! : some!;
}

const TICKS_MIN = 3;
const TICKS_MAX = 12;

function ticksAt(digits: readonly number[], low: number, high: number): number[] {
  const ticks: number[] = [];
  for (let exponent = Math.floor(Math.log10(low)); exponent <= Math.ceil(Math.log10(high)); exponent++) {
    ticks.push(...digits.map((digit) => Number(`${digit}e${exponent}`)));
  }
  return ticks.filter((tick) => tick >= low && tick <= high);
}

/** Columns of a legend in which every one of some names has room. */
export function legendColumns(names: readonly string[], width: number): number {
  const longest = names.reduce((max, name) => Math.max(max, [...name].length), 0);
  return Math.max(1, Math.min(names.length, Math.floor((width - 64) / (longest * 7 + 44))));
}

/**
 * A name as it may be drawn: no controls, and cut in its middle where it is longer than a chart can bear, because ends tell names apart. Vega groups rows
 * by name in plain objects, which have a `constructor` before any row is there: such names get a mark that takes no room.
 */
export function drawable(name: string, lengthMax = 42): string {
  const chars = [...printable(name)];
  if (chars.length <= lengthMax) return Object.hasOwn(Object.prototype, name) ? `${name}\u200b` : chars.join('');
  const tail = Math.floor((lengthMax - 1) / 2);
  return `${chars.slice(0, lengthMax - 1 - tail).join('')}…${chars.slice(chars.length - tail).join('')}`;
}

/** Names that a chart tells its rows by: drawable, and still different from each other after that. */
export function drawableNames(names: readonly string[], lengthMax = 42): string[] {
  const uses = new Map<string, number>();
  return names.map((name) => {
    const short = drawable(name, lengthMax);
    const use = (uses.get(short) ?? 0) + 1;
    uses.set(short, use);
    return use === 1 ? short : `${short} (${use})`;
  });
}

/** Names of requests as they are told apart: with their traffic's where that is not the same. */
export function requestLabel(traffic: string, request: string): string {
  return traffic === request ? request : `${traffic} · ${request}`;
}
