// The interval of a difference against the band of its margin, as SVG in the markup. It says nothing that the cells beside it do not.
import type { MetricDifference } from '../../../scenarios/result/diff-result.js';
import { Markup } from '../markup.js';
import { BAND, intervalShape, placeOf, type ScaleLimit, ticksOf } from './interval.js';

export interface GlyphSize {
  readonly width: number;
  readonly height: number;
}

interface GlyphLine {
  readonly tag: 'rect' | 'line' | 'circle' | 'path';
  readonly attributes: Readonly<Record<string, string | number>>;
}

/** The parts of the drawing, for markup and page alike; null without a difference. */
export function glyphParts(
  metric: MetricDifference,
  limit: ScaleLimit,
  { width, height }: GlyphSize,
): GlyphLine[] | null {
  const shape = intervalShape(metric, limit);
  if (shape === null) return null;
  const x = (place: number): number => Number((((place + 1) / 2) * width).toFixed(1));
  const y = height / 2;
  const arrow = (at: number, way: number): GlyphLine => ({
    tag: 'path',
    attributes: { class: 'interval-cut', d: `M${at + way * 6} ${y}l${-way * 7}-5v10Z` },
  });
  return [
    { tag: 'rect', attributes: { class: 'interval-band', x: x(-BAND), y: 0, width: x(BAND) - x(-BAND), height } },
    { tag: 'line', attributes: { class: 'interval-zero', x1: x(0), x2: x(0), y1: 0, y2: height } },
    { tag: 'line', attributes: { class: 'interval-bar', x1: x(shape.low), x2: x(shape.high), y1: y, y2: y } },
    ...(shape.isCutLow ? [arrow(0, -1)] : []),
    ...(shape.isCutHigh ? [arrow(width, 1)] : []),
    { tag: 'circle', attributes: { class: 'interval-value', cx: x(shape.value), cy: y, r: 3.2 } },
  ];
}

export function intervalGlyph(metric: MetricDifference, limit: ScaleLimit, size: GlyphSize): Markup | null {
  const parts = glyphParts(metric, limit, size);
  if (parts === null) return null;
  const inner = parts.map(({ tag, attributes }) => {
    const written = Object.entries(attributes).map(([name, value]) => `${name}="${value}"`);
    return `<${tag} ${written.join(' ')}/>`;
  });
  return drawing(`interval-glyph verdict-${metric.verdict}`, size, inner.join(''));
}

/** The scale over a column of glyphs: margins to the left and to the right. */
export function glyphAxis(limit: ScaleLimit, { width }: GlyphSize): Markup {
  const texts = ticksOf(limit).flatMap((tick) =>
    [-tick, tick].map((at) => {
      const x = (((placeOf(at, limit) + 1) / 2) * width).toFixed(1);
      const anchor = tick < limit ? 'middle' : at < 0 ? 'start' : 'end';
      return `<text x="${x}" y="11" text-anchor="${anchor}">${at < 0 ? '−' : '+'}${tick}</text>`;
    }),
  );
  return drawing('interval-axis', { width, height: 14 }, texts.join(''));
}

function drawing(className: string, { width, height }: GlyphSize, inner: string): Markup {
  const box = `viewBox="-8 0 ${width + 16} ${height}" width="${width + 16}" height="${height}"`;
  return new Markup(`<svg class="${className}" ${box} aria-hidden="true">${inner}</svg>`);
}
