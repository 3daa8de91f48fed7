/** The real engine in worlds drawn from a number: whatever happens to them, what must not be never is. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { run, tellFailure } from '../../../scripts/sim/trial.js';

/** Of different sizes and kinds of misfortune, and some in which something was wrong once. */
const FIXED = [4, 12, 21, 35, 20013, 20056, 20075, 20260];
/** Others in each run: what nobody has looked at yet. A failing one is told with the line that repeats it. */
const FRESH = Array.from({ length: 4 }, () => Math.floor(Math.random() * 1e9));
/** Small ones: the hunt is where large ones are looked at. */
const HOSTS = 4;

const folder = mkdtempSync(join(tmpdir(), 'wirelink-worlds-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe('a random world', () => {
  it.each([...FIXED, ...FRESH])(
    'of seed %i: nothing is wrong in it',
    (seed) => {
      const choice = { seed, hosts: HOSTS };
      const outcome = run(choice);
      expect(outcome.violations, outcome.violations.length > 0 ? tellFailure(choice, outcome, {}, folder) : '').toEqual(
        [],
      );
    },
    300_000,
  );
});
