import { defineConfig } from 'vitest/config';

/** The tests on real WireGuard, in namespaces. `npm test` runs them where the machine can. */
export default defineConfig({
  test: {
    include: ['test/lab/**/*.test.ts'],
    // One world at a time: several at once on a small machine slow each other down and blur what is measured.
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
