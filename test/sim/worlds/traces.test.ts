/** One seed is one run, on every machine: the digests below were made on one, and hold on any. */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { run } from '../../../scripts/sim/trial.js';

/** After a change of what agents say or when: `npx vitest run test/sim/worlds/traces.test.ts -u`. */
describe('the trace of one seed', () => {
  it('is the same, byte for byte, in a second run', () => {
    const first = digest(4);
    expect(digest(4)).toBe(first);
    expect(first).toMatchInlineSnapshot(`"2c4ae11d28528b8bb33e92ac8a2488d9b0d6ad97ec9049381198c3de4b8f18c0"`);
  });

  it('is another for another seed', () => {
    expect(digest(12)).toMatchInlineSnapshot(`"0016303b7937962d059760d4af285623a52f34b5d5d909728700e5ebb45dcd29"`);
  });
});

function digest(seed: number): string {
  const { trace } = run({ seed, hosts: 4 }, { trace: true }).world;
  expect(trace.entries.length).toBeGreaterThan(1_000);
  return createHash('sha256').update(trace.text()).digest('hex');
}
