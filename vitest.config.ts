import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/**/*.slow.test.ts'],
    testTimeout: 600_000,
    hookTimeout: 600_000,
    pool: 'threads',
    // Vitest leaves one core free otherwise, which is half of a small machine.
    maxWorkers: '100%',
  },
});
