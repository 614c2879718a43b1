// Incident 5, a metastable failure: at which loads, and with how many resends, it stays (DY-60).
import { describe, expect, test } from 'vitest';
import { type Course, experiment } from '../support/metastable.js';

const recovers = ({ good }: Course, rate: number): boolean =>
  good.slice(100).every((value) => Math.abs(value - rate) <= 2);
const collapses = ({ good }: Course): boolean => good.slice(100).every((value) => value === 0);

describe('5: a metastable failure with other numbers (DY-60)', () => {
  test('at 34 % all arms recover; at 45 % the first three do not', async () => {
    for (const share of ['77.5%', '80%']) expect(recovers(await experiment(340, share, 10), 340)).toBe(true);
    expect(recovers(await experiment(340, '80%', 9), 340)).toBe(true);
    for (const share of ['77.5%', '80%']) expect(collapses(await experiment(450, share, 10))).toBe(true);
    expect(collapses(await experiment(450, '80%', 9))).toBe(true);
  });

  test('with one resend it recovers, with two it does not', async () => {
    expect(recovers(await experiment(380, '80%', 10, 1), 380)).toBe(true);
    expect(collapses(await experiment(380, '80%', 10, 2))).toBe(true);
  });
});
