/** One seed is one run, on every machine: the digests below were made on one, and hold on any. */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { run } from '../../../scripts/sim/trial.js';

/** After a change of what agents say or when: `npx vitest run test/sim/worlds/traces.test.ts -u`. */
describe('the trace of one seed', () => {
  it('is the same, byte for byte, in a second run', () => {
    const first = digest(4);
    expect(digest(4)).toBe(first);
    expect(first).toMatchInlineSnapshot(`"4f767d4ed42d63c9870589909da1d8179f0e747128b777169a50e8a5d72a1034"`);
  });

  it('is another for another seed', () => {
    expect(digest(12)).toMatchInlineSnapshot(`"925c0a1d79cbe6309398325d1dd5356afc3778f190cce2e528b240a7afa38918"`);
  });
});

function digest(seed: number): string {
  const { trace } = run({ seed, hosts: 4 }, { trace: true }).world;
  expect(trace.entries.length).toBeGreaterThan(1_000);
  return createHash('sha256').update(trace.text()).digest('hex');
}
