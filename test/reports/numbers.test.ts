import { describe, expect, test } from 'vitest';
import {
  formatCount,
  formatDurationMs,
  formatMeasured,
  formatMeasuredShare,
  formatNumber,
  formatShare,
  formatUtilisation,
  latencyUnitFor,
} from '../../reports/numbers.js';
import { measured, NO_DATA, TOO_FEW } from './fixture.js';

test.each([
  [0, '0'],
  [0.0123, '0.012'],
  [0.123, '0.12'],
  [1, '1.00'],
  [12.345, '12.3'],
  [99.96, '100'],
  [300.04, '300'],
  [1234567, '1,234,567'],
])('formatNumber(%d)', (value, text) => {
  expect(formatNumber(value)).toBe(text);
});

describe('formatMeasured', () => {
  test.each([
    [12.34, 0.21, '12.3±0.3'],
    [12.34, 2.1, '12±3'],
    [402, 0.3, '402±1'],
    [1204.4, 33.2, '1,204±34'],
    [0.84, 0.012, '0.84±0.02'],
    [7, 0, '7.00'],
  ])('%d ± %d', (value, half, text) => {
    expect(formatMeasured(measured(value, half))).toBe(text);
  });

  test('the wider side of an interval counts', () => {
    expect(formatMeasured({ value: 10, low: 9.5, high: 13, reason: null })).toBe('10±3');
  });

  test('what is missing says so', () => {
    expect(formatMeasured(TOO_FEW)).toBe('too few');
    expect(formatMeasured(NO_DATA)).toBe('–');
    expect(formatMeasured({ value: 12.34, low: null, high: null, reason: 'one replication' })).toBe('12.3±?');
  });
});

test.each([
  [0, '0 %'],
  [1, '100 %'],
  [0.99, '99 %'],
  [0.0012, '0.12 %'],
  [0.00004, '0.004 %'],
  [0.000001, '<0.001 %'],
  [0.9999, '99.99 %'],
  [0.999999, '>99.999 %'],
])('formatShare(%d)', (share, text) => {
  expect(formatShare(share)).toBe(text);
});

test('shares with intervals', () => {
  expect(formatMeasuredShare(measured(0.0012, 0.0003))).toBe('0.12±0.03 %');
  expect(formatMeasuredShare(measured(0))).toBe('0 %');
  expect(formatMeasuredShare({ value: 0, low: 0, high: 0.001, reason: null })).toBe('<0.1 %');
  expect(formatMeasuredShare({ value: 0.5, low: null, high: null, reason: 'one replication' })).toBe('50 %±?');
  expect(formatMeasuredShare(TOO_FEW)).toBe('too few');
});

test.each([
  [0, '0 ms'],
  [0.85, '850 µs'],
  [12.34, '12.3 ms'],
  [300, '300 ms'],
  [4200, '4.2 s'],
  [60_000, '60 s'],
  [600_000, '10 min'],
])('formatDurationMs(%d)', (ms, text) => {
  expect(formatDurationMs(ms)).toBe(text);
});

test.each([
  [812, '812'],
  [41_234, '41.2 k'],
  [3_070_000, '3.07 M'],
  [1.2e9, '1.20 G'],
])('formatCount(%d)', (count, text) => {
  expect(formatCount(count)).toBe(text);
});

test('utilisation', () => {
  expect([0.042, 0.84, 1].map(formatUtilisation)).toEqual(['4.2 %', '84 %', '100 %']);
});

test('one unit a table', () => {
  expect(latencyUnitFor([]).name).toBe('ms');
  expect(latencyUnitFor([0.2, 0.9]).name).toBe('µs');
  expect(latencyUnitFor([0.2, 900]).name).toBe('ms');
  expect(latencyUnitFor([0.2, 90_000]).name).toBe('s');
});
