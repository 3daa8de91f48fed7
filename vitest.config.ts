import { defineConfig } from 'vitest/config';

/** What runs anywhere and fast. The laboratory on real WireGuard (test/lab) needs namespaces and is run apart. */
export default defineConfig({
  test: {
    // Tests wait for events and end with them. This bounds one that hangs, and a busy machine may be slow.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/commands/**', 'test/packages/**', 'test/lab/**'],
        },
      },
      {
        extends: true,
        // They run the executable as it is shipped.
        test: {
          name: 'commands',
          include: ['test/commands/**/*.test.ts', 'test/packages/**/*.test.ts'],
          globalSetup: ['test/support/build.ts'],
        },
      },
    ],
  },
});
