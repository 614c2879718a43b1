// The line of progress: simulated time, speed and time left, never wider than the terminal.
import { join } from 'node:path';
import type { WriteStream } from 'node:tty';
import { expect, test } from 'vitest';
import { ProgressPrinter, progressLine } from '../../cli/progress.js';
import { displayWidth } from '../../reports/layout.js';
import { loadMesh, simulate } from '../../scenarios/library.js';
import type { RunProgress } from '../../scenarios/running/job-progress.js';

const STATE = {
  phase: 'replications',
  replications: 5,
  done: 2,
  share: 0.5,
  simulatedNs: 150e9,
  elapsedMs: 2000,
} as const;

test.each([
  [STATE, ' ▕██████░░░░░░▏ 50 %  150 s simulated  75.0 × real time  2 s left  2 of 5 done'],
  [{ ...STATE, share: 0, simulatedNs: 0, elapsedMs: 0, done: 0 }, ' ▕░░░░░░░░░░░░▏ 0 %  0 s simulated  0 of 5 done'],
  [
    { ...STATE, phase: 'warm-up', share: 0.1, simulatedNs: 30e9, elapsedMs: 500 } as const,
    ' ▕█░░░░░░░░░░░▏ 10 %  finding the warm-up  30 s simulated  60.0 × real time',
  ],
  [
    { ...STATE, share: 0.1, simulatedNs: 30e9, elapsedMs: 61_000 },
    ' ▕█░░░░░░░░░░░▏ 10 %  30 s simulated  0.49 × real time  550 s left  2 of 5 done',
  ],
])('%j', (state, line) => {
  expect(progressLine(state)).toBe(line);
});

test.each([40, 60, 80, 120])('at most %d columns', (width) => {
  const line = progressLine({ ...STATE, simulatedNs: 123_456e9, elapsedMs: 1e6 }, width);
  expect(displayWidth(line)).toBeLessThan(width);
});

/** Shares in percent that a printer draws for reports a second apart. */
function drawn(reports: readonly Partial<RunProgress>[], budgetMs?: number): number[] {
  const shares: number[] = [];
  let nowMs = 0;
  const write = (text: string): boolean => {
    shares.push(Number(/(\d+) %/.exec(text)?.[1]));
    return true;
  };
  const printer = new ProgressPrinter({ isTTY: true, columns: 80, write } as WriteStream, budgetMs, () => nowMs);
  for (const report of reports) {
    nowMs += 1000;
    printer.report({
      phase: 'warm-up',
      replication: 0,
      replications: 5,
      done: 0,
      simulatedNs: 0,
      totalNs: 1e9,
      events: 0,
      finished: false,
      jobSimulatedNs: 0,
      jobTotalNs: 100e9,
      ...report,
    });
  }
  return shares;
}

test('one bar for the whole job: the search for the warm-up is its beginning, and it never goes back', () => {
  const reports = [
    { jobSimulatedNs: 10e9 },
    { jobSimulatedNs: 20e9 },
    { phase: 'replications' as const, jobSimulatedNs: 25e9, jobTotalNs: 200e9 },
    { phase: 'replications' as const, jobSimulatedNs: 100e9, jobTotalNs: 200e9 },
    { phase: 'replications' as const, jobSimulatedNs: 200e9, jobTotalNs: 200e9 },
  ];
  expect(drawn(reports)).toEqual([10, 20, 20, 50, 100]);
});

test('where the budget is spent first, the bar is that of the budget', () => {
  expect(drawn([{}, {}, { jobSimulatedNs: 90e9 }], 10_000)).toEqual([0, 10, 90]);
});

test('what a run reports adds up to the whole job', async () => {
  const mesh = loadMesh(join(import.meta.dirname, '../../examples/minimal'));
  const seen: RunProgress[] = [];
  await simulate(mesh, { duration: '2s', replications: 2, workers: 0, onProgress: (one) => void seen.push(one) });
  const shares = seen.map(({ jobSimulatedNs, jobTotalNs }) => jobSimulatedNs / jobTotalNs);
  expect(seen.map(({ phase }) => phase)).toContain('replications');
  expect(shares.at(-1)).toBe(1);
});
