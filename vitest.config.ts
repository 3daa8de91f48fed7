import { defineConfig } from 'vitest/config';

/** What runs anywhere and fast. The laboratory on real WireGuard (test/lab) needs namespaces and is run apart. */
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/lab/**'],
    // @oclif/test captures stdout by itself, and finds nothing where vitest has taken the console first.
    disableConsoleIntercept: true,
  },
});
