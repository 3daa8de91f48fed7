/** What the agent reads from the machine and what the engine may ask it to change. Facts only, no decisions. */
import type { Address } from './values/address.js';
import type { Endpoint } from './values/endpoint.js';
import type { PublicKey } from './values/key.js';
import type { Prefix } from './values/prefix.js';
import type { Instant } from './values/time.js';

/** The WireGuard interface at one moment, as `wg show dump` tells it. Holds no private and no preshared key. */
export interface DeviceSnapshot {
  readonly publicKey: PublicKey;
  readonly listenPort: number;
  /** 0 when unset. */
  readonly fwmark: number;
  /** Sorted by key. */
  readonly peers: readonly DevicePeer[];
}

export interface DevicePeer {
  readonly publicKey: PublicKey;
  readonly endpoint: Endpoint | undefined;
  /** Sorted as text. */
  readonly allowedIps: readonly Prefix[];
  /** When the last handshake was completed; `undefined` before the first. */
  readonly handshakeAt: Instant | undefined;
  /**
   * Where this machine's wall clock lies before that handshake: when it will have passed it. Until then the peer takes
   * handshakes that begin here for old ones, and refuses them.
   */
  readonly refusedUntil?: Instant;
  readonly rxBytes: number;
  readonly txBytes: number;
  /** Seconds between persistent keepalives, 0 when off. */
  readonly keepalive: number;
}

/** The machine around the interface. */
export interface HostSnapshot {
  /** Every address of every other interface that is up, and of loopback; the engine chooses among them. */
  readonly addresses: readonly HostAddress[];
  /** The addresses of the WireGuard interface itself, link-local ones among them. */
  readonly tunnel: readonly TunnelAddress[];
  /** The interface's MTU in bytes. */
  readonly mtu: number;
}

export interface HostAddress {
  readonly interface: string;
  /** The kernel's link kind (`bridge`, `veth`, `wireguard`, `tun`, …); empty for a physical one. */
  readonly kind: string;
  readonly address: Address;
  /** The network the address is in, as the interface has it. */
  readonly network: Prefix;
}

export interface TunnelAddress {
  readonly address: Address;
  readonly network: Prefix;
}

/** How the kernel would send a packet of WireGuard's own (with its fwmark) to an address. */
export interface Route {
  readonly address: Address;
  /** `tunnel`: into this very interface. `elsewhere`: out of another one. `nowhere`: no route, refused, or an address of this very machine. */
  readonly leaves: 'tunnel' | 'elsewhere' | 'nowhere';
}

/** One step on the device. The steps of one `configure` are applied in their order, each on its own. */
export type PeerChange =
  | {
      readonly kind: 'set';
      readonly publicKey: PublicKey;
      /** Changes a peer that is there, and nothing where its user has removed it meanwhile. Otherwise it is added. */
      readonly existing?: true;
      readonly endpoint?: Endpoint;
      /** The whole list that should be there afterwards. A prefix that another peer holds moves here. */
      readonly allowedIps?: readonly Prefix[];
      /** Seconds, 0 for off. */
      readonly keepalive?: number;
    }
  | { readonly kind: 'remove'; readonly publicKey: PublicKey };

/** What an earlier agent left on the device and wrote into its journal. */
export interface Adopted {
  /** Peers it had added. */
  readonly peers: readonly PublicKey[];
  /** Prefixes it had moved from a router's entry to a peer it added. */
  readonly moved: readonly MovedPrefix[];
}

export interface MovedPrefix {
  readonly prefix: Prefix;
  readonly from: PublicKey;
}
