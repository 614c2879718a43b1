// Retry budgets of tokens: the amounts against those of tower's formula, the slots against tower's own tests (tower:
// tower/src/retry/budget/tps_budget.rs), and a bound for every sequence.
import { fc, test } from '@fast-check/vitest';
import { describe, expect, test as plain } from 'vitest';
import { linkerdBackoffMs } from '../../../../models/mesh/linkerd/linkerd-retries.js';
import { TokenBudget, tokenAmounts } from '../../../../models/mesh/policies/token-budget.js';

const SECOND = 1_000_000_000;
const MS = 1_000_000;
const plan = (retryRatio: number, minRetriesPerSecond: number, ttlSeconds: number) => ({
  number: 0,
  retryRatio,
  minRetriesPerSecond,
  ttlNs: ttlSeconds * SECOND,
});

describe('amounts', () => {
  plain.each([
    [0.2, 10, 10, { deposit: 1, withdraw: 5, reserve: 500 }],
    [0.3, 10, 10, { deposit: 1, withdraw: 3, reserve: 300 }],
    [1.5, 5, 60, { deposit: 1000, withdraw: 666, reserve: 199_800 }],
    [0, 5, 1, { deposit: 0, withdraw: 1, reserve: 5 }],
  ])('ratio %s, %s a second, %s s', (ratio, minimum, ttl, expected) => {
    expect(tokenAmounts(plan(ratio, minimum, ttl))).toEqual(expected);
  });
});

describe('slots', () => {
  plain('nothing without deposits or reserve', () => {
    expect(new TokenBudget(plan(1, 0, 1), 0).withdraw(0)).toBe(false);
  });

  plain('a deposit is forgotten after the time to live', () => {
    const budget = new TokenBudget(plan(1, 0, 1), 0);
    budget.deposit(0);
    expect(budget.withdraw(3 * SECOND)).toBe(false);
  });

  plain('deposits of the last second count together', () => {
    const budget = new TokenBudget(plan(0.5, 0, 1), 0);
    budget.deposit(0);
    budget.deposit(0);
    expect(budget.withdraw(901 * MS)).toBe(true);
    const later = (901 + 2001) * MS;
    budget.deposit(later);
    budget.deposit(later + 301 * MS);
    budget.deposit(later + 1102 * MS);
    expect(budget.withdraw(later + 1102 * MS)).toBe(true);
  });

  plain('the reserve allows so many at once', () => {
    const budget = new TokenBudget(plan(1, 5, 1), 0);
    expect(Array.from({ length: 6 }, () => budget.withdraw(0))).toEqual([true, true, true, true, true, false]);
  });

  test.prop([fc.array(fc.tuple(fc.integer({ min: 0, max: 300 }), fc.boolean()), { maxLength: 200 })])(
    'retries are at most the deposits over the price, and the reserve of each time to live',
    (steps) => {
      const budget = new TokenBudget(plan(0.5, 2, 1), 0);
      let nowNs = 0;
      let deposits = 0;
      let retries = 0;
      for (const [waitMs, deposit] of steps) {
        nowNs += waitMs * MS;
        if (deposit) {
          budget.deposit(nowNs);
          deposits++;
        } else if (budget.withdraw(nowNs)) retries++;
      }
      // What is taken from the reserve comes back when the slot of the withdrawal is forgotten: since slots go on by two, after half a time to live.
      const refills = 1 + Math.floor(nowNs / (500 * MS));
      expect(retries).toBeLessThanOrEqual(deposits / 2 + 2 * refills);
    },
  );
});

plain('back-off: 25 ms, doubled up to 250 ms, and up to as much again', () => {
  expect([0, 1, 2, 3, 4, 5].map((k) => linkerdBackoffMs(25, 250, k, 0))).toEqual([25, 50, 100, 200, 250, 250]);
  expect(linkerdBackoffMs(25, 250, 0, 0.5)).toBe(37.5);
});
