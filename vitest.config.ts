import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // The tests of the commands run the executable as it is shipped.
    globalSetup: ['test/support/build.ts'],
  },
});
