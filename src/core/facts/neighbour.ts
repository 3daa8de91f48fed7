/**
 * One agent we talk to directly: whether it is there, in which of its runs, and the feeds between us. A neighbour is
 * a peer on the device; peers behind a router become neighbours when they have a direct path.
 */
import { Allowance } from '../allowance.js';
import {
  FACT_TTL,
  FORWARD_BURST,
  FORWARD_ONE_IN,
  GREETING_BURST,
  GREETING_ONE_IN,
  HELLO_FIRST,
  HELLO_MAX_PEER,
  HELLO_MAX_ROUTER,
  HELLO_TRIES_UNSEEN,
  PASSED_ON_TTL,
  UPDATE_BURST,
  UPDATE_ONE_IN,
} from '../limits.js';
import type { Outbox } from '../outbox.js';
import type { Acknowledge, Renew, Update } from '../protocol/feed.js';
import { PROTOCOL_VERSION, type BootId, type Hello, type Message } from '../protocol/messages.js';
import type { Random } from '../random.js';
import { equalBytes } from '../values/bytes.js';
import type { PublicKey } from '../values/key.js';
import { after, millis, since, type Instant } from '../values/time.js';
import type { Board, FeedItem } from './board.js';
import { FeedIn, type FeedProgress } from './feed-in.js';
import { FeedOut } from './feed-out.js';

export class Neighbour {
  readonly key: PublicKey;
  /** Of two neighbours, the one that was there first has the lower one. */
  readonly number: number;
  /** Whether we take it for a router; told in every hello. */
  router = false;
  /** Whether WireGuard itself has heard it within a session's life. */
  live = false;
  /** Whether it takes us for its router and wants to hear about third peers. */
  wantsOthers = false;
  boot: BootId | undefined;
  /** An agent was heard and has not fallen silent since. */
  agent = false;
  heardAt: Instant | undefined;
  /** Datagrams it may have passed on to others. */
  readonly forwards = new Allowance(FORWARD_BURST, FORWARD_ONE_IN);
  renewedAt: Instant | undefined;
  /** While a new feed is not told whole yet: what it has told, so that the rest of the former one can be voided. */
  retold: Set<string> | undefined;
  #helloAt: Instant | undefined;
  #helloTries = 0;
  #in = new FeedIn();
  #out: FeedOut | undefined;
  /** Our feed began with our first greeting, before its agent was heard; `sent`: nothing more of it until then. */
  #unasked: 'no' | 'now' | 'sent' = 'no';
  readonly #greetings = new Allowance(GREETING_BURST, GREETING_ONE_IN);
  readonly #updates = new Allowance(UPDATE_BURST, UPDATE_ONE_IN);
  readonly #random: Random;

  constructor(key: PublicKey, random: Random, number: number, now: Instant) {
    this.key = key;
    this.number = number;
    this.#random = random;
    this.#helloAt = now;
  }

  /** Everything it holds for us has arrived, and it has not fallen silent. */
  get inSync(): boolean {
    return this.agent && this.#in.complete;
  }

  /** Greetings that went unanswered since the last one that was answered. */
  get unanswered(): number {
    return this.#helloTries;
  }

  /** Whether a message of its may cost us what messages of that kind do. One that is left out counts as lost. */
  admits(message: Message, now: Instant): boolean {
    switch (message.kind) {
      case 'hello':
      case 'goodbye':
        return this.#greetings.take(now);
      case 'acknowledge':
        // It says to have lost our feed: all is told anew.
        return message.sequence > 0 || this.#greetings.take(now);
      case 'update':
        return this.router || this.#updates.take(now);
      case 'renew':
      case 'ping':
      case 'pong':
      case 'forward':
      case 'forwarded':
      case 'invite':
      case 'accept':
      case 'prepare':
      case 'ready':
      case 'commit':
      case 'committed':
      case 'lost':
      case 'lost-seen':
      case 'goodbye-seen':
        return true;
    }
  }

  /** Greets at once, whatever the pauses say: something tells that it may be there now. */
  greetSoon(now: Instant): void {
    this.#helloTries = 0;
    this.#helloAt = now;
  }

  /**
   * WireGuard has heard it again, which may be no more than its answer to our last greeting: greets, and keeps to the
   * pauses, or a phone without an agent would be woken by each greeting for the next.
   */
  cameAlive(now: Instant): void {
    if (!this.agent) this.#helloAt = now;
  }

  /** Whether it is to be told facts: its agent was heard, or a router has just been greeted for the first time. */
  get wantsFacts(): boolean {
    return this.agent || this.#unasked === 'now';
  }

  /** `items` are for it alone; the board is for all who want to hear about third peers. */
  tell(items: ReadonlyMap<string, FeedItem>, board: Board, now: Instant): void {
    this.#out ??= new FeedOut(this.#random.u32(), this.key);
    this.#out.want(items, board, this.wantsOthers, now, this.agent ? undefined : millis(0));
  }

  /** Takes a hello in; answers what it means. */
  hello(message: Hello, ours: BootId, outbox: Outbox, now: Instant): 'found' | 'restarted' | 'again' {
    const known = this.boot !== undefined && equalBytes(this.boot, message.boot);
    const means = known && this.agent ? 'again' : this.boot === undefined || known ? 'found' : 'restarted';
    this.wantsOthers = message.router;
    this.boot = Uint8Array.from(message.boot);
    this.agent = true;
    this.heardAt = now;
    this.#helloTries = 0;
    this.#helloAt = undefined;
    // It answers our first greeting, and has what came with it.
    const toldAlready = this.#unasked !== 'no' && equalBytes(message.yourBoot, ours);
    this.#unasked = 'no';
    if (!toldAlready && (means !== 'again' || !equalBytes(message.yourBoot, ours))) this.#out = undefined;
    if (message.ask) this.#greet(false, ours, outbox);
    return means;
  }

  update(message: Update, outbox: Outbox, now: Instant): FeedProgress {
    this.heardAt = now;
    const progress = this.#in.receive(message);
    if (progress.acknowledge > 0) this.renewedAt = now;
    outbox.send(this.key, { kind: 'acknowledge', feed: message.feed, sequence: progress.acknowledge });
    return progress;
  }

  /** Some of what it told has run out here, though for it all is told: it has to begin anew. */
  forgetFeed(): void {
    this.#in.forget();
    this.retold = undefined;
  }

  /** Answers whether all of its claims hold on. */
  renew(message: Renew, outbox: Outbox, now: Instant): boolean {
    this.heardAt = now;
    const { acknowledge, valid } = this.#in.renew(message);
    if (valid) this.renewedAt = now;
    outbox.send(this.key, { kind: 'acknowledge', feed: message.feed, sequence: acknowledge });
    return valid;
  }

  /** Answers whether it has lost our feed and has to be told everything anew. */
  acknowledge(message: Acknowledge, now: Instant): boolean {
    this.heardAt = now;
    if (this.#out?.acknowledge(message.feed, message.sequence, now) !== 'unknown-feed') return false;
    this.#out = undefined;
    return true;
  }

  /** Whether what it says about itself may be renewed by those it is passed on to. */
  isStale(now: Instant): boolean {
    return this.renewedAt === undefined || since(this.renewedAt, now) > FACT_TTL - PASSED_ON_TTL;
  }

  /** It said goodbye, or fell silent: nothing more is sent until it is heard again, but for rare greetings. */
  silence(now: Instant): void {
    this.agent = false;
    this.#out = undefined;
    this.#helloTries = 1;
    this.#helloAt = after(now, HELLO_FIRST);
  }

  /** Sends what is due. Answers whether its agent has just fallen silent. */
  run(ours: BootId, stale: () => readonly PublicKey[], outbox: Outbox, now: Instant): 'silent' | 'fine' {
    if (this.#helloAt !== undefined && this.#helloAt <= now) {
      if (this.router && this.boot === undefined && this.#helloTries === 0) this.#unasked = 'now';
      this.#greet(true, ours, outbox);
      this.#helloTries++;
      const longest = this.router ? HELLO_MAX_ROUTER : HELLO_MAX_PEER;
      const pause = millis(Math.min(longest, HELLO_FIRST * 2 ** (this.#helloTries - 1)));
      this.#helloAt = this.live || this.router || this.#helloTries < HELLO_TRIES_UNSEEN ? after(now, pause) : undefined;
    }
    if (this.#out === undefined || this.#unasked === 'sent') return 'fine';
    if (this.#unasked === 'now') this.#unasked = 'sent';
    for (const bytes of this.#out.due(now, stale)) outbox.sendBytes(this.key, bytes);
    if (!this.#out.failed) return 'fine';
    this.silence(now);
    return 'silent';
  }

  wakeAt(): Instant | undefined {
    const feed = this.#unasked === 'sent' ? undefined : this.#out?.wakeAt();
    if (feed === undefined || this.#helloAt === undefined) return feed ?? this.#helloAt;
    return feed < this.#helloAt ? feed : this.#helloAt;
  }

  #greet(ask: boolean, ours: BootId, outbox: Outbox): void {
    outbox.send(this.key, {
      kind: 'hello',
      version: PROTOCOL_VERSION,
      router: this.router,
      ask,
      boot: ours,
      yourBoot: this.boot ?? new Uint8Array(ours.length),
    });
  }
}
