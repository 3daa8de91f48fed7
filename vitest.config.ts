import { defineConfig } from 'vitest/config';

/** What runs anywhere and fast. The laboratory on real WireGuard (test/lab) needs namespaces and is run apart. */
export default defineConfig({
  test: {
    // Many tests spawn processes or draw hundreds of cases; a machine that is busy with others takes its time.
    testTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: { name: 'unit', include: ['test/**/*.test.ts'], exclude: ['test/commands/**', 'test/lab/**'] },
      },
      {
        extends: true,
        // They run the executable as it is shipped.
        test: { name: 'commands', include: ['test/commands/**/*.test.ts'], globalSetup: ['test/support/build.ts'] },
      },
    ],
  },
});
