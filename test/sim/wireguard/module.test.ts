/** What the kernel's module does its own way, and that wirelink connects over it all the same. */
import { describe, expect, it } from 'vitest';
import { Engine } from '../../../src/core/engine.js';
import { star, type SpokeOptions } from '../../../src/sim/index.js';
import { PUBLIC, at, linked, meet, set, settled } from './pair.js';

const MODULE: SpokeOptions = { wireguard: 'module' };

/** Machines with public addresses; the one whose endpoint is set anew never has a session with the other two. */
const TARGETS = { s3: '203.0.2.2:51820', s4: '203.0.3.2:51820', s2: PUBLIC.s2 } as const;

/** Where the keepalives of s1 to s2 went whose endpoints were set so many milliseconds one after the other. */
function sentTo(wireguard: 'userspace' | 'module', spacing: number): string[] {
  const world = settled([{ wireguard, nat: 'none' }, { nat: 'none' }, { nat: 'none' }, { nat: 'none' }]);
  meet(world, 's2');
  meet(world, 's1', PUBLIC.s2, 25);
  world.run(500);
  expect(linked(world)).toBe(true);
  world.trace.entries.length = 0;
  for (const endpoint of Object.values(TARGETS)) {
    set(world, 's1', { endpoint: at(endpoint), keepalive: 0 });
    set(world, 's1', { keepalive: 25 });
    world.run(spacing);
  }
  world.run(100);
  return world.trace.entries.flatMap((entry) =>
    entry.kind === 'packet' && entry.from === 's1' && entry.to in TARGETS ? [entry.to] : [],
  );
}

describe('the module', () => {
  it('sends to the endpoint that is set when a packet leaves, which may be a later one than when it was made', () => {
    expect(sentTo('userspace', 0)).toEqual(['s3', 's4', 's2']);
    expect(sentTo('module', 0)).toEqual(['s2', 's2', 's2']);
    expect(sentTo('module', 20)).toEqual(['s3', 's4', 's2']);
  });

  it.each([
    ['on both spokes', [MODULE, MODULE]],
    ['on one of them', [MODULE, {}]],
    [
      'behind firewalls',
      [
        { ...MODULE, firewall: true },
        { ...MODULE, firewall: true },
      ],
    ],
  ] as const)('%s lets two homes become direct, and the path comes back after a cut', (_, spokes) => {
    for (let seed = 1; seed <= 5; seed++) {
      const world = star({ seed, engine: (given) => new Engine(given), spokes });
      expect(
        world.runUntil(() => world.pathOf('s1', 's2') === 'direct', 10_000),
        `seed ${seed}`,
      ).toBeDefined();
      world.stream('s1', 's2', { perSecond: 50 });
      world.cutDirect('s1', 's2');
      world.run(5000);
      expect(world.pathOf('s1', 's2', 3)).toBe('relayed');
      world.heal();
      expect(
        world.runUntil(() => world.pathOf('s1', 's2') === 'direct', 20_000),
        `seed ${seed}`,
      ).toBeDefined();
    }
  });
});
