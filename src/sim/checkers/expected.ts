/** What a scenario says of itself: by which way packets between two go at a time. Judged by pings. */
import type { World } from '../world.js';
import type { Checker } from './watch.js';

export interface Expectation {
  readonly ms: number;
  readonly between: readonly [string, string];
  readonly path: 'direct' | 'relayed' | 'none';
}

/** No path here takes longer. */
const ANSWERED_WITHIN_MS = 900;

export function asExpected(expectations: readonly Expectation[]): Checker {
  const waiting = expectations.map((expectation) => ({ expectation, sentAt: -1, seen: 'none' }));
  return {
    name: 'paths as the scenario says',
    check: (world: World) =>
      waiting.flatMap((each) => {
        const { ms, between, path } = each.expectation;
        if (world.now < ms) return [];
        if (each.sentAt < 0) {
          each.sentAt = world.now;
          world.sendPing(...between, (echo) => (each.seen = echo.path));
        }
        if (world.now - each.sentAt < ANSWERED_WITHIN_MS || each.seen === path) return [];
        return [`${between.join(' and ')} should be ${path} at ${ms} ms and are ${each.seen}`];
      }),
  };
}
