/**
 * What one neighbour is told, kept equal to what it should know: a set of facts, changed by numbered datagrams that
 * are repeated until they are acknowledged, and renewed as a whole by one short datagram. It decides when to send
 * what; which facts belong into the set is the caller's business.
 */
import {
  COALESCE,
  FEED_WINDOW,
  FIRST_RENEWAL,
  FIRST_RESEND,
  MAX_DATAGRAM,
  MAX_RESEND,
  MAX_RESENDS,
  RENEW_EVERY,
} from '../limits.js';
import { entryLength, MAX_STALE, UPDATE_HEADER_BYTES, type FeedEntry, type Update } from '../protocol/feed.js';
import { encodeMessage } from '../protocol/messages.js';
import type { PublicKey } from '../values/key.js';
import { after, millis, type Instant, type Millis } from '../values/time.js';
import type { Board, FeedItem } from './board.js';
import { encodeFact } from './encoding.js';

interface Unacknowledged {
  readonly sequence: number;
  readonly bytes: Uint8Array;
}

export class FeedOut {
  readonly #feed: number;
  readonly #reader: PublicKey;
  /** What the neighbour has, or has been sent, beside what it reads on the board. */
  readonly #told = new Map<string, FeedItem>();
  #readsBoard = false;
  /** What changed and was not sent yet, by fact: one that changes back before it was sent leaves nothing to tell. */
  readonly #queue = new Map<string, FeedEntry>();
  #window: Unacknowledged[] = [];
  #sequence = 0;
  #acknowledged = 0;
  /** A datagram that completes the set has been sent. */
  #completed = false;
  #failed = false;
  #flushAt: Instant | undefined;
  #resendAt: Instant | undefined;
  #resends = 0;
  #renewAt: Instant | undefined;
  #renewUnanswered = false;

  /** `reader` is the neighbour's key. */
  constructor(feed: number, reader: PublicKey) {
    this.#feed = feed;
    this.#reader = reader;
  }

  /** No answer to anything for too long. */
  get failed(): boolean {
    return this.#failed;
  }

  /**
   * Says what the neighbour should know; differences are on their way within `wait`. `readsBoard`: whether it should
   * also know what stands on the board. That has to be said again after every change of the board.
   */
  want(
    items: ReadonlyMap<string, FeedItem>,
    board: Board,
    readsBoard: boolean,
    now: Instant,
    wait: Millis = COALESCE,
  ): void {
    const readBoard = this.#readsBoard;
    this.#readsBoard = readsBoard;
    for (const [id, item] of this.#told) {
      if (items.has(id)) continue;
      this.#told.delete(id);
      this.#change(id, toEntry(item, true));
    }
    if (readBoard) {
      for (const [id, item] of board.gone(this.#reader, readsBoard)) this.#change(id, toEntry(item, true));
    }
    for (const [id, item] of items) {
      if (this.#told.has(id)) continue;
      this.#told.set(id, item);
      this.#change(id, toEntry(item, false));
    }
    if (readsBoard) {
      for (const [id, item] of board.come(this.#reader, !readBoard)) this.#change(id, toEntry(item, false));
    }
    if (this.#hasMore) this.#flushAt ??= after(now, wait);
  }

  /**
   * The neighbour has everything up to `sequence`. Answers whether it does not know this feed at all, in which case a
   * new one has to be begun.
   */
  acknowledge(feed: number, sequence: number, now: Instant): 'fine' | 'unknown-feed' {
    if (feed !== this.#feed || sequence > this.#sequence) return 'fine';
    if (sequence === 0 && this.#acknowledged > 0) return 'unknown-feed';
    if (sequence === 0) {
      // It has yet to get the first datagram, which every resend brings; but it is there.
      this.#resends = 0;
      return 'fine';
    }
    this.#acknowledged = Math.max(this.#acknowledged, sequence);
    this.#window = this.#window.filter((sent) => sent.sequence > this.#acknowledged);
    this.#resends = 0;
    if (this.#acknowledged === this.#sequence) this.#renewUnanswered = false;
    this.#resendAt = this.#window.length > 0 ? after(now, FIRST_RESEND) : undefined;
    if (this.#window.length === 0) this.#renewAt ??= after(now, FIRST_RENEWAL);
    if (this.#hasMore) this.#flushAt ??= now;
    return 'fine';
  }

  /** The datagrams that are due. `stale` names the sources whose passed-on facts must not be renewed now. */
  due(now: Instant, stale: () => readonly PublicKey[]): Uint8Array[] {
    if (this.#failed) return [];
    const out: Uint8Array[] = [];
    if (this.#flushAt !== undefined && this.#flushAt <= now) {
      this.#flushAt = undefined;
      out.push(...this.#flush());
    }
    if (this.#renewAt !== undefined && this.#renewAt <= now) {
      this.#renewAt = after(now, RENEW_EVERY);
      this.#renewUnanswered = true;
      out.push(this.#renewal(stale()));
    }
    if (this.#resendAt !== undefined && this.#resendAt <= now) {
      this.#resendAt = undefined;
      this.#failed = this.#resends === MAX_RESENDS;
      if (this.#failed) return [];
      this.#resends++;
      out.push(...this.#window.map((sent) => sent.bytes));
      if (this.#renewUnanswered) out.push(this.#renewal(stale()));
    }
    const waiting = this.#window.length > 0 || this.#renewUnanswered;
    if (waiting) this.#resendAt ??= after(now, millis(Math.min(MAX_RESEND, FIRST_RESEND * 2 ** this.#resends)));
    return out;
  }

  wakeAt(): Instant | undefined {
    if (this.#failed) return undefined;
    const times = [this.#flushAt, this.#resendAt, this.#renewAt].filter((at) => at !== undefined);
    return times.length === 0 ? undefined : times.reduce((first, at) => (at < first ? at : first));
  }

  /** Something to tell, if only that this is all. */
  get #hasMore(): boolean {
    return this.#queue.size > 0 || !this.#completed;
  }

  #change(id: string, entry: FeedEntry): void {
    if (!this.#queue.delete(id)) this.#queue.set(id, entry);
  }

  #flush(): Uint8Array[] {
    const out: Uint8Array[] = [];
    while (this.#window.length < FEED_WINDOW && this.#hasMore) {
      const entries = this.#takeDatagramFull();
      const complete = this.#queue.size === 0;
      const update: Update = { kind: 'update', feed: this.#feed, sequence: ++this.#sequence, complete, entries };
      this.#completed ||= complete;
      const bytes = encodeMessage(update);
      this.#window.push({ sequence: update.sequence, bytes });
      out.push(bytes);
    }
    return out;
  }

  #takeDatagramFull(): FeedEntry[] {
    let room = MAX_DATAGRAM - UPDATE_HEADER_BYTES;
    const taken: FeedEntry[] = [];
    for (const [id, entry] of this.#queue) {
      room -= entryLength(entry);
      // A single fact is far below a datagram's size, so at least one always fits.
      if (room < 0 && taken.length > 0) break;
      this.#queue.delete(id);
      taken.push(entry);
    }
    return taken;
  }

  #renewal(stale: readonly PublicKey[]): Uint8Array {
    return encodeMessage({
      kind: 'renew',
      feed: this.#feed,
      sequence: this.#sequence,
      stale: stale.slice(0, MAX_STALE),
    });
  }
}

function toEntry(item: FeedItem, withdraw: boolean): FeedEntry {
  const known = entries.get(item);
  const entry = known ?? {
    withdraw: false,
    source: item.source,
    fact: encodeFact(item.fact, Math.floor(item.ttl / 1000)),
  };
  if (known === undefined) entries.set(item, entry);
  return withdraw ? { ...entry, withdraw } : entry;
}

/** A thousand neighbours are told the same item. */
const entries = new WeakMap<FeedItem, FeedEntry>();
