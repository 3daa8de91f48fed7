/** One peer behind a router and what we have with it: the state, and what outlives an attempt. */
import type { Message, Invite } from '../protocol/messages.js';
import type { Epoch } from '../protocol/epoch.js';
import type { Cause } from '../views.js';
import type { Endpoint } from '../values/endpoint.js';
import type { PublicKey } from '../values/key.js';
import type { Prefix } from '../values/prefix.js';
import type { Instant, Millis } from '../values/time.js';
import { ProbeBudget } from './budget.js';
import type { Candidate } from './candidates.js';
import { NO_EVIDENCE, type NatEvidence } from './nat.js';
import { TRANSITIONS, type State } from './states.js';

/** Where the device should send next, and what follows once it does. */
export interface Aim {
  readonly endpoint: Endpoint;
  /** Take the peer off and put it on again, which frees it from WireGuard's 5 s between initiations. */
  readonly recreate: boolean;
  readonly ping: 'nested' | 'direct' | 'none';
}

export interface SentPing {
  readonly sentAt: Instant;
  readonly aimedAt: Endpoint | undefined;
}

/** LOST is repeated through the router until the other end has seen it. */
export interface PendingLost {
  readonly epoch: Epoch;
  readonly via: PublicKey;
  readonly tries: number;
  readonly sendAt: Instant;
}

const REMEMBERED_PINGS = 64;

export class Connection {
  readonly peer: PublicKey;
  aim: Aim | undefined;
  /** The last aim the device was given, and whether it is still being given. */
  aimed: { readonly endpoint: Endpoint; readonly underWay: boolean } | undefined;
  /** Why the last attempt did not end direct. */
  cause: Cause | undefined;
  candidates: readonly Candidate[] = [];
  /** Candidates a person gave, for the attempts to come. */
  given: readonly Endpoint[] = [];
  /** Somebody asked for an attempt; policy and pauses do not hold it back. */
  forced = false;
  failures = 0;
  lostAt: Instant | undefined;
  newsAt: Instant | undefined;
  /** The last invitation of the other end that was followed. */
  lastInvite: { readonly epoch: Epoch; readonly at: Instant } | undefined;
  /** What the last look at the peer's facts showed, to notice news. */
  seenFacts = '';
  /** The routers that granted its membership when it was last seen granted. */
  grantedBy: readonly PublicKey[] = [];
  pendingLost: PendingLost | undefined;
  /** What the other end said of its NAT when the last attempt failed. */
  theirNat: NatEvidence = NO_EVIDENCE;
  readonly budget = new ProbeBudget();
  /** An invitation that came before the facts that let us trust it. */
  earlyInvite: { readonly message: Invite; readonly via: PublicKey; readonly at: Instant } | undefined;
  heardAt: Instant | undefined;
  rtt: Millis | undefined;
  /** The prefixes moved to it, while it is in contact. */
  held: readonly Prefix[] = [];
  /** Bytes of its agent's datagrams, as WireGuard counts them, since the device's counters were last looked at. */
  ownReceived = 0;
  counted: { readonly rx: number; readonly tx: number; readonly handshakeAt: Instant | undefined } | undefined;
  #moves = 0;
  #state: State = { name: 'idle', retryAt: undefined };
  readonly #pings = new Map<number, SentPing>();

  constructor(peer: PublicKey) {
    this.peer = peer;
  }

  get state(): State {
    return this.#state;
  }

  /** Moves on. A way that is not in the table is a bug of ours, never the work of a peer. */
  enter(next: State): void {
    if (next.name !== this.#state.name && !TRANSITIONS[this.#state.name].includes(next.name)) {
      throw new Error(`bug: no way from ${this.#state.name} to ${next.name}`);
    }
    if (next.name !== this.#state.name) this.#moves++;
    this.#state = next;
  }

  /** How often the state became another; grows. */
  get moves(): number {
    return this.#moves;
  }

  rememberPing(token: number, ping: SentPing): void {
    this.#pings.set(token, ping);
    const oldest = this.#pings.keys().next();
    if (this.#pings.size > REMEMBERED_PINGS && oldest.done !== true) this.#pings.delete(oldest.value);
  }

  /** The ping a pong answers; each is answered once. */
  takePing(token: number): SentPing | undefined {
    const ping = this.#pings.get(token);
    this.#pings.delete(token);
    return ping;
  }
}

/** How a message came: over the peer's own link-local address, or passed on by a router. */
export type Carried = { readonly by: 'peer' } | { readonly by: 'router'; readonly router: PublicKey };

export type AttemptMessage = Exclude<Message, { kind: 'update' | 'acknowledge' | 'renew' | 'hello' }>;
