/**
 * The exchange of facts with all neighbours: who they are, what each is told, and what they told us. Claims go into the
 * store as they come; what is believed of them is decided by src/core/trust.
 */
import { Agenda } from '../agenda.js';
import { FACT_TTL, MAX_CLAIMS_OF_PEER, MAX_FACT_BYTES, MAX_NEIGHBOURS, PASSED_ON_TTL } from '../limits.js';
import type { Outbox } from '../outbox.js';
import type { FeedEntry, Update } from '../protocol/feed.js';
import type { BootId, Message } from '../protocol/messages.js';
import type { Random } from '../random.js';
import type { PublicKey } from '../values/key.js';
import { after, earliest, seconds, type Instant, millis } from '../values/time.js';
import { decodeFact } from './encoding.js';
import { factId, type Fact } from './fact.js';
import { Board, feedItemId, type FeedItem } from './board.js';
import type { LocalFacts } from './local.js';
import { Neighbour } from './neighbour.js';
import { ClaimStore, type Claim } from './store.js';

/** A neighbour as the device shows it. */
export interface Contactable {
  readonly key: PublicKey;
  readonly router: boolean;
  readonly live: boolean;
}

/** What a neighbour did that others have to know of. */
export type ExchangeNews = 'found' | 'restarted' | 'silent' | 'stopped';

export class Exchange {
  readonly store = new ClaimStore();
  readonly #neighbours = new Map<PublicKey, Neighbour>();
  readonly #board = new Board();
  readonly #agenda = new Agenda<Neighbour>();
  /** Those whose times may be others than on the agenda. */
  readonly #unplanned = new Set<Neighbour>();
  readonly #boot: BootId;
  readonly #random: Random;
  #made = 0;
  /** What stands on the board may be other than what should: what somebody says of himself, or whether he is there. */
  #repost = true;
  /** Those who may have to be told something, though nothing changed for the rest. */
  readonly #untold = new Set<Neighbour>();
  /** Somebody read the board when it was last told. On most machines nobody ever does. */
  #boardIsRead = false;

  constructor(boot: BootId, random: Random) {
    this.#boot = boot;
    this.#random = random;
  }

  neighbour(key: PublicKey): Neighbour | undefined {
    return this.#neighbours.get(key);
  }

  /** The neighbours whose agent was heard and has not fallen silent. */
  agents(): ReadonlySet<PublicKey> {
    return new Set([...this.#neighbours.values()].filter((each) => each.agent).map((each) => each.key));
  }

  /** Makes the neighbours those the device shows; what the others had told is gone with them. */
  setNeighbours(present: readonly Contactable[], now: Instant): void {
    const wanted = new Map(present.slice(0, MAX_NEIGHBOURS).map((each) => [each.key, each]));
    for (const key of this.#neighbours.keys()) {
      if (wanted.has(key)) continue;
      this.#forget(key);
      this.store.dropVia(key);
      this.#repost = true;
    }
    for (const { key, router, live } of wanted.values()) {
      const known = this.#neighbours.get(key);
      const neighbour = known ?? new Neighbour(key, this.#random, this.#made++, now);
      if (known === undefined) {
        this.#neighbours.set(key, neighbour);
        this.#untold.add(neighbour);
      }
      if (known === undefined || known.router !== router || known.live !== live) this.#unplanned.add(neighbour);
      if (known !== undefined && neighbour.router !== router) neighbour.greetSoon(now);
      else if (known !== undefined && live && !neighbour.live) neighbour.cameAlive(now);
      neighbour.router = router;
      neighbour.live = live;
    }
  }

  /** We may be somewhere else now: lets all neighbours see from where we send. */
  greetAll(now: Instant): void {
    for (const neighbour of this.#neighbours.values()) {
      neighbour.greetSoon(now);
      this.#unplanned.add(neighbour);
    }
  }

  /** Whether a message from that peer is to be looked at; who is no neighbour has nobody to greet here. */
  admits(from: PublicKey, message: Message, now: Instant): boolean {
    return this.#neighbours.get(from)?.admits(message, now) ?? message.kind !== 'hello';
  }

  /** Takes in what belongs to the exchange. Answers news about the neighbour, if there is any. */
  receive(from: PublicKey, message: Message, outbox: Outbox, now: Instant): ExchangeNews | undefined {
    const neighbour = this.#neighbours.get(from);
    if (neighbour === undefined) return undefined;
    this.#unplanned.add(neighbour);
    switch (message.kind) {
      case 'hello': {
        const means = neighbour.hello(message, this.#boot, outbox, now);
        this.#untold.add(neighbour);
        if (means === 'again') return undefined;
        this.#repost ||= this.store.countVia(from) > 0;
        return means;
      }
      case 'update':
        this.#update(neighbour, message, outbox, now);
        return undefined;
      case 'renew':
        if (neighbour.renew(message, outbox, now)) this.#renew(from, new Set(message.stale), now);
        if (!neighbour.agent) neighbour.greetSoon(now);
        return undefined;
      case 'acknowledge':
        if (neighbour.acknowledge(message, now)) this.#untold.add(neighbour);
        return undefined;
      case 'goodbye':
        neighbour.silence(now);
        // A router that stops has told nothing untrue; what it said holds until it expires.
        if (!neighbour.router) this.store.dropVia(from);
        this.#repost = true;
        return 'stopped';
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
        return undefined;
    }
  }

  /** Says what this machine sees; neighbours hear of the differences. Cheap when nothing changed. */
  tell(local: LocalFacts, now: Instant, changed: boolean): void {
    const all = changed || this.#repost;
    if (!all && this.#untold.size === 0) return;
    this.#repost = false;
    const read = [...this.#neighbours.values()].some(({ wantsOthers }) => wantsOthers);
    // Those who begin to read it read all of it; who has read so far must not miss what changes meanwhile.
    if (all || read !== this.#boardIsRead) {
      if (read || this.#boardIsRead) this.#board.post([...local.peers.map(ofOurs), ...this.#passedOn()]);
    }
    const ofSelf = local.self.map(ofOurs).map((item) => [feedItemId(item), item] as const);
    for (const neighbour of all ? this.#neighbours.values() : inOrder(this.#untold)) {
      if (!neighbour.wantsFacts) continue;
      const items = new Map(ofSelf);
      const observed = local.observed.get(neighbour.key);
      if (observed !== undefined) items.set(feedItemId(ofOurs(observed)), ofOurs(observed));
      neighbour.tell(items, this.#board, now);
      this.#unplanned.add(neighbour);
    }
    this.#board.settle();
    this.#boardIsRead = read;
    this.#untold.clear();
  }

  /** Sends all that is due; answers the neighbours that have just fallen silent. */
  run(outbox: Outbox, now: Instant): PublicKey[] {
    const stale = (): PublicKey[] =>
      [...this.#neighbours.values()].filter((each) => each.agent && each.isStale(now)).map((each) => each.key);
    const silent: PublicKey[] = [];
    this.#plan();
    // In one order always, so that what is sent at one moment does not hang on how the times came about.
    for (const neighbour of inOrder(this.#agenda.takeDue(now))) {
      if (neighbour.run(this.#boot, stale, outbox, now) === 'silent') silent.push(neighbour.key);
      this.#unplanned.add(neighbour);
    }
    if (silent.length > 0) this.#repost = true;
    for (const via of new Set(this.store.expire(now).map((claim) => claim.via))) {
      // It may have slept so long that its own clock takes all it told for held: a clock stands still meanwhile.
      this.#neighbours.get(via)?.forgetFeed();
      this.#repost = true;
    }
    return silent;
  }

  wakeAt(): Instant | undefined {
    this.#plan();
    return earliest([this.store.nextExpiry(), this.#agenda.first()]);
  }

  #plan(): void {
    for (const neighbour of this.#unplanned) this.#agenda.plan(neighbour, neighbour.wakeAt());
    this.#unplanned.clear();
  }

  #forget(key: PublicKey): void {
    const neighbour = this.#neighbours.get(key);
    if (neighbour === undefined) return;
    this.#neighbours.delete(key);
    this.#unplanned.delete(neighbour);
    this.#untold.delete(neighbour);
    this.#agenda.plan(neighbour, undefined);
  }

  /** What agents said about themselves, for those who take us for their router. One step only: nobody passes on more. */
  #passedOn(): FeedItem[] {
    const items: FeedItem[] = [];
    for (const claim of this.store.ofThemselves()) {
      if (this.#neighbours.get(claim.source)?.agent === true) items.push(passedOn(claim));
    }
    return items;
  }

  #update(neighbour: Neighbour, message: Update, outbox: Outbox, now: Instant): void {
    const { began, entries, completed } = neighbour.update(message, outbox, now);
    // Where nothing was told before, nothing can be left of it.
    if (began) neighbour.retold = this.store.countVia(neighbour.key) > 0 ? new Set() : undefined;
    for (const entry of entries) this.#apply(neighbour, entry, now);
    if (completed && neighbour.retold !== undefined) {
      for (const claim of this.store.heardVia(neighbour.key)) {
        if (!neighbour.retold.has(claimId(claim.fact, claim.source))) this.#withdraw(claim.fact, claim);
      }
      neighbour.retold = undefined;
    }
    if (!neighbour.agent) neighbour.greetSoon(now);
  }

  #apply(neighbour: Neighbour, entry: FeedEntry, now: Instant): void {
    if (entry.fact.length > MAX_FACT_BYTES) return;
    const decoded = decodeFact(entry.fact);
    // An unknown attribute is a later version's; a malformed fact is dropped alone, the feed goes on.
    if ('problem' in decoded) return;
    const source = entry.source ?? neighbour.key;
    if (entry.withdraw) {
      this.#withdraw(decoded.fact, { source, via: neighbour.key });
      return;
    }
    // Who is no router has itself to speak of. A little more is kept, to show who tried what.
    if (!neighbour.router && this.#isFull(neighbour, decoded.fact, source)) return;
    this.#repost ||= source === neighbour.key && decoded.fact.subject === source;
    const ttl = millis(Math.min(seconds(decoded.ttl), FACT_TTL));
    const claim = { fact: decoded.fact, source, via: neighbour.key, ttl, expiresAt: after(now, ttl) };
    if (this.store.put(claim) !== 'full') neighbour.retold?.add(claimId(decoded.fact, source));
  }

  #isFull({ key }: Neighbour, fact: Fact, source: PublicKey): boolean {
    return this.store.countVia(key) >= MAX_CLAIMS_OF_PEER && !this.store.has(factId(fact), source, key);
  }

  #withdraw(fact: Fact, from: Pick<Claim, 'source' | 'via'>): void {
    this.store.withdraw(factId(fact), from.source, from.via);
    this.#neighbours.get(from.via)?.retold?.delete(claimId(fact, from.source));
    this.#repost ||= from.source === from.via && fact.subject === from.source;
  }

  #renew(via: PublicKey, stale: ReadonlySet<PublicKey>, now: Instant): void {
    for (const source of this.store.sourcesVia(via)) {
      if (!stale.has(source)) this.store.renew(source, via, now);
    }
  }
}

const inOrder = (neighbours: Iterable<Neighbour>): readonly Neighbour[] =>
  [...neighbours].sort((left, right) => left.number - right.number);

/** Each is told to a thousand neighbours, and looked for on the board whenever anything there changes: so it is made once. */
const ofOurs = madeOnce((fact: Fact): FeedItem => ({ fact, source: undefined, ttl: FACT_TTL }));
const passedOn = madeOnce(({ fact, source }: Claim): FeedItem => ({ fact, source, ttl: PASSED_ON_TTL }));

function madeOnce<From extends object>(make: (from: From) => FeedItem): (from: From) => FeedItem {
  const known = new WeakMap<From, FeedItem>();
  return (from) => {
    const before = known.get(from);
    const item = before ?? make(from);
    if (before === undefined) known.set(from, item);
    return item;
  };
}

const claimId = (fact: Fact, source: PublicKey): string => `${source} ${factId(fact)}`;
