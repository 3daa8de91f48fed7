/** One seed is one run, on every machine: the digests below were made on one, and hold on any. */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { run } from '../../../scripts/sim/trial.js';

/** After a change of what agents say or when: `npx vitest run test/sim/worlds/traces.test.ts -u`. */
describe('the trace of one seed', () => {
  it('is the same, byte for byte, in a second run', () => {
    const first = digest(4);
    expect(digest(4)).toBe(first);
    expect(first).toMatchInlineSnapshot(`"0c017d9570e78dfd7651224136d73c68b78a310fef1bf7d03e673de1a05d0306"`);
  });

  it('is another for another seed', () => {
    expect(digest(12)).toMatchInlineSnapshot(`"694f60797cf0cd37b584276cf28164f6d00227ebb86e83906cae89ee94a4adf4"`);
  });
});

function digest(seed: number): string {
  const { trace } = run({ seed, hosts: 4 }, { trace: true }).world;
  expect(trace.entries.length).toBeGreaterThan(1_000);
  return createHash('sha256').update(trace.text()).digest('hex');
}
