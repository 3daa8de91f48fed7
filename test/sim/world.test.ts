import { describe, expect, it } from 'vitest';
import { star, type SpokeOptions } from '../../src/sim/index.js';
import { idle } from './engines.js';

const homes: readonly SpokeOptions[] = [{}, {}];

describe('a star of two spokes behind NATs', () => {
  it('carries packets between the spokes through the hub', () => {
    const world = star({ seed: 1, engine: idle, spokes: homes });
    world.run(1_000);
    expect(world.pathOf('s1', 's2')).toBe('relayed');
  });

  it('takes four lines of 25 ms for a round trip between spokes', () => {
    const world = star({ seed: 1, engine: idle, spokes: homes });
    world.run(1_000);
    expect(world.ping('s1', 's2')?.rttMs).toBeGreaterThan(100);
    expect(world.ping('s1', 's2')?.rttMs).toBeLessThan(103);
  });

  it('loses none of the paced traffic while nothing happens', () => {
    const world = star({ seed: 1, engine: idle, spokes: homes });
    world.run(1_000);
    const stream = world.stream('s1', 's2', { perSecond: 200 });
    world.run(10_000);
    expect(stream.lost()).toBe(0);
    expect(stream.there.paths()).toEqual({ direct: 0, relayed: expect.any(Number) as number });
    expect(stream.there.paths().relayed).toBeGreaterThan(1_900);
  });
});
