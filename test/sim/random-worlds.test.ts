/** The real engine in worlds drawn from a seed: whatever happens to them, no pair may be left without a way. */
import { describe, expect, it } from 'vitest';
import { Engine } from '../../src/core/engine.js';
import {
  bothEnds,
  differences,
  generate,
  noBlackHole,
  noFault,
  noLoop,
  sequenceDiagram,
  star,
  Watch,
} from '../../src/sim/index.js';

/** Worlds in which machines reboot, sleep, lose agents and links, all of them different. */
const FIXED = [4, 12, 21, 29, 35, 39];
const fresh = Math.floor(Math.random() * 1e9);

/** Loss is noticed within some seconds while traffic moves, and within the 25 s of the slowest exchange without any. */
const BLACK_HOLE_MS = 15_000;
const ONE_SIDED_MS = 30_000;
const PEACE_MS = 40_000;

describe('a random world', () => {
  it.each([...FIXED, fresh])(
    'of seed %i has no black hole, no loop, and interfaces as before after the stop',
    (seed) => {
      const { spokes, options, at, peaceFromMs } = generate(seed, { mostSpokes: 4 });
      const world = star({ seed, engine: (given) => new Engine(given), spokes, ...options, at, trace: true });
      const before = world.hostNames.map((name) => ({ name, device: world.device(name) }));
      const names = world.hostNames.filter((name) => name !== 'hub');
      const pairs = names.flatMap((one, index) => names.slice(index + 1).map((other) => [one, other] as const));
      const watch = new Watch(world, [
        noFault,
        noLoop,
        bothEnds(ONE_SIDED_MS),
        noBlackHole('hub', pairs, BLACK_HOLE_MS),
      ]);
      world.run(peaceFromMs + PEACE_MS);
      for (const name of world.hostNames) world.stop(name);
      world.run(1_000);
      const left = before.flatMap(({ name, device }) => differences(device, world.device(name)));
      const told = `seed ${seed}\n${sequenceDiagram(world.trace.entries, 40)}`;
      expect([...watch.violations, ...left], told).toEqual([]);
    },
    60_000,
  );
});
