// Aligned columns, rules and wrapped lines for a terminal of a known width. Colour is put on after everything is measured.
import type { createColors } from 'picocolors';

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

const NAME_WIDTH_MIN = 10;

/**
 * A table that fills `width`: the first column takes what the others leave, and is cut in the middle if that is too little.
 * Where the numbers alone are wider than `width`, lines are longer: a number is never cut.
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
  const others = widths.slice(1).reduce((sum, columnWidth) => sum + columnWidth + 2, 0);
  widths[0] = Math.max(NAME_WIDTH_MIN, width - 1 - others);
  const line = (cells: readonly Cell[]): string =>
    ` ${cells.map((cell, index) => alignCell(cell, widths[index], columns[index].align)).join('  ')}`.trimEnd();
  const header = line(
    columns.map(({ title }, index) => ({ text: title, style: index === 0 ? colors.bold : colors.dim })),
  );
  return [
    header,
    rule(width, colors),
    ...rows.flatMap((row) =>
      row.kind === 'cells'
        ? [line(row.cells)]
        : wrapped(row.cell.text, width, 4).map((text) => styled({ ...row.cell, text })),
    ),
  ];
}

export function rule(width: number, colors: Colors): string {
  return ` ${colors.dim('─'.repeat(width - 1))}`;
}

/** Lines of at most `width` columns, each indented by `indent`; a word that is wider has a line for itself, a `%` stays with its number. */
export function wrapped(text: string, width: number, indent: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/ (?!%)/)) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && displayWidth(longer) > width - indent) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  if (line !== '') lines.push(line);
  return lines.map((content) => ' '.repeat(indent) + content);
}

/** Columns that a text takes: 0 for combining marks, 2 for East Asian wide characters and emoji. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const char of text) {
    if (/\p{M}/u.test(char)) continue;
    width +=
      /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u.test(
        char,
      )
        ? 2
        : 1;
  }
  return width;
}

/** `text` in at most `width` columns, with `…` for what its middle held. */
export function cut(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  const chars = [...text];
  let head = chars.slice(0, Math.ceil(chars.length / 2));
  let tail = chars.slice(head.length);
  while (head.length > 0 && displayWidth(head.join('')) + displayWidth(tail.join('')) + 1 > width) {
    if (head.length > tail.length) head = head.slice(0, -1);
    else tail = tail.slice(1);
  }
  return `${head.join('')}…${tail.join('')}`;
}

export function styled({ text, style }: Cell): string {
  return style === undefined || text === '' ? text : style(text);
}

function alignCell(cell: Cell, width: number, align: 'left' | 'right'): string {
  const text = cut(cell.text, width);
  const padding = ' '.repeat(Math.max(0, width - displayWidth(text)));
  return align === 'left' ? styled({ ...cell, text }) + padding : padding + styled({ ...cell, text });
}
