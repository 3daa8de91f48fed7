/** One seed is one run, on every machine: the digests below were made on one, and hold on any. */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { run } from '../../../scripts/sim/trial.js';

/** After a change of what agents say or when: `npx vitest run test/sim/worlds/traces.test.ts -u`. */
describe('the trace of one seed', () => {
  it('is the same, byte for byte, in a second run', () => {
    const first = digest(4);
    expect(digest(4)).toBe(first);
    expect(first).toMatchInlineSnapshot(`"9d379cceff16e02d56069f2c5fc3d8d5bb87e99c4e8d7459db70d85c77f4e1ae"`);
  });

  it('is another for another seed', () => {
    expect(digest(12)).toMatchInlineSnapshot(`"f6cf359b488f0fc3562e327e1579162cb3c27f646385b77fd2af4868ebe92a0a"`);
  });
});

function digest(seed: number): string {
  const { trace } = run({ seed, hosts: 4 }, { trace: true }).world;
  expect(trace.entries.length).toBeGreaterThan(1_000);
  return createHash('sha256').update(trace.text()).digest('hex');
}
