/**
 * What all those are told alike who take us for their router. It knows how it changed last, so that each of a thousand
 * neighbours is told the difference without being compared with the whole. To whom it is told is exchange.ts's, when is
 * feed-out.ts's.
 */
import type { PublicKey } from '../values/key.js';
import { factId, type Fact } from './fact.js';
import type { Millis } from '../values/time.js';

export interface FeedItem {
  readonly fact: Fact;
  /** Who said it, when that is not ourselves. */
  readonly source: PublicKey | undefined;
  readonly ttl: Millis;
}

export function feedItemId(item: FeedItem): string {
  const known = ids.get(item);
  if (known !== undefined) return known;
  const id = `${item.source ?? ''} ${factId(item.fact)}`;
  ids.set(item, id);
  return id;
}

const ids = new WeakMap<FeedItem, string>();

type Items = ReadonlyMap<string, FeedItem>;

const NOTHING: Items = new Map();

export class Board {
  #items: Items = new Map();
  #come: Items = NOTHING;
  #gone: Items = NOTHING;

  /** What has to be told to a reader, that knows the board as it was before the last change or does not know it yet. */
  come(reader: PublicKey, isNew: boolean): Iterable<readonly [string, FeedItem]> {
    return entriesFor(reader, isNew ? this.#items : this.#come);
  }

  /** What has to be withdrawn from a reader of the board as it was before the last change, who reads on or does not. */
  *gone(reader: PublicKey, readsOn: boolean): Iterable<readonly [string, FeedItem]> {
    yield* entriesFor(reader, this.#gone);
    if (readsOn) return;
    for (const entry of entriesFor(reader, this.#items)) if (!this.#come.has(entry[0])) yield entry;
  }

  /** Makes these all that stands on it. */
  post(items: Iterable<FeedItem>): void {
    const before = this.#items;
    const posted = new Map<string, FeedItem>();
    const come = new Map<string, FeedItem>();
    for (const item of items) {
      const id = feedItemId(item);
      const known = before.get(id);
      // The same object as long as it stands there: what it looks like on the wire is kept with it.
      posted.set(id, known ?? item);
      if (known === undefined) come.set(id, item);
    }
    const gone = new Map<string, FeedItem>();
    for (const [id, item] of before) if (!posted.has(id)) gone.set(id, item);
    this.#gone = gone;
    this.#come = come;
    this.#items = posted;
  }

  /** All readers have been told: until something else is posted there is no change. */
  settle(): void {
    this.#gone = NOTHING;
    this.#come = NOTHING;
  }
}

/** Nobody is told what it is itself the subject of here, or the source. */
function* entriesFor(reader: PublicKey, items: Items): Iterable<readonly [string, FeedItem]> {
  for (const entry of items) {
    const [, { source, fact }] = entry;
    if ((source ?? fact.subject) !== reader) yield entry;
  }
}
