import { defineConfig } from 'vitest/config';

/** The tests that need nothing but Node. Those on real WireGuard have a configuration of their own. */
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/lab/**'],
  },
});
