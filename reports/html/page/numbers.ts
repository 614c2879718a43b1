// Numbers in cells and lists of the page: the value, and its interval small beside it.
import type { Measured } from '../../../scenarios/result/measured.js';
import { intervalWords, valueWords } from '../words.js';
import { type Child, h } from './dom.js';

/** The value; its interval below it. */
export function measuredCell(measured: Measured, format: (value: number) => string): Child {
  const interval = intervalWords(measured, format);
  const value = valueWords(measured, format);
  return interval === '' || interval === 'exact'
    ? h('span', { class: measured.value === null ? 'quiet' : null }, value)
    : [value, h('span', { class: 'interval' }, interval)];
}

/** The value alone; why there is none, where there is none. */
export function valueCell(measured: Measured | undefined, format: (value: number) => string): Child {
  if (measured === undefined) return h('span', { class: 'quiet' }, '–');
  return h('span', { class: measured.value === null ? 'quiet' : null }, valueWords(measured, format));
}

/** A list of terms and numbers. */
export function pairs(rows: readonly (readonly [string, Child])[]): HTMLElement {
  return h(
    'dl',
    { class: 'small-pairs' },
    rows.map(([term, value]) => h('div', {}, h('dt', {}, term), h('dd', {}, value))),
  );
}
