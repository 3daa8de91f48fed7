/** Readers of a board, who hear of its changes alone, end up with what stands on it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Board, feedItemId, type FeedItem } from '../../../src/core/facts/board.js';
import type { PublicKey } from '../../../src/core/values/key.js';
import { item } from '../support/channel.js';
import { key } from '../support/values.js';

const READERS = [key(1), key(2), key(3)];

/** What a reader has been told, by the board's word alone. */
class Reader {
  readonly has = new Set<string>();
  readonly #key: PublicKey;
  #reads = false;

  constructor(reader: PublicKey) {
    this.#key = reader;
  }

  hear(board: Board, reads: boolean): void {
    if (this.#reads) for (const [id] of board.gone(this.#key, reads)) this.has.delete(id);
    if (reads) for (const [id] of board.come(this.#key, !this.#reads)) this.has.add(id);
    this.#reads = reads;
  }

  /** Nobody is told what he said himself. */
  should(items: readonly FeedItem[]): Set<string> {
    return new Set(this.#reads ? items.filter(({ source }) => source !== this.#key).map(feedItemId) : []);
  }
}

describe('a board', () => {
  it('tells each reader what came and went, and a new one everything', () => {
    const items = fc.array(
      fc.tuple(fc.nat(20), fc.constantFrom(...READERS, undefined)).map(([port, source]) => item(port, source)),
    );
    const reading = fc.tuple(fc.boolean(), fc.boolean(), fc.boolean());
    const change = fc.record({ posted: items, reading, then: reading });
    fc.assert(
      fc.property(fc.array(change), (changes) => {
        const board = new Board();
        const readers = READERS.map((reader) => new Reader(reader));
        for (const { posted, reading, then } of changes) {
          board.post(posted);
          for (const [at, reader] of readers.entries()) {
            reader.hear(board, reading[at] ?? false);
            expect(reader.has).toEqual(reader.should(posted));
          }
          // Once all have heard it, some of them are told again, or begin or cease to read.
          board.settle();
          for (const [at, reader] of readers.entries()) {
            reader.hear(board, then[at] ?? false);
            expect(reader.has).toEqual(reader.should(posted));
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('tells next to nothing when it is posted as it was', () => {
    const board = new Board();
    board.post([item(1), item(2)]);
    board.post([item(1), item(2), item(3)]);
    expect([...board.come(key(1), false)].map(([id]) => id)).toEqual([feedItemId(item(3))]);
    expect([...board.gone(key(1), true)]).toEqual([]);
    board.post([item(1), item(2), item(3)]);
    expect([...board.come(key(1), false), ...board.gone(key(1), true)]).toEqual([]);
  });
});
