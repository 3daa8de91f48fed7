/**
 * One feed over a bad line: sender and receiver as an exchange uses them, in virtual time, with a channel between that
 * loses, repeats and delays, so that later datagrams overtake earlier ones.
 */
import { decodeFact } from '../../../src/core/facts/encoding.js';
import { factId, type Fact } from '../../../src/core/facts/fact.js';
import { FeedIn } from '../../../src/core/facts/feed-in.js';
import { Board, feedItemId, type FeedItem } from '../../../src/core/facts/board.js';
import { FeedOut } from '../../../src/core/facts/feed-out.js';
import { FACT_TTL } from '../../../src/core/limits.js';
import { decodeMessage, type Message } from '../../../src/core/protocol/messages.js';
import type { Random } from '../../../src/core/random.js';
import { endpointOf } from '../../../src/core/values/endpoint.js';
import type { PublicKey } from '../../../src/core/values/key.js';
import { instant } from '../../../src/core/values/time.js';
import { address, key } from './values.js';

export interface Line {
  /** Probabilities. */
  readonly loss: number;
  readonly duplicate: number;
  /** Milliseconds, each way, drawn anew for each datagram. */
  readonly latency: readonly [number, number];
}

export const GOOD: Line = { loss: 0, duplicate: 0, latency: [20, 20] };
export const DEAD: Line = { ...GOOD, loss: 1 };

interface UnderWay {
  readonly at: number;
  readonly to: 'sender' | 'receiver';
  readonly message: Message;
}

export class Channel {
  now = 0;
  /** Bytes of each datagram the sender sent, with their times. */
  readonly sent: { readonly at: number; readonly bytes: number; readonly message: Message | undefined }[] = [];
  /** What the receiver holds, as the exchange would keep it. */
  readonly held = new Set<string>();
  feed: FeedOut;
  line: Line;
  #receiver = new FeedIn();
  #retold: Set<string> | undefined;
  #items: ReadonlyMap<string, FeedItem> = new Map();
  #feeds = 1;
  #underWay: UnderWay[] = [];
  readonly #random: Random;

  constructor(random: Random, line: Line = GOOD) {
    this.#random = random;
    this.line = line;
    this.feed = new FeedOut(this.#feeds, key(99));
  }

  get receiver(): FeedIn {
    return this.#receiver;
  }

  /** How often the sender had to begin anew. */
  get begun(): number {
    return this.#feeds;
  }

  want(items: readonly FeedItem[]): void {
    this.#items = new Map(items.map((item) => [feedItemId(item), item]));
    this.feed.want(this.#items, new Board(), false, instant(this.now));
  }

  wanted(): Set<string> {
    return new Set([...this.#items.values()].map(({ fact, source }) => `${source ?? ''} ${factId(fact)}`));
  }

  /** The receiver's agent starts anew, or has forgotten. */
  forget(): void {
    this.#receiver = new FeedIn();
    this.#retold = undefined;
    this.held.clear();
  }

  /** The sender begins a new feed, as after a greeting. */
  beginAnew(): void {
    this.feed = new FeedOut(++this.#feeds, key(99));
    this.feed.want(this.#items, new Board(), false, instant(this.now));
  }

  run(ms: number): void {
    for (const end = this.now + ms; this.now < end; this.now++) {
      for (const bytes of this.feed.due(instant(this.now), () => [])) {
        const message = decodeMessage(bytes);
        this.sent.push({ at: this.now, bytes: bytes.length, message });
        if (message !== undefined) this.#send('receiver', message);
      }
      const due = this.#underWay.filter(({ at }) => at <= this.now);
      this.#underWay = this.#underWay.filter(({ at }) => at > this.now);
      for (const { to, message } of due) this.#arrive(to, message);
    }
  }

  /** Runs until both hold the same, and answers how long that took. */
  settle(limitMs: number): number | undefined {
    const begin = this.now;
    while (this.now - begin < limitMs) {
      this.run(1);
      const wanted = this.wanted();
      if (wanted.size === this.held.size && [...wanted].every((id) => this.held.has(id))) return this.now - begin;
    }
    return undefined;
  }

  #send(to: UnderWay['to'], message: Message): void {
    const { loss, duplicate, latency } = this.line;
    const copies = this.#random.unit() < loss ? 0 : this.#random.unit() < duplicate ? 2 : 1;
    for (let copy = 0; copy < copies; copy++) {
      const at = this.now + latency[0] + this.#random.unit() * (latency[1] - latency[0]);
      this.#underWay.push({ at, to, message });
    }
  }

  #arrive(to: UnderWay['to'], message: Message): void {
    if (to === 'sender') {
      if (message.kind !== 'acknowledge') return;
      const answer = this.feed.acknowledge(message.feed, message.sequence, instant(this.now));
      if (answer === 'unknown-feed') this.beginAnew();
      return;
    }
    if (message.kind === 'renew') {
      const { acknowledge } = this.#receiver.renew(message);
      this.#send('sender', { kind: 'acknowledge', feed: message.feed, sequence: acknowledge });
    }
    if (message.kind !== 'update') return;
    const { began, entries, completed, acknowledge } = this.#receiver.receive(message);
    if (began) this.#retold = new Set();
    for (const entry of entries) {
      const decoded = decodeFact(entry.fact);
      if ('problem' in decoded) throw new Error('an honest sender told something malformed');
      const id = `${entry.source ?? ''} ${factId(decoded.fact)}`;
      if (entry.withdraw) this.held.delete(id);
      else this.held.add(id);
      if (!entry.withdraw) this.#retold?.add(id);
    }
    if (completed) {
      for (const id of this.held) if (this.#retold?.has(id) !== true) this.held.delete(id);
      this.#retold = undefined;
    }
    this.#send('sender', { kind: 'acknowledge', feed: message.feed, sequence: acknowledge });
  }
}

/** The endpoint fact with that port: as many different ones as there are ports. */
export function item(port: number, source?: PublicKey): FeedItem {
  const fact: Fact = {
    subject: source ?? key(9),
    attribute: 'endpoint',
    value: endpointOf(address('192.0.2.1'), port),
  };
  return { fact, source, ttl: FACT_TTL };
}

export const items = (count: number, from = 1): FeedItem[] => Array.from({ length: count }, (_, at) => item(from + at));
