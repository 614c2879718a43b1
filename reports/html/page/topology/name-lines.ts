// Names in a node: on one line, on two, or cut in their middle; after cutting, no two of them look alike.
import { printable } from '../../../escape.js';

/** Width of a text in pixels. */
export type Measure = (text: string) => number;

/** One or two lines for each name. A name that has no room on two lines keeps its beginning and its end. */
export function nameLines(names: readonly string[], width: number, measure: Measure): (readonly string[])[] {
  const uses = new Map<string, number>();
  return names.map((name) => {
    const lines = linesOf([...printable(name)], width, measure, '');
    const text = lines.join('\n');
    const use = (uses.get(text) ?? 0) + 1;
    uses.set(text, use);
    return use === 1 ? lines : linesOf([...printable(name)], width, measure, ` (${use})`);
  });
}

/** `mark` tells a name from others that look alike; it stands at the end of a name that is cut. */
function linesOf(chars: readonly string[], width: number, measure: Measure, mark: string): readonly string[] {
  const whole = chars.join('');
  if (mark === '' && measure(whole) <= width) return [whole];
  const first = breakAt(chars, width, measure);
  const rest = chars.slice(first).join('');
  if (mark === '' && measure(rest) <= width) return [chars.slice(0, first).join(''), rest];
  const most = longest(chars.length, (length) => measure(chars.slice(0, length).join('')) <= width);
  const tail = longest(chars.length - most, (length) => measure(`…${chars.slice(-length).join('')}${mark}`) <= width);
  return [chars.slice(0, most).join(''), `…${chars.slice(chars.length - tail).join('')}${mark}`];
}

/** Characters of the first line: up to a sign that parts words, where one stands in its second half. */
function breakAt(chars: readonly string[], width: number, measure: Measure): number {
  const most = longest(chars.length, (length) => measure(chars.slice(0, length).join('')) <= width);
  for (let at = most; at > most / 2; at--) if (/[-_./:]/.test(chars[at - 1]!)) return at;
  return most;
}

/** The greatest length from 1 to `most` that fits; 1 where none does. */
function longest(most: number, fits: (length: number) => boolean): number {
  let length = Math.max(1, most);
  while (length > 1 && !fits(length)) length--;
  return length;
}
