import { InvalidArgumentError } from 'commander';
import { expect, test } from 'vitest';
import { parseFormats } from '../../cli/formats.js';

test.each([
  ['html', ['html']],
  ['csv, md,csv', ['csv', 'md']],
  ['none', []],
])('%j', (text, formats) => {
  expect(parseFormats(text)).toEqual(formats);
});

test.each(['', 'pdf', 'html,', 'none,csv'])('%j is no list of formats', (text) => {
  expect(() => parseFormats(text)).toThrow(InvalidArgumentError);
});
