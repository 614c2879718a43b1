// Penalties and failures of Linkerd's circuit breaker, against the numbers of its reference (linkerd.io: reference/circuit-breaking).
import { fc, test } from '@fast-check/vitest';
import { expect, test as plain } from 'vitest';
import { isFailure, penaltyNs } from '../../../../models/mesh/linkerd/failure-accrual.js';

const SECOND = 1_000_000_000;
const plan = { maxFailures: 7, minPenaltyNs: SECOND, maxPenaltyNs: 60 * SECOND, jitterRatio: 0.5, grpc: false };

plain('penalties double up to the maximum', () => {
  const seconds = [0, 1, 2, 5, 6, 20].map((before) => penaltyNs(plan, before, 0) / SECOND);
  expect(seconds).toEqual([1, 2, 4, 32, 60, 60]);
  expect(penaltyNs(plan, 1, 0.5)).toBe(2.5 * SECOND);
});

test.prop([fc.nat(40), fc.double({ min: 0, max: 1, noNaN: true })])('never above the maximum', (before, u) => {
  const ns = penaltyNs(plan, before, u);
  expect(ns).toBeGreaterThanOrEqual(SECOND);
  expect(ns).toBeLessThanOrEqual(60 * SECOND);
});

plain('what a failure is', () => {
  const grpc = { ...plan, grpc: true };
  expect([200, 404, 429, 500, 503].map((status) => isFailure(plan, status))).toEqual([false, false, false, true, true]);
  expect([200, 403, 404, 429, 500, 501, 503, 504].map((status) => isFailure(grpc, status))).toEqual([
    false,
    true,
    false,
    false,
    true,
    false,
    true,
    true,
  ]);
});
