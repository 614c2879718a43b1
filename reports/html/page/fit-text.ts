// Text cut to a width in pixels, with an ellipsis; measured, because letters differ.
import { printable } from '../../escape.js';

const context = document.createElement('canvas').getContext('2d');

export function fitText(text: string, width: number, font: string): string {
  const chars = [...printable(text)];
  if (context === null) return chars.slice(0, 20).join('');
  context.font = font;
  if (context.measureText(chars.join('')).width <= width) return chars.join('');
  let length = chars.length;
  while (length > 1 && context.measureText(`${chars.slice(0, length).join('')}…`).width > width) length--;
  return `${chars.slice(0, length).join('')}…`;
}
