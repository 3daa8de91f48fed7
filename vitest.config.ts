import { defineConfig } from 'vitest/config';

/** What runs anywhere and fast. The laboratory on real WireGuard (test/lab) needs namespaces and is run apart. */
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/lab/**'],
    // The tests of the commands run the executable as it is shipped.
    globalSetup: ['test/support/build.ts'],
  },
});
