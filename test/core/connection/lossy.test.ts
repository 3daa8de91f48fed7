/** Direct paths over bad lines: they come about, and they are not given up and taken again and again. */
import { describe, expect, it } from 'vitest';
import type { StarOptions } from '../../../src/sim/star.js';
import { mesh, pathWithin, told } from '../support/mesh.js';

const MINUTES = 10;

/** What is lost is lost on each line and each way: a ping and its pong pass four. */
const LINES: readonly (readonly [string, Partial<StarOptions>])[] = [
  ['lose 5 % each', { line: { loss: 0.05 } }],
  ['lose 20 % each', { line: { loss: 0.2 } }],
  ['make round trips of 300 ms', { latencyMs: 75 }],
  ['make round trips of 300 ms and lose 5 % each', { latencyMs: 75, line: { loss: 0.05 } }],
  ['put a tenth of all packets in another order', { line: { reorder: 0.1, jitterMs: 20 } }],
  ['deliver a tenth of all packets twice', { line: { duplicate: 0.1 } }],
];

describe.each(LINES)('lines that %s', (_, options) => {
  it.each([1, 2, 3])('carry a direct path that changes no more than once a minute (seed %i)', (seed) => {
    const world = mesh({ seed, spokes: [{}, {}], ...options });
    world.stream('s1', 's2', { perSecond: 20 });
    expect(pathWithin(world, 's1', 's2', 'direct', 60_000)).toBeDefined();
    const begin = world.now;
    world.run(MINUTES * 60_000);
    for (const [here, there] of [
      ['s1', 's2'],
      ['s2', 's1'],
    ] as const) {
      const paths = told(world, here, 'path', begin).filter(({ peer }) => peer === world.key(there));
      const changes = paths.filter(
        ({ path }, at) => (path === 'direct') !== (at === 0 || paths[at - 1]?.path === 'direct'),
      );
      expect(changes.length).toBeLessThanOrEqual(MINUTES);
    }
    expect(world.trace.faults).toEqual([]);
  });
});
