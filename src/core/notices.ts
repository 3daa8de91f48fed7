/** What the engine tells about itself: for the log, and for clients that follow an attempt or a probe. */
import type { Cause, PathKind, RefusalCode } from './views.js';
import type { Endpoint } from './values/endpoint.js';
import type { PublicKey } from './values/key.js';

export type Notice =
  /**
   * A peer's path changed from what it `was`, absent when it was not known before. `via` is the router of a relayed one.
   * `cause` says why it is not direct.
   */
  | {
      readonly type: 'path';
      readonly peer: PublicKey;
      readonly path: PathKind;
      readonly was?: PathKind;
      readonly endpoint?: Endpoint;
      readonly via?: PublicKey;
      readonly cause?: Cause;
    }
  /** One step of an attempt to connect, in the order they happen. */
  | { readonly type: 'attempt'; readonly peer: PublicKey; readonly step: AttemptStep }
  /** An agent was heard for the first time, restarted, said goodbye, or fell silent. */
  | { readonly type: 'agent'; readonly peer: PublicKey; readonly what: 'found' | 'restarted' | 'stopped' | 'silent' }
  /** A claim was refused. At most a few a second are told; all that fit are kept for `facts --rejected`. */
  | {
      readonly type: 'refused';
      readonly source: PublicKey;
      readonly subject: PublicKey;
      readonly code: RefusalCode;
      readonly reason: string;
    }
  /** The answer to a `probe`. `path` is how the reply came. */
  | {
      readonly type: 'probe-reply';
      readonly peer: PublicKey;
      readonly id: number;
      readonly rttMs: number;
      readonly path: 'direct' | 'relayed';
    }
  /** Something is not as it should be; `code` is stable. */
  | { readonly type: 'warning'; readonly code: string; readonly message: string };

/** Datagrams by which an attempt goes on, as docs/PROTOCOL.md names them. */
export type SaidMessage = 'accept' | 'ping' | 'pong' | 'prepare' | 'ready' | 'commit' | 'committed' | 'lost';

export type AttemptStep =
  /** The other end was asked to begin, through a router. */
  | { readonly what: 'invited'; readonly via: PublicKey }
  /** The other end asked us. */
  | { readonly what: 'accepted'; readonly via: PublicKey }
  /** A WireGuard session with the peer itself is up. */
  | { readonly what: 'session'; readonly through: 'router' | 'direct' }
  /** A candidate is tried, or what became of it. */
  | {
      readonly what: 'candidate';
      readonly endpoint: Endpoint;
      readonly outcome: 'tried' | 'answered' | 'no-answer' | 'skipped';
      readonly reason?: string;
    }
  /** A datagram of the attempt left for the peer, or came from it. `full`: a ping or pong as long as the MTU allows. */
  | { readonly what: 'said'; readonly by: 'us' | 'peer'; readonly message: SaidMessage; readonly full?: true }
  /** Ping and pong over a direct path. */
  | { readonly what: 'contact'; readonly endpoint: Endpoint; readonly rttMs: number }
  /** Both ends agreed and moved the peer's addresses. */
  | { readonly what: 'direct'; readonly endpoint: Endpoint; readonly tookMs: number }
  /** It ended without a direct path. */
  | { readonly what: 'failed'; readonly cause: Cause };
