// The window of Linkerd's unified circuit breaker, against the numbers of its reference (linkerd.io: reference/circuit-breaking).
import { expect, test } from 'vitest';
import { isDegraded } from '../../../../models/mesh/linkerd/failure-accrual.js';
import { SuccessRateWindow } from '../../../../models/mesh/policies/success-rate-window.js';

const SECOND = 1_000_000_000;
const plan = { threshold: 0.8, windowNs: 10 * SECOND, minRequests: 5 };

/** What the window says to each of `responses` ('+' good, '-' bad), `everyNs` apart. */
function told(window: SuccessRateWindow, responses: string, fromNs = 0, everyNs = 1): boolean[] {
  return [...responses].map((response, i) => window.isTooLow(response === '+', fromNs + i * everyNs));
}

test('below the share, once there are enough responses, however fast they come', () => {
  expect(told(new SuccessRateWindow(plan, 0), '-----')).toEqual([false, false, false, false, true]);
  expect(told(new SuccessRateWindow(plan, 0), '-----', 0, SECOND)).toEqual([false, false, false, false, true]);
  // Four of five are just enough.
  expect(told(new SuccessRateWindow(plan, 0), '++++--').at(-2)).toBe(false);
  expect(told(new SuccessRateWindow(plan, 0), '++++--').at(-1)).toBe(true);
});

test('what is older than the window does not count', () => {
  const window = new SuccessRateWindow(plan, 0);
  told(window, '----');
  expect(told(window, '+++++', 10 * SECOND)).toEqual([false, false, false, false, false]);
  const slowly = new SuccessRateWindow(plan, 0);
  // One failure every three seconds: never five in ten seconds.
  expect(told(slowly, '----------', 0, 3 * SECOND)).not.toContain(true);
});

test('a gap longer than the window leaves nothing, and it can be cleared', () => {
  const window = new SuccessRateWindow(plan, 0);
  told(window, '----');
  expect(told(window, '-', 1000 * SECOND)).toEqual([false]);
  expect(told(window, '---', 1000 * SECOND + 1)).toEqual([false, false, false]);
  window.clear(1000 * SECOND + 5);
  expect(told(window, '----', 1000 * SECOND + 6)).toEqual([false, false, false, false]);
});

test('429 counts against the share', () => {
  const accrual = { maxFailures: 7, minPenaltyNs: SECOND, maxPenaltyNs: SECOND, jitterRatio: 0, grpc: false };
  expect([200, 404, 429, 500].map((status) => isDegraded(accrual, status))).toEqual([false, false, true, true]);
});
