import { defineConfig } from 'vitest/config';

/** What runs anywhere and fast. The laboratory on real WireGuard (test/lab) needs namespaces and is run apart. */
export default defineConfig({
  test: {
    projects: [
      {
        test: { name: 'unit', include: ['test/**/*.test.ts'], exclude: ['test/commands/**', 'test/lab/**'] },
      },
      {
        // They run the executable as it is shipped.
        test: { name: 'commands', include: ['test/commands/**/*.test.ts'], globalSetup: ['test/support/build.ts'] },
      },
    ],
  },
});
