// Intervals against margins, corrected for their number.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pairReadings, type ReadingPair } from '../../../scenarios/compare/differences.js';
import { adjustForDiscovery } from '../../../scenarios/compare/false-discovery.js';
import type { Reading } from '../../../scenarios/compare/readings.js';
import { gateVerdict, isPrecise, type JudgedInput, judgeAll } from '../../../scenarios/compare/verdicts.js';
import { GET, SETTINGS } from './worlds.js';

function reading(values: readonly number[], more: Partial<Reading> = {}): Reading {
  return { metric: 'mean', outcome: '', unit: 'ms', better: 'lower', values, samples: 10_000, isEnough: true, ...more };
}

function pairOf(base: readonly number[], candidate: readonly number[], more: Partial<Reading> = {}): ReadingPair {
  const subject = (values: readonly number[]) => ({ key: 'get', subject: GET, readings: [reading(values, more)] });
  return pairReadings(subject(base), subject(candidate), SETTINGS)[0];
}

function input(pair: ReadingPair, isPrimary: boolean): JudgedInput {
  return { pair, role: isPrimary ? 'primary' : 'other', better: pair.base.better };
}

const BASE = [100, 101, 99, 100, 100];
const plus = (shift: number, noise = 0.1): number[] =>
  BASE.map((value, i) => value + shift + noise * [1, -1, 0.5, -0.5, 0][i]);

describe('judgeAll', () => {
  it.each([
    [10, 'worse', 'fail'],
    [-10, 'better', 'pass'],
    [0.5, 'same', 'pass'],
    [2, 'inconclusive', 'inconclusive'],
    [-2, 'inconclusive', 'pass'],
  ])('a latency of 100 ms that changes by %s ms is %s, and the gate says %s', (shift, verdict, gate) => {
    const [judged] = judgeAll([input(pairOf(BASE, plus(shift)), true)], SETTINGS);
    expect([judged.verdict, judged.gate?.verdict]).toEqual([verdict, gate]);
  });

  it('turns round where more is better, and takes no side where neither is', () => {
    const goodput = pairOf(BASE, plus(10), { metric: 'goodput', unit: 'perSecond', better: 'higher' });
    const served = pairOf(BASE, plus(10), { metric: 'served', unit: 'perSecond', better: 'neither' });
    expect(judgeAll([input(goodput, true), input(served, false)], SETTINGS).map(({ verdict }) => verdict)).toEqual([
      'better',
      'changed',
    ]);
  });

  it('with one metric is the plain 95 % interval against the margin, primary or not', () => {
    const noise = fc.array(fc.double({ min: -5, max: 15, noNaN: true }), { minLength: 5, maxLength: 5 });
    fc.assert(
      fc.property(noise, fc.boolean(), (shifts, isPrimary) => {
        const pair = pairOf(
          BASE,
          BASE.map((value, i) => value + shifts[i]),
        );
        const { low, high } = pair.difference!;
        if (Math.abs(low - pair.margin) < 1e-6 || Math.abs(high + pair.margin) < 1e-6) return;
        const plain =
          low > pair.margin
            ? 'worse'
            : high < -pair.margin
              ? 'better'
              : low >= -pair.margin && high <= pair.margin
                ? 'same'
                : 'inconclusive';
        expect(judgeAll([input(pair, isPrimary)], SETTINGS)[0].verdict).toBe(plain);
      }),
    );
  });

  it('does not call the best of many chances a change', () => {
    const barely = input(pairOf(BASE, plus(4, 1.5)), false);
    const nothing = Array.from({ length: 50 }, () => input(pairOf(BASE, plus(0, 1)), false));
    expect(judgeAll([barely], SETTINGS)[0].verdict).toBe('worse');
    expect(judgeAll([barely, ...nothing], SETTINGS)[0].verdict).toBe('inconclusive');
  });

  it('gives no number for too few samples, and passes no gate on it', () => {
    const pair = pairOf(BASE, plus(10), { isEnough: false });
    const [judged] = judgeAll([input(pair, true)], SETTINGS);
    expect([pair.baseMean, pair.reason, judged.verdict, judged.gate?.verdict]).toEqual([
      null,
      'too few samples',
      'inconclusive',
      'inconclusive',
    ]);
  });

  it('does not take no error among few calls for no errors', () => {
    const errors = (samples: number): ReadingPair => {
      const none = reading([0, 0, 0], { metric: 'errors', unit: 'share', samples });
      const base = { key: 'get', subject: GET, readings: [none, reading([1, 2, 3])] };
      const candidate = { ...base, readings: [none, reading([1, 2, 4])] };
      return pairReadings(base, candidate, SETTINGS)[0];
    };
    expect(errors(100).reason).toBe('too few samples');
    expect(errors(10_000).reason).toBeNull();
  });

  it('one pair bounds nothing', () => {
    expect(pairOf([1], [2])).toMatchObject({ difference: null, reason: 'too few samples' });
  });
});

describe('gateVerdict', () => {
  it.each([
    [['pass', 'pass'], 0, 0, 'pass'],
    [['pass', 'inconclusive'], 0, 0, 'inconclusive'],
    [['fail', 'inconclusive'], 0, 0, 'fail'],
    [['pass'], 1, 0, 'fail'],
    [['pass'], 0, 1, 'inconclusive'],
  ] as const)('%j, %i broken thresholds, %i missing: %s', (verdicts, broken, missing, expected) => {
    expect(gateVerdict(verdicts, broken, missing)).toBe(expected);
  });
});

describe('isPrecise', () => {
  it.each([
    ['narrow', 0, 0.1, true],
    ['wide', 0, 5, false],
    ['wide, but small against a large change', 80, 5, true],
  ])('%s', (_, shift, noise, expected) => {
    expect(isPrecise(input(pairOf(BASE, plus(shift, noise)), true), SETTINGS)).toBe(expected);
  });
});

describe('adjustForDiscovery', () => {
  // Benjamini and Hochberg (1995), §3.2: 15 p-values of which the first four are rejected at 5 %.
  it('rejects the four of the paper', () => {
    const p = [
      0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528, 0.759, 1,
    ];
    expect(adjustForDiscovery(p).filter((adjusted) => adjusted <= 0.05)).toHaveLength(4);
  });

  it('keeps the order, never lowers a p-value, and refuses what is none', () => {
    const values = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 20 });
    fc.assert(
      fc.property(values, (p) => {
        const adjusted = adjustForDiscovery(p);
        p.forEach((own, i) => {
          expect(adjusted[i]).toBeGreaterThanOrEqual(own * (1 - 1e-12));
          p.forEach((other, j) => void (own < other && expect(adjusted[i]).toBeLessThanOrEqual(adjusted[j])));
        });
      }),
    );
    expect(() => adjustForDiscovery([1.5])).toThrow(RangeError);
  });
});
