// Known answers and properties of durations, rates and shares.
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import {
  MAX_DURATION_NS,
  parseBytes,
  parseBytesPerSecond,
  parseDurationNs,
  parseFactor,
  parseRatePerSecond,
  parseShare,
} from '../../../scenarios/document/words.js';
import { seriesInterval, timelineInterval } from '../../../scenarios/reading/run.js';

describe('words', () => {
  it.each([
    ['1h2m3.5ms', 3_720_003_500_000],
    ['0', 0],
    [0, 0],
    ['250ms', 250e6],
    ['-1s', null],
    ['10 sec', null],
    [5, null],
    ['3000h', null],
  ])('reads the duration %s', (word, ns) => {
    expect(parseDurationNs(word)).toBe(ns);
  });

  it.each([
    ['800/s', 800],
    ['90/m', 1.5],
    ['36/h', 0.01],
    ['7.5 / s', 7.5],
    [12, 12],
    ['12', 12],
    ['-3/s', null],
    ['3/d', null],
    ['fast', null],
    ['1e3/s', 1000],
    ['', null],
  ])('reads the rate %s', (word, perSecond) => {
    expect(parseRatePerSecond(word)).toBe(perSecond);
  });

  it.each([
    ['0.5%', 0.005],
    ['100%', 1],
    [0.3, 0.3],
    ['1', 1],
    ['101%', null],
    [5, null],
    ['-1%', null],
    ['half', null],
  ])('reads the share %s', (word, share) => {
    expect(parseShare(word)).toBe(share);
  });

  it.each([
    ['3x', 3],
    ['0.5x', 0.5],
    ['0x', 0],
    ['+2 X', 2],
    ['.5x', 0.5],
    ['3', null],
    [3, null],
    ['-1x', null],
    ['x', null],
    ['300%', null],
  ])('reads the factor %s', (word, factor) => {
    expect(parseFactor(word)).toBe(factor);
  });

  it.each([
    ['4KiB', 4096],
    ['4Ki', 4096],
    ['1.5MB', 1_500_000],
    ['1kB', 1000],
    ['1.1k', 1100],
    ['2 MiB', 2_097_152],
    ['512B', 512],
    [512, 512],
    ['0', 0],
    ['0.1B', 1],
    ['1024GiB', 1024 * 1024 * 1024 * 1024],
    ['1025GiB', null],
    ['-1', null],
    ['4 kilobytes', null],
    ['4Kb/s', null],
    ['', null],
  ])('reads the size %s', (word, bytes) => {
    expect(parseBytes(word)).toBe(bytes);
  });

  it.each([
    ['10Gbit/s', 1.25e9],
    ['10Gbit', 1.25e9],
    ['100Mbps', 12.5e6],
    ['800kbit/s', 100_000],
    ['12.5MB/s', 12.5e6],
    ['10MiB/s', 10 * 1024 * 1024],
    ['8bps', 1],
    ['0Gbit/s', null],
    ['10G', null],
    [1000, null],
    ['fast', null],
  ])('reads the bandwidth %s', (word, perSecond) => {
    expect(parseBytesPerSecond(word)).toBe(perSecond);
  });

  test.prop([fc.string()])('never throws, and never leaves the allowed ranges', (word) => {
    const ns = parseDurationNs(word);
    if (ns !== null) expect(Number.isSafeInteger(ns) && ns >= 0 && ns <= MAX_DURATION_NS).toBe(true);
    const rate = parseRatePerSecond(word);
    if (rate !== null) expect(rate).toBeGreaterThanOrEqual(0);
    const share = parseShare(word);
    if (share !== null) expect(share >= 0 && share <= 1).toBe(true);
    const bytes = parseBytes(word);
    if (bytes !== null) expect(Number.isSafeInteger(bytes) && bytes >= 0).toBe(true);
    expect(parseFactor(word) ?? 0).toBeGreaterThanOrEqual(0);
    expect(parseBytesPerSecond(word) ?? 1).toBeGreaterThan(0);
  });

  test.prop([fc.integer({ min: 1, max: 1e15 })])(
    'makes 96 to 240 intervals (fewer only where a nanosecond is the interval)',
    (durationNs) => {
      const intervalNs = seriesInterval(durationNs);
      expect(Number.isSafeInteger(intervalNs)).toBe(true);
      expect(durationNs / intervalNs).toBeLessThanOrEqual(240);
      if (intervalNs > 1) expect(durationNs / intervalNs).toBeGreaterThan(95.9);
    },
  );

  it('takes half a second for a minute', () => {
    expect(seriesInterval(60e9)).toBe(500e6);
  });

  it('takes finer ones with a timeline: at least 200, of at most a second up to 20 minutes', () => {
    const seconds = [1, 10, 60, 90, 600, 1200, 3600, 86_400];
    const widths = seconds.map((second) => timelineInterval(second * 1e9) / 1e9);
    expect(widths).toEqual([0.005, 0.05, 0.2, 0.2, 1, 1, 5, 100]);
    for (const [i, second] of seconds.entries()) expect(second / widths[i]).toBeGreaterThanOrEqual(200);
  });
});
