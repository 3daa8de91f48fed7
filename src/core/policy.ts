/**
 * What the administrator of this machine decided, as plain data: whom to trust about what, who is a router, what may be
 * told, moved and connected. Where it comes from is the driver's; what it changes is applied in trust, facts and
 * connection.
 */
import type { PublicKey } from './values/key.js';
import type { Prefix } from './values/prefix.js';

export interface Policy {
  /** Names of peers, and our own; they go before what anybody claims. */
  readonly names: ReadonlyMap<PublicKey, string>;
  readonly peers: ReadonlyMap<PublicKey, PeerPolicy>;
  readonly announce: Announce;
  /** Prefixes that may move to a peer, with all inside them; `undefined` for all that are routed to a router. */
  readonly move: readonly Prefix[] | undefined;
  /**
   * To whom attempts are made unasked: everybody, nobody, or these. Others' requests, and a person's, are followed in
   * any case.
   */
  readonly connect: 'auto' | 'manual' | ReadonlySet<PublicKey>;
}

export interface PeerPolicy {
  /** What differs from the trust its place in the network gives it. */
  readonly trust: Partial<Trust>;
  /** Whether it is a router; `undefined` leaves that to its AllowedIPs. */
  readonly router: boolean | undefined;
  /** Granted to it by this machine itself, as a router would. */
  readonly allowedIps: readonly Prefix[];
}

/** About whom a peer's word counts. */
export interface Trust {
  /** At which endpoints somebody may answer. */
  readonly endpoint: 'none' | 'self' | 'anyone';
  /** Which allowed IPs are whose. `granted`: its own, within what it is granted. `anyone`: its word is a grant to others. */
  readonly allowedIps: 'none' | 'granted' | 'anyone';
  /** Who belongs to the network. */
  readonly membership: 'none' | 'anyone';
}

/** Which of the machine's own addresses may be told to others as candidates. */
export interface Announce {
  /** `undefined` for all that look reachable from elsewhere. */
  readonly include: AddressChoice | undefined;
  readonly exclude: AddressChoice;
}

export interface AddressChoice {
  readonly interfaces: ReadonlySet<string>;
  readonly prefixes: readonly Prefix[];
}

/** Without any configuration. */
export const DEFAULT_POLICY: Policy = {
  names: new Map(),
  peers: new Map(),
  announce: { include: undefined, exclude: { interfaces: new Set(), prefixes: [] } },
  move: undefined,
  connect: 'auto',
};

const ROUTERS_TRUST: Trust = { endpoint: 'anyone', allowedIps: 'anyone', membership: 'anyone' };
const PEERS_TRUST: Trust = { endpoint: 'self', allowedIps: 'granted', membership: 'none' };

export type TrustIn = (peer: PublicKey) => Trust;

export function trustBy({ peers }: Policy, routers: ReadonlySet<PublicKey>): TrustIn {
  return (peer) => ({ ...(routers.has(peer) ? ROUTERS_TRUST : PEERS_TRUST), ...peers.get(peer)?.trust });
}

/** Whether anything the peer says about third ones counts. */
export const speaksOfOthers = ({ endpoint, allowedIps, membership }: Trust): boolean =>
  [endpoint, allowedIps, membership].includes('anyone');

export const connectsUnasked = ({ connect }: Policy, peer: PublicKey): boolean =>
  typeof connect === 'string' ? connect === 'auto' : connect.has(peer);
