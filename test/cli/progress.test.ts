import { expect, test } from 'vitest';
import { progressLine } from '../../cli/progress.js';

const STATE = {
  phase: 'replications',
  replications: 5,
  done: 2,
  share: 0.5,
  events: 2_000_000,
  elapsedMs: 2000,
} as const;

test.each([
  [STATE, ' ▕████████████░░░░░░░░░░░░▏ 50 %  2 of 5 replications  1.00 M events/s  2 s left'],
  [{ ...STATE, share: 0, elapsedMs: 0, events: 0, done: 0 }, ' ▕░░░░░░░░░░░░░░░░░░░░░░░░▏ 0 %  0 of 5 replications'],
  [
    { ...STATE, phase: 'warm-up', share: 1, elapsedMs: 500 } as const,
    ' ▕████████████████████████▏ 100 %  finding the warm-up  4.00 M events/s',
  ],
  [
    { ...STATE, share: 0.1, elapsedMs: 61_000 },
    ' ▕██░░░░░░░░░░░░░░░░░░░░░░▏ 10 %  2 of 5 replications  32.8 k events/s  550 s left',
  ],
])('%j', (state, line) => {
  expect(progressLine(state)).toBe(line);
});
