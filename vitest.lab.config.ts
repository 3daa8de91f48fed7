import { defineConfig } from 'vitest/config';
import { patient } from './lab/patience.js';

/** The tests on real WireGuard, in namespaces. `npm test` runs them where the machine can. */
export default defineConfig({
  test: {
    include: ['test/lab/**/*.test.ts'],
    // One world at a time: several at once on a small machine slow each other down and blur what is measured.
    fileParallelism: false,
    testTimeout: patient(60_000),
    hookTimeout: patient(60_000),
    globalSetup: ['test/support/means.ts'],
  },
});
