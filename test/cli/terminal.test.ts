import { expect, test } from 'vitest';
import { wantsColor, widthOf } from '../../cli/terminal.js';

test.each([
  [true, {}, true],
  [false, {}, false],
  [true, { NO_COLOR: '1' }, false],
  [true, { NO_COLOR: '' }, true],
  [true, { TERM: 'dumb' }, false],
  [false, { FORCE_COLOR: '1' }, true],
  [true, { FORCE_COLOR: '0' }, false],
  [true, { FORCE_COLOR: '1', NO_COLOR: '1' }, false],
])('colour: terminal %s, %j', (isTTY, environment, expected) => {
  expect(wantsColor({ isTTY }, environment)).toBe(expected);
});

test.each([
  ['no terminal', { isTTY: false, columns: 200 }, {}, 120],
  ['a terminal that does not say', { isTTY: true }, {}, 120],
  ['a narrow terminal', { isTTY: true, columns: 20 }, {}, 40],
  ['a terminal', { isTTY: true, columns: 96 }, {}, 96],
  ['a wide terminal', { isTTY: true, columns: 300 }, {}, 300],
  ['COLUMNS', { isTTY: true, columns: 96 }, { COLUMNS: '70' }, 70],
  ['COLUMNS without a terminal', {}, { COLUMNS: '200' }, 200],
  ['COLUMNS that is no number', { isTTY: true, columns: 96 }, { COLUMNS: 'wide' }, 96],
  ['COLUMNS that is empty', {}, { COLUMNS: '' }, 120],
  ['COLUMNS of 0', {}, { COLUMNS: '0' }, 120],
])('width: %s', (_, stream, environment, expected) => {
  expect(widthOf(stream, environment)).toBe(expected);
});
