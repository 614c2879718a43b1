// Text of the input in Markdown stays text: no markup, no mention, no link, no further column of a table.
import { describe, expect, it } from 'vitest';
import { code, fenced, prose } from '../../reports/markdown-text.js';

describe('code', () => {
  it.each([
    ['plain', '`plain`'],
    ['a|b', '<code>a&#124;b</code>'],
    ['`', '<code>&#96;</code>'],
    [' x', '<code> x</code>'],
    ['', '<code></code>'],
    ['\u202e', '<code>&#92;u&#123;202e&#125;</code>'],
  ])('%j', (name, expected) => expect(code(name)).toBe(expected));
});

it('prose makes no mention and no link', () => {
  expect(prose('@a [b](c) <d> #1')).toBe('@<!-- -->a &#91;b&#93;(c) &#60;d&#62; &#35;1');
});

it('a fence is longer than any in the command', () => {
  expect(fenced('x ``` y')).toBe('````sh\nx ``` y\n````');
});
