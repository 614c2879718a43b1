// Aligned columns, rules and wrapped lines for a terminal of a known width. Colour is put on after everything is measured.
import type { createColors } from 'picocolors';
import { cut, cutApart, displayWidth } from './text-width.js';

export { cut, cutApart, displayWidth } from './text-width.js';

export type Colors = ReturnType<typeof createColors>;
export type Style = (text: string) => string;

/** A piece of text with its colour. */
export interface Cell {
  readonly text: string;
  readonly style?: Style;
}

export interface Column {
  readonly title: string;
  readonly align: 'left' | 'right';
}

/** A row of cells, or a line of words under a row. */
export type TableRow =
  | { readonly kind: 'cells'; readonly cells: readonly Cell[] }
  | { readonly kind: 'detail'; readonly cell: Cell };

/** Names are cut to this if then all columns stand beside each other … */
const NAME_WIDTH_TIGHT = 10;
/** … and else have this. */
const NAME_WIDTH_MIN = 18;
/** What is left of a name beside words that take the whole line. */
const NAME_WIDTH_LEAST = 5;
/** Tables and rules are as wide as this where the terminal is; a table that needs more takes more. */
const USUAL_WIDTH = 80;
/** Longer lines of words are hard to read. */
const WORDS_WIDTH_MAX = 110;
const GAP = '  ';

/**
 * A table of at most `width` columns, and no wider than its names need. Where names are too long, they are cut, and never so that two of
 * them look alike. A number is never cut: where all columns have no room beside each other, the table goes on below, with its names again.
 */
export function renderTable(
  columns: readonly Column[],
  rows: readonly TableRow[],
  width: number,
  colors: Colors,
): string[] {
  const widths = columns.map(({ title }, index) => {
    const texts = rows.flatMap((row) => (row.kind === 'cells' ? [row.cells[index].text] : []));
    return texts.reduce((max, text) => Math.max(max, displayWidth(text)), displayWidth(title));
  });
  // A column that has no room of its own beside the shortest name is words, not a number.
  for (let column = 1; column < widths.length; column++) widths[column] = Math.min(widths[column], width - 8);
  const bands = bandsOf(widths, width);
  const widest = Math.max(...bands.map((band) => sumOf(band, widths)));
  const fill = Math.min(width, USUAL_WIDTH) - 1 - widest;
  widths[0] = Math.max(NAME_WIDTH_LEAST, Math.min(width - 1 - widest, Math.max(fill, widths[0])));
  return bands.flatMap((band, index) => {
    const isLast = index === bands.length - 1;
    const shown = isLast ? rows : rows.filter(({ kind }) => kind === 'cells');
    return [...(index === 0 ? [] : ['']), ...renderBand(columns, shown, widths, band, { width, colors })];
  });
}

/** Columns that a band takes beside the names. */
function sumOf(band: readonly number[], widths: readonly number[]): number {
  return band.reduce((sum, column) => sum + GAP.length + widths[column], 0);
}

/** Which columns stand beside each other, without the first, which stands in each band. */
function bandsOf(widths: readonly number[], width: number): (readonly number[])[] {
  const all = Array.from(widths.keys()).slice(1);
  if (NAME_WIDTH_TIGHT + sumOf(all, widths) < width) return [all];
  const room = width - 1 - Math.min(widths[0], NAME_WIDTH_MIN);
  const bands: number[][] = [];
  let used = Number.POSITIVE_INFINITY;
  for (let column = 1; column < widths.length; column++) {
    const needed = GAP.length + widths[column];
    if (used + needed > room) {
      bands.push([]);
      used = 0;
    }
    bands[bands.length - 1].push(column);
    used += needed;
  }
  return bands.length === 0 ? [[]] : bands;
}

function renderBand(
  columns: readonly Column[],
  rows: readonly TableRow[],
  widths: readonly number[],
  band: readonly number[],
  { width, colors }: { readonly width: number; readonly colors: Colors },
): string[] {
  const shown = [0, ...band];
  const texts = new Map(
    shown.map((column) => [
      column,
      cutApart(
        rows.flatMap((row) => (row.kind === 'cells' ? [row.cells[column].text] : [])),
        widths[column],
      ),
    ]),
  );
  const line = (cells: readonly Cell[]): string =>
    ` ${shown.map((column, index) => alignCell(cells[index], widths[column], columns[column].align)).join(GAP)}`.trimEnd();
  const header = line(
    shown.map((column) => ({
      text: cut(columns[column].title, widths[column]),
      style: column === 0 ? colors.bold : colors.dim,
    })),
  );
  let at = 0;
  const body = rows.flatMap((row) => {
    if (row.kind === 'detail') return wrapped(row.cell.text, width, 4).map((text) => styled({ ...row.cell, text }));
    const cells = shown.map((column) => ({ ...row.cells[column], text: texts.get(column)?.[at] ?? '' }));
    at += 1;
    return [line(cells)];
  });
  return [header, dashes(1 + widths[0] + sumOf(band, widths), colors), ...body];
}

/** The line under a heading. */
export function rule(width: number, colors: Colors): string {
  return dashes(Math.min(width, USUAL_WIDTH), colors);
}

function dashes(width: number, colors: Colors): string {
  return ` ${colors.dim('─'.repeat(width - 1))}`;
}

/** A heading and what follows on its line, each in its colour; wrapped where the line is too long. */
export function headed(head: string, rest: string, width: number, style: Style, restStyle: Style = String): string[] {
  const [first = '', ...others] = wrapped(head + rest, width, 1);
  const own = first.slice(1, 1 + head.length);
  return [
    ` ${style(own)}${styled({ text: first.slice(1 + head.length), style: restStyle })}`,
    ...others.map(restStyle),
  ];
}

/**
 * Lines of at most `width` columns, each indented by `indent`; a word that is wider goes on in the next line, a `%` stays with its number.
 */
export function wrapped(text: string, width: number, indent: number): string[] {
  const room = Math.max(1, Math.min(width, WORDS_WIDTH_MAX) - indent);
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/ (?!%)/).flatMap((written) => broken(written, room))) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && displayWidth(longer) > room) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  if (line !== '') lines.push(line);
  return lines.map((content) => ' '.repeat(indent) + content);
}

/** A word in pieces of at most `room` columns, where that can be after one of `/.,:-_=&?`. */
function broken(word: string, room: number): string[] {
  if (displayWidth(word) <= room) return [word];
  const pieces: string[] = [];
  let piece: string[] = [];
  let width = 0;
  for (const char of word) {
    const own = displayWidth(char);
    if (width + own > room && piece.length > 0) {
      const end = piece.findLastIndex((before) => '/.,:-_=&?'.includes(before)) + 1;
      const kept = end > piece.length / 3 ? end : piece.length;
      pieces.push(piece.slice(0, kept).join(''));
      piece = piece.slice(kept);
      width = displayWidth(piece.join(''));
    }
    piece.push(char);
    width += own;
  }
  return [...pieces, piece.join('')];
}

export function styled({ text, style }: Cell): string {
  return style === undefined || text === '' ? text : style(text);
}

function alignCell(cell: Cell, width: number, align: 'left' | 'right'): string {
  const padding = ' '.repeat(Math.max(0, width - displayWidth(cell.text)));
  return align === 'left' ? styled(cell) + padding : padding + styled(cell);
}
