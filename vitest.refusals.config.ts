import { defineConfig } from 'vitest/config';

/**
 * `npm run coverage:refusals`: that every place that refuses what a peer sent is reached, by the fuzz and by the tests of
 * what is read and believed. A statement of these files that never runs fails it: a refusal is a statement.
 */
export default defineConfig({
  test: {
    include: ['test/core/**/*.test.ts', 'test/fuzz/**/*.test.ts'],
    testTimeout: 120_000,
    coverage: {
      enabled: true,
      provider: 'v8',
      reporter: ['text'],
      include: [
        'src/core/protocol/**',
        'src/core/facts/{attributes,encoding,member}.ts',
        'src/core/trust/**',
        'src/core/{allowance,forwarding}.ts',
      ],
      // The branches that are left are defaults and orders of sorting, none of which refuses anything.
      thresholds: { perFile: true, statements: 100, lines: 100, functions: 100, branches: 90 },
    },
  },
});
