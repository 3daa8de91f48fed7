/** All that can happen to the engine, and all it can ask for. One way in, one way out. */
import type { DeviceSnapshot, HostSnapshot, PeerChange, Route } from './device.js';
import type { Notice } from './notices.js';
import type { Policy } from './policy.js';
import type { Address } from './values/address.js';
import type { Endpoint } from './values/endpoint.js';
import type { PublicKey } from './values/key.js';
import type { Instant } from './values/time.js';
import type { Cause } from './views.js';

export type Event =
  /**
   * The interface was read, beginning at `begun`, a moment of the same clock. `after` is the id of the last `configure`
   * that was applied (or failed) before, 0 for none.
   */
  | { readonly type: 'device'; readonly device: DeviceSnapshot; readonly begun: Instant; readonly after: number }
  /** The machine's addresses were read. */
  | { readonly type: 'host'; readonly host: HostSnapshot }
  /** A datagram arrived on the link-local address. `from` has no zone. */
  | { readonly type: 'datagram'; readonly from: Address; readonly bytes: Uint8Array }
  /** The answer to `ask-routes`. */
  | { readonly type: 'routes'; readonly routes: readonly Route[] }
  /** A `configure` could not be applied as a whole; a `device` event with the same `after` follows. */
  | { readonly type: 'configure-failed'; readonly id: number; readonly reason: string }
  /** Somebody asks for an attempt now. `endpoints` are candidates beside the known ones. */
  | { readonly type: 'connect'; readonly peer: PublicKey; readonly endpoints: readonly Endpoint[] }
  /** The endpoints that the configuration has for a peer behind a router, as far as their names were found; all of them. */
  | { readonly type: 'given'; readonly peer: PublicKey; readonly endpoints: readonly Endpoint[] }
  /** The administrator decided anew. Both take the place of what the engine was given at its start, whole. */
  | { readonly type: 'policy'; readonly policy: Policy; readonly warnings: readonly Cause[] }
  /** Somebody asks for one ping of the peer's agent; a notice of type `probe-reply` answers it, if anything does. */
  | { readonly type: 'probe'; readonly peer: PublicKey; readonly id: number }
  /** The time of `wakeAt` has come. */
  | { readonly type: 'wake' }
  /** The agent is about to end: say goodbye. A `finished` action follows within 300 ms. */
  | { readonly type: 'stop' };

export type Action =
  /** A datagram to the agent at that link-local address. Lost ones are the engine's business. */
  | { readonly type: 'send'; readonly to: Address; readonly bytes: Uint8Array }
  /** Change the device; answer with a `device` event whose `after` is this id. At most one is under way. */
  | { readonly type: 'configure'; readonly id: number; readonly changes: readonly PeerChange[] }
  /** Read the device now and answer with a `device` event. */
  | { readonly type: 'read-device' }
  /** Tell how packets with the interface's fwmark would leave for these addresses. */
  | { readonly type: 'ask-routes'; readonly addresses: readonly Address[] }
  /** Something a person or a following client may want to know. */
  | { readonly type: 'notice'; readonly notice: Notice }
  /** All is said; the agent may undo its changes and end. */
  | { readonly type: 'finished' };
