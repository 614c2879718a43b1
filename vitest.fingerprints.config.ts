import { defineConfig } from 'vitest/config';

/** What scripts/fingerprints.mjs runs; a file in a process of its own, so that its results have the same numbers each time. */
export default defineConfig({
  test: {
    include: ['test/conformance/**/*.test.ts', 'test/incidents/**/*.test.ts'],
    setupFiles: ['test/support/fingerprints.ts'],
    testTimeout: 600_000,
    pool: 'forks',
  },
});
