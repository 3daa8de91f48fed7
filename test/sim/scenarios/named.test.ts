/** Every named scenario, under the same watch as random worlds. */
import { describe, expect, it } from 'vitest';
import { run } from '../../../scripts/sim/trial.js';
import { SCENARIOS } from '../../../src/sim/index.js';

describe('a named scenario', () => {
  it.each(Object.entries(SCENARIOS))(
    '%s: is as it says, and nothing is wrong',
    (scenario, { seed }) => {
      expect(run({ seed, scenario }).violations).toEqual([]);
    },
    120_000,
  );

  it('is there for what happens to everybody', () => {
    expect(Object.keys(SCENARIOS)).toEqual(
      expect.arrayContaining(['two homes', 'hub restarts during connect', 'laptop wakes elsewhere']),
    );
  });
});
