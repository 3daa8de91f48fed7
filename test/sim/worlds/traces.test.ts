/** One seed is one run, on every machine: the digests below were made on one, and hold on any. */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { run } from '../../../scripts/sim/trial.js';

/** After a change of what agents say or when: `npx vitest run test/sim/worlds/traces.test.ts -u`. */
describe('the trace of one seed', () => {
  it('is the same, byte for byte, in a second run', () => {
    const first = digest(4);
    expect(digest(4)).toBe(first);
    expect(first).toMatchInlineSnapshot(`"e3d81b9eb74cfe8f940b0bb3a0d075fede1e538894c14aba0936bfc116965b34"`);
  });

  it('is another for another seed', () => {
    expect(digest(12)).toMatchInlineSnapshot(`"6062a7d642b9a03f2d9b9bc9f3ad04af146ca5eafa63b0317dadda391386ad5d"`);
  });
});

function digest(seed: number): string {
  const { trace } = run({ seed, hosts: 4 }, { trace: true }).world;
  expect(trace.entries.length).toBeGreaterThan(1_000);
  return createHash('sha256').update(trace.text()).digest('hex');
}
