// Widths of texts, measured, because letters differ; and a text cut to a width in pixels, with an ellipsis.
import { printable } from '../../escape.js';

const context = document.createElement('canvas').getContext('2d');

/** A function that measures texts in a font (as CSS writes it), in pixels. */
export function measureIn(font: string): (text: string) => number {
  const known = new Map<string, number>();
  return (text) => {
    let width = known.get(text);
    if (width === undefined) {
      if (context !== null) context.font = font;
      width = context === null ? [...text].length * 8 : context.measureText(text).width;
      known.set(text, width);
    }
    return width;
  };
}

export function fitText(text: string, width: number, font: string): string {
  const chars = [...printable(text)];
  const measure = measureIn(font);
  if (measure(chars.join('')) <= width) return chars.join('');
  let length = chars.length;
  while (length > 1 && measure(`${chars.slice(0, length).join('')}…`) > width) length--;
  return `${chars.slice(0, length).join('')}…`;
}
