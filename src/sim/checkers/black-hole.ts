/**
 * No pair that could talk through the hub may be without a way to each other for long. Judged by pings alone: when each
 * of the two reaches the hub and they do not reach each other, something between them sends packets nowhere.
 */
import type { World } from '../world.js';
import { Patience, type Checker } from './watch.js';

/** As often as a person's ping is soon noticed missing; more often would cost more than the rest of a world. */
const PING_EVERY_MS = 500;
/** Answers older than this say nothing about now. Longer than any round trip here, and three pings. */
const FRESH_MS = 1_500;

export function noBlackHole(hub: string, pairs: readonly (readonly [string, string])[], withinMs: number): Checker {
  const patience = new Patience(withinMs);
  const answeredAt = new Map<string, number>();
  let lastRound = -Infinity;
  const ping = (world: World, from: string, to: string): void => {
    world.sendPing(from, to, () => {
      answeredAt.set(`${from} ${to}`, world.now);
    });
  };
  const isFresh = (world: World, from: string, to: string): boolean =>
    world.now - (answeredAt.get(`${from} ${to}`) ?? -Infinity) <= FRESH_MS;
  const spokes = [...new Set(pairs.flat())];
  return {
    name: 'no black hole',
    check: (world) => {
      if (world.now - lastRound >= PING_EVERY_MS) {
        lastRound = world.now;
        for (const spoke of spokes) ping(world, spoke, hub);
        for (const [one, other] of pairs) ping(world, one, other);
      }
      const broken = pairs.filter(
        ([one, other]) => isFresh(world, one, hub) && isFresh(world, other, hub) && !isFresh(world, one, other),
      );
      return patience.exhausted(
        world.now,
        broken.map(([one, other]) => `${one} and ${other} reach ${hub} but not each other`),
      );
    },
  };
}
