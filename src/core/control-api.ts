/**
 * The vocabulary of the control socket: method, parameters, progress, result. Both ends are typed from here.
 *
 * One line of JSON a message. A client sends `{"id":1,"method":"peers","params":{}}`; the agent answers with any
 * number of `{"id":1,"progress":…}` and then one `{"id":1,"result":…}` or `{"id":1,"error":{"code":…,"message":…}}`.
 */
import type { EventView } from './happenings.js';
import type { AttemptStep } from './notices.js';
import type { AttributeName, ClaimView, PathKind, PeerView, SelfView, Cause, CandidateView } from './views.js';
import type { Endpoint } from './values/endpoint.js';
import type { PublicKey } from './values/key.js';

export interface ControlApi {
  readonly status: { readonly params: Empty; readonly progress: never; readonly result: StatusResult };
  readonly facts: {
    readonly params: FactsParams;
    readonly progress: never;
    readonly result: { readonly self: PublicKey; readonly facts: readonly ClaimView[] };
  };
  readonly peers: {
    readonly params: Empty;
    readonly progress: never;
    readonly result: { readonly self: SelfView; readonly peers: readonly PeerView[] };
  };
  /**
   * What happened, oldest first. With `follow` each event is progress, those after `after` first, and there is no result
   * before the client goes.
   */
  readonly events: {
    readonly params: EventsParams;
    readonly progress: EventView;
    readonly result: { readonly events: readonly EventView[] };
  };
  /** Begins an attempt and, unless `wait` is false, follows it to its end or until the time is over. */
  readonly connect: {
    readonly params: {
      readonly peer: string;
      readonly endpoints: readonly string[];
      readonly timeoutMs: number;
      readonly wait: boolean;
    };
    readonly progress: { readonly atMs: number; readonly step: AttemptStep };
    readonly result: ConnectResult;
  };
  /**
   * Has the agent read its configuration file again, as SIGHUP does, and look at the interface at once. Changes nothing
   * when the file has a mistake.
   */
  readonly reload: { readonly params: Empty; readonly progress: never; readonly result: ReloadResult };
  /** Pings a peer's agent `count` times. */
  readonly probe: {
    readonly params: {
      readonly peer: string;
      readonly count: number;
      readonly intervalMs: number;
      readonly timeoutMs: number;
    };
    readonly progress: ProbeReply;
    readonly result: ProbeResult;
  };
}

/** Which claims to show; what is left out selects all. */
export interface FactsParams {
  readonly rejected: boolean;
  /** A key, an unambiguous beginning of one, or a name: whom the claim is about. */
  readonly subject?: string;
  readonly attribute?: AttributeName;
  /** As `subject`: who said so. */
  readonly source?: string;
}

export interface EventsParams {
  readonly follow: boolean;
  /** Only events with a greater number. */
  readonly after?: number;
  /** A key, an unambiguous beginning of one, or a name. */
  readonly peer?: string;
}

export type Empty = Readonly<Record<string, never>>;
export type Method = keyof ControlApi;

export interface StatusResult {
  readonly version: string;
  readonly interface: string;
  readonly pid: number;
  readonly uptimeMs: number;
  readonly self: SelfView;
}

export interface ConnectResult {
  readonly peer: PeerView;
  readonly outcome: 'direct' | 'already-direct' | 'begun' | 'failed' | 'timeout';
  readonly tookMs: number;
  readonly endpoint?: Endpoint;
  readonly cause?: Cause;
}

export interface ReloadResult {
  /** The agent's configuration file, as an absolute path. It need not be there. */
  readonly file: string;
  readonly outcome: 'applied' | 'refused';
  /** For people: what was refused and why, or what holds only after a new start. */
  readonly message: string;
}

export interface ProbeReply {
  readonly sequence: number;
  /** Absent when no reply came in time. */
  readonly rttMs?: number;
  readonly path?: 'direct' | 'relayed';
}

export interface ProbeResult {
  readonly peer: PublicKey;
  readonly name?: string;
  readonly path: PathKind;
  readonly sent: number;
  readonly received: number;
  readonly rttMs?: { readonly min: number; readonly median: number; readonly max: number };
  readonly candidates: readonly CandidateView[];
  readonly cause?: Cause;
}

export interface ControlRequest<Name extends Method = Method> {
  readonly id: number;
  readonly method: Name;
  readonly params: ControlApi[Name]['params'];
}

export type ControlReply =
  | { readonly id: number; readonly progress: unknown }
  | { readonly id: number; readonly result: unknown }
  /** `id` is null when there is no telling which request it was; the agent closes the connection then. */
  | { readonly id: number | null; readonly error: ControlError };

/** An error a person can mend. Codes and texts are in `src/core/errors.ts`. */
export interface ControlError {
  readonly code: string;
  readonly message: string;
  readonly help?: string;
}
