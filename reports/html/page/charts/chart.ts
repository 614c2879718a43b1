// What all charts share: the look, axes for latencies and shares, and the form of a chart: one table of data and a Vega-Lite
// specification of it (https://vega.github.io/vega-lite/docs/spec.html).
import type { Config, TopLevelSpec } from 'vega-lite';
import { printable } from '../../../escape.js';
import type { Palette } from '../theme.js';

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

/** 1, 2 and 5 times the powers of ten that lie within low..high: ticks of a logarithmic axis; only powers of ten where that is long. */
export function logTicks(low: number, high: number): number[] {
  if (!(low > 0 && high >= low)) return [];
  const all: number[] = [];
  for (let exponent = Math.floor(Math.log10(low)); exponent <= Math.ceil(Math.log10(high)); exponent++) {
    for (const digit of [1, 2, 5]) {
      const tick = Number(`${digit}e${exponent}`);
      if (tick >= low && tick <= high) all.push(tick);
    }
  }
  const tens = all.filter((tick) => String(tick.toExponential()).startsWith('1e'));
  return all.length > 12 && tens.length > 1 ? tens : all;
}

/** A name as it may be drawn: no controls, not longer than a chart can bear. */
export function drawable(name: string, lengthMax = 42): string {
  const chars = [...printable(name)];
  return chars.length <= lengthMax ? chars.join('') : `${chars.slice(0, lengthMax - 1).join('')}…`;
}

/** Names of requests as they are told apart: with their traffic's where that is not the same. */
export function requestLabel(traffic: string, request: string): string {
  return traffic === request ? request : `${traffic} · ${request}`;
}
