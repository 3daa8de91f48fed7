/**
 * What happened, in the agent's memory: the last events, within a number and a size. When there is no more room, whoever
 * has the most events loses the oldest of them: a peer that does something again and again forgets its own past, and
 * nobody else's. What is worth an event is log/remember.ts's.
 */
import type { EventView } from '../core/happenings.js';

export type Happened = Omit<EventView, 'number' | 'at'>;

export interface HistoryOptions {
  readonly now: () => Date;
  readonly mostEvents?: number;
  readonly mostBytes?: number;
}

/** Days of an ordinary network; a command prints them in an instant. */
const MOST_EVENTS = 1000;
/** As JSON. An event has some 200 bytes, one with a long reason 600. */
const MOST_BYTES = 512 * 1024;
/** A sentence with a few names and prefixes in it; what is longer quotes somebody. In UTF-16 units. */
const LONGEST_TEXT = 600;

interface Remembered {
  readonly event: EventView;
  readonly bytes: number;
}

export class History {
  readonly #now: () => Date;
  readonly #mostEvents: number;
  readonly #mostBytes: number;
  readonly #listeners = new Set<(event: EventView) => void>();
  #remembered: Remembered[] = [];
  #bytes = 0;
  #last = 0;

  constructor({ now, mostEvents = MOST_EVENTS, mostBytes = MOST_BYTES }: HistoryOptions) {
    this.#now = now;
    this.#mostEvents = mostEvents;
    this.#mostBytes = mostBytes;
  }

  add(happened: Happened): void {
    const text = happened.text.slice(0, LONGEST_TEXT);
    const event = { number: ++this.#last, at: this.#now().toISOString(), ...happened, text };
    const bytes = Buffer.byteLength(JSON.stringify(event));
    this.#remembered.push({ event, bytes });
    this.#bytes += bytes;
    while (this.#remembered.length > this.#mostEvents || this.#bytes > this.#mostBytes) this.#forget();
    for (const listener of this.#listeners) listener(event);
  }

  /** Those with a greater number, oldest first. */
  since(number: number): readonly EventView[] {
    return this.#remembered.map(({ event }) => event).filter((event) => event.number > number);
  }

  /** The newest that fits. */
  last(fits: (event: EventView) => boolean): EventView | undefined {
    return this.#remembered.findLast(({ event }) => fits(event))?.event;
  }

  /** Calls back for each event to come, until the answer is called. */
  follow(listener: (event: EventView) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #forget(): void {
    const counts = new Map<string, number>();
    for (const { event } of this.#remembered) counts.set(ownerOf(event), (counts.get(ownerOf(event)) ?? 0) + 1);
    const most = Math.max(...counts.values());
    const at = this.#remembered.findIndex(({ event }) => counts.get(ownerOf(event)) === most);
    for (const { bytes } of this.#remembered.splice(at, 1)) this.#bytes -= bytes;
  }
}

/** What is about no peer is this machine's own. */
const ownerOf = ({ peer }: EventView): string => peer ?? '';
