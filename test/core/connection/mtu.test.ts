/** Paths that carry pings and not data: as long as the interface's MTU is what counts. */
import { describe, expect, it } from 'vitest';
import { causeAt, directMesh, mesh, pathWithin, told } from '../support/mesh.js';

const PAIR = [{}, {}];
/** An interface of 1420 bytes sends packets of up to 1480. */
const NARROW = 1400;

describe('a direct path that drops long packets', () => {
  it('is not used, and the cause says so at both ends', () => {
    const world = mesh({ spokes: PAIR });
    world.narrowDirect('s1', 's2', NARROW);
    expect(pathWithin(world, 's1', 's2', 'direct', 30_000)).toBeUndefined();
    for (const [from, to] of [
      ['s1', 's2'],
      ['s2', 's1'],
    ] as const) {
      expect(world.runUntil(() => causeAt(world, from, to) === 'mtu', 30_000)).toBeDefined();
    }
    expect(world.trace.faults).toEqual([]);
  });

  it('is left when it begins to do so under traffic, and taken again when it has stopped', () => {
    const world = directMesh({ spokes: PAIR });
    world.stream('s1', 's2', { perSecond: 50 });
    world.run(5000);
    const begin = world.now;
    world.narrowDirect('s1', 's2', NARROW);
    const left = world.runUntil(() => world.view('s1', 's2')?.path !== 'direct', 30_000);
    expect(left).toBeLessThanOrEqual(10_000);
    expect([causeAt(world, 's1', 's2'), causeAt(world, 's2', 's1')]).toContain('mtu');
    world.run(20_000);
    expect(told(world, 's1', 'path', begin).map(({ path }) => path)).not.toContain('direct');
    world.heal();
    expect(pathWithin(world, 's1', 's2', 'direct', 15_000)).toBeDefined();
    expect(world.trace.faults).toEqual([]);
  });
});
