/**
 * What one neighbour tells us, in order: takes its numbered datagrams, keeps those that overtook others, and says
 * what changes follow and what to acknowledge. It judges nothing; that is for src/core/trust.
 */
import { FEED_WINDOW } from '../limits.js';
import type { FeedEntry, Renew, Update } from '../protocol/feed.js';

export interface FeedProgress {
  /** A new feed began with this datagram: what is told from here on replaces all that was told before. */
  readonly began: boolean;
  /** Entries to apply now, in order. */
  readonly entries: readonly FeedEntry[];
  /** The feed has been told whole for the first time: what an earlier feed left and this one did not repeat is void. */
  readonly completed: boolean;
  /** The last sequence received in order; 0 when the feed is unknown here. */
  readonly acknowledge: number;
}

/** Feeds that were replaced, kept in mind: as many as can have datagrams on their way still. */
const FORMER_FEEDS = 8;

const UNKNOWN_FEED: FeedProgress = { began: false, entries: [], completed: false, acknowledge: 0 };

export class FeedIn {
  #feed: number | undefined;
  /** A late datagram of one of these must not bring back what it told. */
  #former: readonly number[] = [];
  #applied = 0;
  #complete = false;
  readonly #early = new Map<number, Update>();

  /** Whether everything the neighbour holds for us has arrived at least once. */
  get complete(): boolean {
    return this.#complete;
  }

  receive(update: Update): FeedProgress {
    if (update.feed !== this.#feed) {
      if (update.sequence !== 1 || this.#former.includes(update.feed)) return UNKNOWN_FEED;
      this.forget();
      this.#feed = update.feed;
    }
    if (update.sequence > this.#applied && update.sequence <= this.#applied + FEED_WINDOW) {
      this.#early.set(update.sequence, update);
    }
    return this.#advance();
  }

  /** What it told is not held any more, and differences to that are of no use: the sender has to tell everything anew. */
  forget(): void {
    if (this.#feed !== undefined) this.#former = [this.#feed, ...this.#former].slice(0, FORMER_FEEDS);
    this.#feed = undefined;
    this.#applied = 0;
    this.#complete = false;
    this.#early.clear();
  }

  /** The sequence to acknowledge, and whether the renewal holds for all we have. */
  renew(message: Renew): { readonly acknowledge: number; readonly valid: boolean } {
    if (message.feed !== this.#feed) return { acknowledge: 0, valid: false };
    return { acknowledge: this.#applied, valid: message.sequence === this.#applied && this.#complete };
  }

  #advance(): FeedProgress {
    const entries: FeedEntry[] = [];
    let completed = false;
    let began = false;
    for (;;) {
      const next = this.#early.get(this.#applied + 1);
      if (next === undefined) break;
      this.#early.delete(next.sequence);
      this.#applied = next.sequence;
      began ||= next.sequence === 1;
      entries.push(...next.entries);
      if (next.complete && !this.#complete) completed = true;
      this.#complete ||= next.complete;
    }
    return { began, entries, completed, acknowledge: this.#applied };
  }
}
