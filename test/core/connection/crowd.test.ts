/** Everybody wants the same peer at the same moment: it takes on so many attempts at once, and the others after them. */
import { describe, expect, it } from 'vitest';
import { Engine } from '../../../src/core/engine.js';
import { MAX_ATTEMPTS_IN_ALL } from '../../../src/core/limits.js';
import { keyOf } from '../../../src/sim/build.js';
import { star } from '../../../src/sim/index.js';

const SPOKES = 80;

describe('a peer that is invited by more than it can follow at once', () => {
  it('has no more attempts than the limit, and is direct with all of them in the end', () => {
    const nobody = { policy: { connect: new Set<ReturnType<typeof keyOf>>() } };
    const wanting = { policy: { connect: new Set([keyOf('s1')]) } };
    const spokes = Array.from({ length: SPOKES }, (_, at) => (at === 0 ? nobody : wanting));
    const world = star({ seed: 1, spokes, engine: (options) => new Engine(options) });
    const paths = (): string[] => world.peers('s1').map(({ path }) => path);
    let most = 0;
    const tookMs = world.runUntil(() => {
      const seen = paths();
      most = Math.max(most, seen.filter((path) => path === 'connecting').length);
      return seen.filter((path) => path === 'direct').length === SPOKES;
    }, 60_000);
    expect(tookMs).toBeDefined();
    expect(most).toBeLessThanOrEqual(MAX_ATTEMPTS_IN_ALL);
    expect(most).toBeGreaterThan(MAX_ATTEMPTS_IN_ALL / 2);
  });
});
