/** A part of what `npm run fuzz` does, from a seed that is another one each time. */
import { describe, expect, it } from 'vitest';
import { INPUTS_PER_LIFE, live, type Seen } from './life.js';
import { unseen } from './matrix.js';

const LIVES = 5;
/** Chance decides what meets what, and a contact lasts a moment; so many more are enough for all of it, several times over. */
const MORE_LIVES = 60;
const fresh = Math.floor(Math.random() * 1e9);
const seen: Seen = new Set();

describe('an engine in a star with a hostile peer', () => {
  it.each(Array.from({ length: LIVES }, (_, life) => fresh + life))(
    'throws nothing, moves nothing it may not, stays in its bounds and finds its peace, from seed %i',
    (seed) => {
      const again = `again with: npm run fuzz -- --seed ${seed} --runs ${INPUTS_PER_LIFE}`;
      expect(() => {
        live(seed, INPUTS_PER_LIFE, seen);
      }, again).not.toThrow();
    },
  );

  it('met every kind of message at every stage of a connection', () => {
    for (let life = LIVES; unseen(seen).length > 0 && life < LIVES + MORE_LIVES; life++) live(fresh + life, 500, seen);
    expect(unseen(seen)).toEqual([]);
  });
});
