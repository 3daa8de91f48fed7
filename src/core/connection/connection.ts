/** One peer behind a router and what we have with it: the state, and what outlives an attempt. */
import type { Message, Invite } from '../protocol/messages.js';
import type { Epoch } from '../protocol/epoch.js';
import type { Belief } from '../trust/belief.js';
import type { Cause } from '../views.js';
import type { Endpoint } from '../values/endpoint.js';
import type { PublicKey } from '../values/key.js';
import type { Prefix } from '../values/prefix.js';
import type { Instant, Millis } from '../values/time.js';
import { ProbeBudget } from './budget.js';
import { Some } from './attention.js';
import type { Answers, Search } from './better.js';
import type { Candidate } from './candidates.js';
import type { Elsewhere } from './elsewhere.js';
import { NOTHING_TOLD, type Evidence } from './evidence.js';
import type { Sighting } from './nat.js';
import { PathLoss } from './path-loss.js';
import { TRANSITIONS, type State } from './states.js';
import type { Trial } from './trial.js';

/** Where the device should send next, and what follows once it does. */
export interface Aim {
  readonly endpoint: Endpoint;
  /** Take the peer off and put it on again, which frees it from WireGuard's 5 s between initiations. */
  readonly recreate: boolean;
  /** `full`: a small one and one of full size. */
  readonly ping: 'nested' | 'direct' | 'full' | 'none';
}

export interface SentPing {
  readonly sentAt: Instant;
  readonly aimedAt: Endpoint | undefined;
  readonly size: PingSize;
}

/** `full`: with its headers as long as the interface's MTU. */
export type PingSize = 'small' | 'full';

/** LOST is repeated through the router until the other end has seen it. */
export interface PendingLost {
  readonly epoch: Epoch;
  readonly via: PublicKey;
  readonly tries: number;
  readonly sendAt: Instant;
}

/** What WireGuard had counted for a peer when it was last looked at. */
interface Counted {
  readonly rx: number;
  readonly tx: number;
  /** Bytes of our own datagrams that are still to be counted. */
  readonly late: number;
  readonly handshakeAt: Instant | undefined;
}

interface EarlyInvite {
  readonly message: Invite;
  readonly via: PublicKey;
  readonly at: Instant;
}

/** What attempts rest on, compared item by item. */
export type Grounds = readonly unknown[];

const REMEMBERED_PINGS = 64;

/** What all connections of an engine count together, so that nobody has to go over a thousand of them to know. */
export interface Counts {
  /** How often a state, the endpoint in it or a cause became another: all of which the path to a peer follows. */
  moves: number;
  /** How often an aim was set or taken away: like a move, it can make the device other than wanted. */
  aims: number;
  /** How many are neither idle nor active now. */
  attempts: number;
  /** Whose moves were counted since somebody last took them from here. */
  moved: Set<PublicKey>;
  /** How many connections were made so far. */
  made: number;
  /** Those that have something to do, by an event or in time. */
  readonly awake: Some;
  /** Those whose candidates may be others than those whose routes were asked for. */
  readonly unasked: Some;
}

export const noCounts = (): Counts => ({
  moves: 0,
  aims: 0,
  attempts: 0,
  moved: new Set(),
  made: 0,
  awake: new Some(),
  unasked: new Some(),
});

export class Connection {
  readonly peer: PublicKey;
  /** Of two connections, the one that was made first has the lower one. */
  readonly number: number;
  /** The last aim the device was given, and whether it is still being given. */
  aimed: { readonly endpoint: Endpoint; readonly underWay: boolean } | undefined;
  candidates: readonly Candidate[] = [];
  /** Candidates a person gave, for the attempts to come. */
  given: readonly Endpoint[] = [];
  failures = 0;
  /** How far the pauses between attempts have grown; those right after a loss do not grow. */
  pauses = 0;
  lostAt: Instant | undefined;
  newsAt: Instant | undefined;
  /** The last invitation of the other end that was followed. */
  lastInvite: { readonly epoch: Epoch; readonly at: Instant } | undefined;
  /** What the last look at the peer's facts showed, to notice news. */
  seenFacts = '';
  seenBelief: Belief | undefined;
  /** The routers that granted its membership when it was last seen granted. */
  grantedBy: readonly PublicKey[] = [];
  /** What the other end said when the last attempt failed. */
  theirs: Evidence = NOTHING_TOLD;
  /** From where the peer's packets came in the last attempt that tried candidates. */
  seen: Sighting = 'none';
  /** A ping of it came in at the endpoint at which a router sees us. */
  reached = false;
  /** How the last attempt that tried candidates ended; `cause` is gone once the next one begins. */
  ended: Cause['code'] | undefined;
  heardAt: Instant | undefined;
  /** When another path than the present one was last tried, and what goes on of that. */
  betterTriedAt: Instant | undefined;
  trial: Trial | undefined;
  elsewhere: Elsewhere | undefined;
  rtt: Millis | undefined;
  /** The prefixes moved to it, while it is in contact. */
  held: readonly Prefix[] = [];
  /** Bytes of its agent's datagrams, as WireGuard counts them, since the device's counters were last looked at. */
  ownReceived = 0;
  counted: Counted | undefined;
  readonly #counts: Counts;
  #aim: Aim | undefined;
  #search: Search | undefined;
  #cause: Cause | undefined;
  #state: State = { name: 'idle', retryAt: undefined };
  #forced = false;
  #pendingLost: PendingLost | undefined;
  #earlyInvite: EarlyInvite | undefined;
  /** Most connections of a large star never send one, and have no path. */
  #pings: Map<number, SentPing> | undefined;
  #budget: ProbeBudget | undefined;
  #loss: PathLoss | undefined;
  #answers: Answers | undefined;

  constructor(peer: PublicKey, counts: Counts = noCounts()) {
    this.peer = peer;
    this.number = counts.made++;
    this.#counts = counts;
    this.stir();
  }

  /** What an attempt rests on, or what is to be done, is other now: the connection is looked at again. */
  stir(): void {
    this.#counts.awake.add(this);
    this.#counts.unasked.add(this);
  }

  /** Our own addresses changed: what came in showed another NAT. */
  forgetSightings(): void {
    this.seen = 'none';
    this.reached = false;
  }

  get budget(): ProbeBudget {
    return (this.#budget ??= new ProbeBudget());
  }

  get loss(): PathLoss {
    return (this.#loss ??= new PathLoss());
  }

  get answers(): Answers {
    return (this.#answers ??= new Map());
  }

  /** Somebody asked for an attempt; policy and pauses do not hold it back. */
  get forced(): boolean {
    return this.#forced;
  }

  set forced(forced: boolean) {
    this.#forced = forced;
    if (forced) this.#counts.awake.add(this);
  }

  get pendingLost(): PendingLost | undefined {
    return this.#pendingLost;
  }

  set pendingLost(pending: PendingLost | undefined) {
    this.#pendingLost = pending;
    if (pending !== undefined) this.#counts.awake.add(this);
  }

  /** An invitation that came before the facts that let us trust it. */
  get earlyInvite(): EarlyInvite | undefined {
    return this.#earlyInvite;
  }

  set earlyInvite(early: EarlyInvite | undefined) {
    this.#earlyInvite = early;
    if (early !== undefined) this.#counts.awake.add(this);
  }

  get aim(): Aim | undefined {
    return this.#aim;
  }

  set aim(aim: Aim | undefined) {
    if (aim !== this.#aim) this.#counts.aims++;
    this.#aim = aim;
  }

  /** That a better direct path may be there. Beginning one counts as a move: routes have to be asked for. */
  get search(): Search | undefined {
    return this.#search;
  }

  set search(search: Search | undefined) {
    if (this.#search === undefined && search !== undefined) {
      this.#counts.moves++;
      this.stir();
    }
    this.#search = search;
  }

  /** Why the last attempt did not end direct. */
  get cause(): Cause | undefined {
    return this.#cause;
  }

  set cause(cause: Cause | undefined) {
    if (cause !== this.#cause) this.#moves();
    this.#cause = cause;
  }

  get state(): State {
    return this.#state;
  }

  /** Moves on. A way that is not in the table is a bug of ours, never the work of a peer. */
  enter(next: State): void {
    if (next.name !== this.#state.name && !TRANSITIONS[this.#state.name].includes(next.name)) {
      throw new Error(`bug: no way from ${this.#state.name} to ${next.name}`);
    }
    if (next.name !== this.#state.name || endpointIn(next) !== endpointIn(this.#state)) this.#moves();
    this.#counts.attempts += Number(isAttempt(next)) - Number(isAttempt(this.#state));
    // Of an active one nothing is asked.
    if (this.#state.name === 'active' && next.name !== 'active') this.#counts.unasked.add(this);
    this.#counts.awake.add(this);
    this.#state = next;
  }

  rememberPing(token: number, ping: SentPing): void {
    const pings = (this.#pings ??= new Map<number, SentPing>());
    pings.set(token, ping);
    const oldest = pings.keys().next();
    if (pings.size > REMEMBERED_PINGS && oldest.done !== true) pings.delete(oldest.value);
  }

  /** The ping a pong answers; each is answered once. */
  takePing(token: number): SentPing | undefined {
    const ping = this.#pings?.get(token);
    this.#pings?.delete(token);
    return ping;
  }

  #moves(): void {
    this.#counts.moves++;
    this.#counts.moved.add(this.peer);
  }
}

const endpointIn = (state: State): Endpoint | undefined => ('endpoint' in state ? state.endpoint : undefined);

const isAttempt = ({ name }: State): boolean => name !== 'idle' && name !== 'active';

/** How a message came: over the peer's own link-local address, or passed on by a router. */
export type Carried = { readonly by: 'peer' } | { readonly by: 'router'; readonly router: PublicKey };

export type AttemptMessage = Exclude<Message, { kind: 'update' | 'acknowledge' | 'renew' | 'hello' }>;
