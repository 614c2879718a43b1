import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nextCronSecond, parseCron } from '../../../../models/kubernetes/autoscaling/cron.js';

/** The next time of an expression after an ISO time, both in UTC. */
function next(expression: string, after: string): string | null {
  const second = nextCronSecond(parseCron(expression)!, Date.parse(`${after}Z`) / 1000);
  return second === null ? null : new Date(second * 1000).toISOString().slice(0, 16);
}

describe('the next time', () => {
  test.each([
    ['0 8 * * *', '2026-08-03T07:59:59', '2026-08-03T08:00'],
    ['0 8 * * *', '2026-08-03T08:00:00', '2026-08-04T08:00'],
    ['*/15 * * * *', '2026-08-03T08:07:00', '2026-08-03T08:15'],
    ['5-59/20 9-17 * * *', '2026-08-03T17:50:00', '2026-08-04T09:05'],
    ['10/20 * * * *', '2026-08-03T08:31:00', '2026-08-03T08:50'],
    ['0 0 1 jan *', '2026-08-03T00:00:00', '2027-01-01T00:00'],
    ['0 9 * * mon-fri', '2026-08-07T09:00:00', '2026-08-10T09:00'],
    ['0 9 13 * fri', '2026-08-08T00:00:00', '2026-08-13T09:00'],
    ['0 9 13 * fri', '2026-08-13T09:00:00', '2026-08-14T09:00'],
    ['0 0 29 2 *', '2026-08-03T00:00:00', '2028-02-29T00:00'],
    ['0 0 */2 * sun', '2026-08-03T00:00:00', '2026-08-05T00:00'],
    ['0 0 * * sun', '2026-08-03T00:00:00', '2026-08-09T00:00'],
  ])('%s after %s: %s', (expression, after, expected) => {
    expect(next(expression, after)).toBe(expected);
  });

  test('of a day that never comes is never', () => {
    expect(next('0 0 30 2 *', '2026-08-03T00:00:00')).toBe(null);
  });

  test('is the first minute that the fields allow', () => {
    const when = fc.record({
      minute: fc.integer({ min: 0, max: 59 }),
      hour: fc.integer({ min: 0, max: 23 }),
      after: fc.integer({ min: 0, max: 4e9 }),
    });
    fc.assert(
      fc.property(when, ({ minute, hour, after }) => {
        const second = nextCronSecond(parseCron(`${minute} ${hour} * * *`)!, after)!;
        const date = new Date(second * 1000);
        expect([date.getUTCMinutes(), date.getUTCHours(), date.getUTCSeconds()]).toEqual([minute, hour, 0]);
        expect(second).toBeGreaterThan(after);
        expect(second - after).toBeLessThanOrEqual(86_400);
      }),
      { seed: 11 },
    );
  });
});

test.each([
  '',
  '* * * *',
  '* * * * * *',
  '60 * * * *',
  '* 24 * * *',
  '* * 0 * *',
  '* * * 13 *',
  '* * * * 7',
  '5-1 * * * *',
  '*/0 * * * *',
  'x * * * *',
  '*-5 * * * *',
])('%j is no expression', (expression) => {
  expect(parseCron(expression)).toBe(null);
});
