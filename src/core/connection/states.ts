/**
 * The life of one connection, as the states it can be in and the ways between them. Each state carries only what it
 * needs. The diagram in docs/ARCHITECTURE.md is drawn from TRANSITIONS, and a test compares the two.
 *
 * One end leads: it sent the invitation. The other follows. Both put each other on their device with the link-local
 * address alone, get a WireGuard session, and try each other's candidates over it. The end that first has its own proof
 * that a direct path works, and the other's word that it is ready, moves the peer's addresses, and the other after it.
 */
import type { Epoch } from '../protocol/epoch.js';
import type { Method } from '../protocol/messages.js';
import type { Endpoint } from '../values/endpoint.js';
import type { PublicKey } from '../values/key.js';
import type { Instant, Millis } from '../values/time.js';
import type { Sighting } from './nat.js';

/** What stays the same during one attempt. */
export interface Attempt {
  readonly epoch: Epoch;
  readonly leader: boolean;
  /** The router that passes messages on between the two ends. */
  readonly via: PublicKey;
  readonly method: Method;
  /** Who tries candidates first; `any` leaves it to how soon each has the session. */
  readonly order: 'any' | 'leader first' | 'follower first';
  readonly startedAt: Instant;
  /** The other end's WireGuard listen port; the leader learns it when the invitation is accepted. */
  readonly theirPort: number | undefined;
  /** How long the first invitation and its answer took, through the router; `undefined` where one of them got lost. */
  readonly routerRtt: Millis | undefined;
  /** The peer's addresses are at it already: a former agent of ours left them there, and the two ends agree anew. */
  readonly resumed: boolean;
}

/** Nothing of the peer is on the device; its traffic runs through a router. */
export interface Idle {
  readonly name: 'idle';
  readonly retryAt: Instant | undefined;
}

/** The other end goes first and will invite any moment: the peer is on the device, so that its handshake finds us. */
export interface Expecting {
  readonly name: 'expecting';
  readonly until: Instant;
}

/** Leader: the invitation is on its way through the router, again and again until it is answered. */
export interface Inviting {
  readonly name: 'inviting';
  readonly attempt: Attempt;
  readonly sendAt: Instant;
  /** When it last was sent, out of turn or not. */
  readonly sentAt: Instant;
  readonly tries: number;
  /** When to begin the handshake, if that does not wait for the answer. */
  readonly aimAt: Instant | undefined;
}

/** Both ends know of the attempt; a WireGuard session between the two has to come up. */
export interface Session {
  readonly name: 'session';
  readonly attempt: Attempt;
  readonly deadline: Instant;
  /** When to aim next: at the overlay address (nested), or at the next candidate (cold). */
  readonly aimAt: Instant | undefined;
  readonly pingAt: Instant;
  /** Nested, for the end that initiates: when to look on the device whether its handshake is complete. */
  readonly lookAt: Instant | undefined;
  /** Cold: candidates in the order of their slots. */
  readonly slots: readonly Endpoint[];
  /** The slot that comes next; nested, how many handshakes were begun. */
  readonly slot: number;
}

/** A session is up; each candidate is tried with a ping of its own, in rounds. */
export interface Probing {
  readonly name: 'probing';
  readonly attempt: Attempt;
  readonly plan: readonly Endpoint[];
  readonly next: number;
  readonly round: number;
  /** Rounds in which the other end had not been heard yet. */
  readonly unheard: number;
  readonly stepAt: Instant;
  /** What `stepAt` is put off to when the device has taken the present aim. */
  readonly pause: Millis;
  /** A pong of full size came over a direct path; the device is read to learn where it stands. */
  readonly proof: Proof | undefined;
  /** Our packets of full size reach the other end directly, and it moves when we do. */
  readonly otherReady: boolean;
  /** When COMMIT came: the other end has its proof and has moved. The device is read to learn where it stands. */
  readonly committedAt: Instant | undefined;
  /** Pongs of small pings that came directly; one of full size ends this state. */
  readonly shortPongs: number;
  /** Where the last proof of this round came from, if that was another port than the one before it. */
  readonly stood: { readonly endpoint: Endpoint; readonly at: Instant } | undefined;
  /** How often it was. */
  readonly drifts: number;
  /** From where pings of the peer came, once the device has shown it. */
  readonly seen: Sighting;
  /** Until the next aim: what the device was given would show, instead of where a ping came from. */
  readonly look: Look | undefined;
  /** A ping of the peer came in at the endpoint at which a router sees us. */
  readonly reached: boolean;
  /** When a ping last followed from what the peer sent. */
  readonly askedAt: Instant | undefined;
  /** How long the remaining candidates of this round may wait for what comes of that. */
  readonly heldUntil: Instant | undefined;
}

/** A ping of the peer came directly. The device is read for where from: a while later, so that it costs no path time. */
export interface Look {
  readonly at: Instant;
  /** The reading was asked for at `at`; when to go on with the candidates then. */
  readonly resumeAt: Instant | undefined;
}

export interface Proof {
  readonly rtt: Millis;
  readonly aimedAt: Endpoint | undefined;
  readonly sentAt: Instant;
  /** When the pong came: a reading of the device counts if it began later. */
  readonly at: Instant;
}

/** Ping and pong have come over a direct path; the ends agree to move together. */
export interface Contact {
  readonly name: 'contact';
  readonly attempt: Attempt;
  readonly endpoint: Endpoint;
  readonly rtt: Millis;
  readonly otherReady: boolean;
  readonly sendAt: Instant;
  readonly deadline: Instant;
}

/** The peer's addresses are being given to it here; whoever said COMMIT then waits for the other end to do the same. */
export interface Moving {
  readonly name: 'moving';
  readonly attempt: Attempt;
  readonly endpoint: Endpoint;
  readonly rtt: Millis;
  /** The device showed the addresses at the peer, and a direct endpoint. */
  readonly confirmed: boolean;
  /** Whether we said COMMIT; else the other end did. */
  readonly commits: boolean;
  /** The other end has moved, perhaps before our own device showed the change. */
  readonly acknowledged: boolean;
  readonly sendAt: Instant;
  readonly deadline: Instant;
}

/** Both ends send directly. */
export interface Active {
  readonly name: 'active';
  readonly attempt: Attempt;
  readonly endpoint: Endpoint;
  readonly rtt: Millis;
  readonly since: Instant;
  readonly pongAt: Instant;
  /** How much the round trip varies (RFC 6298's RTTVAR). */
  readonly rttVariation: Millis;
  /** When the pings were sent that no pong has answered since the last one that was. */
  readonly waiting: readonly Instant[];
  /** When to ping next; `undefined` while nothing moves, or while the last ping's pong is waited for. */
  readonly pingAt: Instant | undefined;
  /** When a ping of the other end last came in on the path: what it sends arrives. */
  readonly pingedAt: Instant | undefined;
  /** The follower's: in the middle between the leader's last ping and its next one. */
  readonly turnAt: Instant | undefined;
  /** `waiting` and `pingAt` for pings of full size. */
  readonly full: { readonly waiting: readonly Instant[]; readonly pingAt: Instant | undefined };
  /** Until when the path counts as carrying traffic. */
  readonly movingUntil: Instant;
  /** This machine's addresses changed under it: it is probably dead, and few misses will do, until a pong comes. */
  readonly suspect: boolean;
  /** The other end restarted: it has to agree again by then. */
  readonly reagreeBy: Instant | undefined;
}

export type State = Idle | Expecting | Inviting | Session | Probing | Contact | Moving | Active;
export type StateName = State['name'];
/** The states that belong to an attempt or to what came of one. */
export type Attempting = Exclude<State, Idle | Expecting>;

/** From each state to those that may follow it. */
export const TRANSITIONS: Readonly<Record<StateName, readonly StateName[]>> = {
  idle: ['expecting', 'inviting', 'session', 'active'],
  expecting: ['session', 'idle'],
  inviting: ['session', 'probing', 'idle'],
  session: ['probing', 'idle'],
  probing: ['contact', 'moving', 'idle'],
  contact: ['moving', 'idle'],
  moving: ['active', 'idle'],
  active: ['contact', 'idle'],
};
