import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDuration, parseDuration } from '../../../models/config/duration.js';

describe('parseDuration: known answers (go: src/time/time_test.go parseDurationTests)', () => {
  const second = 1e9;
  const minute = 60e9;
  const hour = 3600e9;
  const cases: readonly (readonly [string, number])[] = [
    ['0', 0],
    ['5s', 5 * second],
    ['30s', 30 * second],
    ['1478s', 1478 * second],
    ['-5s', -5 * second],
    ['+5s', 5 * second],
    ['-0', 0],
    ['+0', 0],
    ['5.0s', 5 * second],
    ['5.6s', 5.6 * second],
    ['5.s', 5 * second],
    ['.5s', 0.5 * second],
    ['1.0s', second],
    ['1.00s', second],
    ['1.004s', 1.004 * second],
    ['100.00100s', 100.001 * second],
    ['10ns', 10],
    ['11us', 11e3],
    ['12µs', 12e3],
    ['12μs', 12e3],
    ['13ms', 13e6],
    ['14s', 14 * second],
    ['15m', 15 * minute],
    ['16h', 16 * hour],
    ['3h30m', 3.5 * hour],
    ['10.5s4m', 4 * minute + 10.5 * second],
    ['-2m3.4s', -(2 * minute + 3.4 * second)],
    ['1h2m3s4ms5us6ns', hour + 2 * minute + 3 * second + 4e6 + 5e3 + 6],
    ['39h9m14.425s', 39 * hour + 9 * minute + 14.425 * second],
    ['0.3333333333333333333h', 20 * minute],
    ['0.100000000000000000000h', 6 * minute],
    ['0.9223372036854775807h', 3320413933267],
    ['1h2m3.5ms', hour + 2 * minute + 3.5e6],
  ];
  it.each(cases)('%s is %d ns', (text, ns) => {
    expect(parseDuration(text)).toBe(ns);
  });

  it('keeps to the range of an int64', () => {
    expect(parseDuration('9223372036854775807ns')).toBe(2 ** 63);
    expect(parseDuration('9223372036854775809ns')).toBeNull();
    expect(parseDuration('9223372036854775.808us')).toBeNull();
    expect(parseDuration('3000000h')).toBeNull();
  });

  it.each([
    '',
    '3',
    '-',
    's',
    '.',
    '-.',
    '.s',
    '+.s',
    '1d',
    '10 sec',
    '5 s',
    ' 5s',
    '5s ',
    '1e3s',
    '1..5s',
    '1h2',
    'x',
  ])('refuses %j', (text) => {
    expect(parseDuration(text)).toBeNull();
  });
});

describe('parseDuration: properties', () => {
  it('reads back what formatDuration writes', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (ns) => {
        expect(parseDuration(formatDuration(ns))).toBe(ns === 0 ? 0 : ns);
      }),
    );
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.string(), (text) => void parseDuration(text)));
  });
});
