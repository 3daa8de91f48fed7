/**
 * A router that remembers packets nobody asked for: Linux without a drop rule. If the other end's first packet comes
 * before the host's own, the host's later flow to that endpoint gets another port, and two port-restricted NATs do not
 * meet any more before that is forgotten. So the host has to be the first in some attempt.
 */
import { describe, expect, it } from 'vitest';
import { Engine } from '../../src/core/engine.js';
import { nat, PORT_RESTRICTED, star, type SpokeOptions, type World } from '../../src/sim/index.js';

const REMEMBERING: SpokeOptions = {
  nat: nat('endpoint-independent', 'address-and-port-dependent', { unsolicited: 'remembered' }),
};
const HOME: SpokeOptions = { nat: PORT_RESTRICTED };

/** Up to the attempts after pauses of 30 and 60 s, longer than the router remembers: each end is first in one of them. */
const BOTH_ORDERS_MS = 125_000;

describe('a home behind a router that remembers', () => {
  it.each([
    ['s1', [REMEMBERING, HOME]],
    ['s2', [HOME, REMEMBERING]],
  ] as const)('becomes direct with a usual home, whichever end it is: %s', (_, spokes) => {
    for (const latencyMs of [1, 10, 25, 80]) {
      const world = star({ seed: 1, engine: (given) => new Engine(given), spokes, latencyMs });
      expect(
        world.runUntil(() => direct(world), BOTH_ORDERS_MS),
        `${latencyMs} ms a line`,
      ).toBeDefined();
      expect(world.pathOf('s1', 's2')).toBe('direct');
    }
  });
});

function direct(world: World): boolean {
  return world.view('s1', 's2')?.path === 'direct' && world.view('s2', 's1')?.path === 'direct';
}
