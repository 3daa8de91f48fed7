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
  const toHub = new Map([...new Set(pairs.flat())].map((spoke) => [spoke, new Pinged(spoke, hub)]));
  const watched = pairs.map(([one, other]) => ({ between: new Pinged(one, other), ends: [one, other] }));
  let lastRound = -Infinity;
  return {
    name: 'no black hole',
    check: (world) => {
      if (world.now - lastRound >= PING_EVERY_MS) {
        lastRound = world.now;
        for (const pinged of toHub.values()) pinged.ping(world);
        for (const { between } of watched) between.ping(world);
      }
      const broken = watched.filter(
        ({ between, ends }) => !between.isFresh(world) && ends.every((end) => toHub.get(end)?.isFresh(world)),
      );
      return patience.exhausted(
        world.now,
        broken.map(({ between: { from, to } }) => `${from} and ${to} reach ${hub} but not each other`),
      );
    },
  };
}

class Pinged {
  readonly from: string;
  readonly to: string;
  #answeredAt = -Infinity;

  constructor(from: string, to: string) {
    this.from = from;
    this.to = to;
  }

  ping(world: World): void {
    world.sendPing(this.from, this.to, () => {
      this.#answeredAt = world.now;
    });
  }

  isFresh(world: World): boolean {
    return world.now - this.#answeredAt <= FRESH_MS;
  }
}
