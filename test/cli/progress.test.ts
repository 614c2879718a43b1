// The line of progress: simulated time, speed and time left, never wider than the terminal.
import { expect, test } from 'vitest';
import { progressLine } from '../../cli/progress.js';
import { displayWidth } from '../../reports/layout.js';

const STATE = {
  phase: 'replications',
  replications: 5,
  done: 2,
  simulatedNs: 150e9,
  totalNs: 300e9,
  elapsedMs: 2000,
} as const;

test.each([
  [STATE, ' ▕██████░░░░░░▏ 50 %  150 of 300 s simulated  75.0 × real time  2 s left'],
  [{ ...STATE, simulatedNs: 0, elapsedMs: 0, done: 0 }, ' ▕░░░░░░░░░░░░▏ 0 %  0 of 300 s simulated  0 of 5 done'],
  [
    { ...STATE, phase: 'warm-up', simulatedNs: 300e9, elapsedMs: 500 } as const,
    ' ▕████████████▏ 100 %  finding the warm-up  300 of 300 s simulated',
  ],
  [
    { ...STATE, simulatedNs: 30e9, elapsedMs: 61_000 },
    ' ▕█░░░░░░░░░░░▏ 10 %  30 of 300 s simulated  0.49 × real time  550 s left',
  ],
])('%j', (state, line) => {
  expect(progressLine(state)).toBe(line);
});

test.each([40, 60, 80, 120])('at most %d columns', (width) => {
  const line = progressLine({ ...STATE, simulatedNs: 123_456e9, totalNs: 999_999e9, elapsedMs: 1e6 }, width);
  expect(displayWidth(line)).toBeLessThan(width);
});
