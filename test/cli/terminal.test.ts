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

test('width', () => {
  expect(
    [
      { isTTY: false, columns: 200 },
      { isTTY: true },
      { isTTY: true, columns: 40 },
      { isTTY: true, columns: 96 },
      { isTTY: true, columns: 300 },
    ].map(widthOf),
  ).toEqual([80, 80, 80, 96, 110]);
});
