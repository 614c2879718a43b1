import { defineConfig } from 'vitest/config';

/** Tests that replace modules or count what they execute, each in a world of its own. */
const MOCKED = ['test/safety/every-step.test.ts', 'test/models/plan/growth.test.ts'];
const SLOW = 'test/**/*.slow.test.ts';

export default defineConfig({
  test: {
    testTimeout: 600_000,
    hookTimeout: 600_000,
    pool: 'threads',
    // Vitest leaves one core free otherwise, which is half of a small machine.
    maxWorkers: '100%',
    projects: [
      // Files share the modules that a thread has loaded: loading them anew for each file takes longer than the tests.
      {
        extends: true,
        test: { name: 'shared', include: ['test/**/*.test.ts'], exclude: [SLOW, ...MOCKED], isolate: false },
      },
      { extends: true, test: { name: 'mocked', include: MOCKED, sequence: { groupOrder: 1 } } },
    ],
  },
});
