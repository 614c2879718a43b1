// Known answers and properties of durations, rates and shares.
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { seriesInterval } from '../../scenarios/read-run.js';
import { MAX_DURATION_NS, parseDurationNs, parseRatePerSecond, parseShare } from '../../scenarios/words.js';

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

  test.prop([fc.string()])('never throws, and never leaves the allowed ranges', (word) => {
    const ns = parseDurationNs(word);
    if (ns !== null) expect(Number.isSafeInteger(ns) && ns >= 0 && ns <= MAX_DURATION_NS).toBe(true);
    const rate = parseRatePerSecond(word);
    if (rate !== null) expect(rate).toBeGreaterThanOrEqual(0);
    const share = parseShare(word);
    if (share !== null) expect(share >= 0 && share <= 1).toBe(true);
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
});
