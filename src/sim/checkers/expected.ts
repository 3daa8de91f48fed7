/** What a scenario says of itself: by which way packets between two go at a time. Judged by pings. */
import type { World } from '../world.js';
import type { Checker } from './watch.js';

export interface Expectation {
  readonly ms: number;
  readonly between: readonly [string, string];
  readonly path: 'direct' | 'relayed' | 'none';
  /** Where there are several such ways: the shortest and the longest time that an answer may take. */
  readonly rttMs?: readonly [shortest: number, longest: number];
}

const NO_ANSWER = { path: 'none', rttMs: 0 };

/** No path here takes longer. */
const ANSWERED_WITHIN_MS = 900;

export function asExpected(expectations: readonly Expectation[]): Checker {
  const waiting = expectations.map((expectation) => ({ expectation, sentAt: -1, seen: NO_ANSWER }));
  return {
    name: 'paths as the scenario says',
    check: (world: World) =>
      waiting.flatMap((each) => {
        const { ms, between, path, rttMs: [shortest, longest] = [0, Infinity] } = each.expectation;
        if (world.now < ms) return [];
        if (each.sentAt < 0) {
          each.sentAt = world.now;
          world.sendPing(...between, (echo) => (each.seen = echo));
        }
        if (world.now - each.sentAt < ANSWERED_WITHIN_MS) return [];
        const { seen } = each;
        if (seen.path !== path) return [`${between.join(' and ')} should be ${path} at ${ms} ms and are ${seen.path}`];
        if (seen.rttMs >= shortest && seen.rttMs <= longest) return [];
        return [`${between.join(' and ')} answer after ${seen.rttMs} ms at ${ms} ms: not by the way that was meant`];
      }),
  };
}
