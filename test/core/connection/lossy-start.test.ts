/**
 * Every message of a start can get lost, and each end goes on when it sees its own part done. In worlds whose lines lose
 * packets by chance both ends have to come together all the same, and soon: times are the simulator's, so they are the same in each run.
 */
import { describe, expect, it } from 'vitest';
import { Engine } from '../../../src/core/engine.js';
import { PORT_RESTRICTED, star, type World } from '../../../src/sim/index.js';

const HOME = { nat: PORT_RESTRICTED };
const WORLDS = 60;
const STEP_MS = 50;

const hasSessionWithHub = (world: World, spoke: string): boolean =>
  world.device(spoke).peers.some((peer) => peer.publicKey === world.key('hub') && peer.handshakeAt !== undefined);

const sendsDirectly = (world: World, from: string, to: string): boolean =>
  world.device(from).peers.some((peer) => peer.publicKey === world.key(to) && peer.allowedIps.length > 1);

/** How long after both spokes have a session with the hub both send to each other directly, in ms. */
function directAfter(seed: number, loss: number): number {
  const world = star({ seed, engine: (options) => new Engine(options), spokes: [HOME, HOME], line: { loss } });
  const until = (condition: () => boolean): number => {
    while (!condition() && world.now < 180_000) world.run(STEP_MS);
    return world.now;
  };
  const ready = until(() => hasSessionWithHub(world, 's1') && hasSessionWithHub(world, 's2'));
  return until(() => sendsDirectly(world, 's1', 's2') && sendsDirectly(world, 's2', 's1')) - ready;
}

const timesAt = (loss: number): number[] =>
  Array.from({ length: WORLDS }, (_, seed) => directAfter(seed, loss)).sort((one, other) => one - other);

const at = (times: readonly number[], share: number): number => times[Math.floor(share * (times.length - 1))] ?? NaN;

describe('a start over lines that lose packets', () => {
  it('takes little longer where each line loses 5 %', () => {
    const times = timesAt(0.05);
    expect(at(times, 0.5)).toBeLessThanOrEqual(800);
    expect(at(times, 1)).toBeLessThanOrEqual(3_000);
  });

  it('takes seconds, and no minutes, where each line loses 20 %', () => {
    const times = timesAt(0.2);
    expect(at(times, 0.5)).toBeLessThanOrEqual(3_000);
    expect(at(times, 0.95)).toBeLessThanOrEqual(12_000);
    expect(at(times, 1)).toBeLessThanOrEqual(40_000);
  });
});
