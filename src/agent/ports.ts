/** What the agent's loop needs of the machine. One implementation talks to Linux; tests put a made-up one in its place. */
import type { DeviceSnapshot, HostSnapshot, PeerChange, Route } from '../core/device.js';
import type { Address } from '../core/values/address.js';
import type { Instant } from '../core/values/time.js';

/** A WireGuard interface, in the kernel or in userspace. */
export interface Device {
  /** Throws `UserError('interface-missing')` once the interface is gone. */
  read(): Promise<DeviceSnapshot>;
  /** Applies one step. Rejects, having changed nothing, when the device refuses it. */
  apply(change: PeerChange): Promise<void>;
  close(): void;
}

/** The machine's addresses and routes. */
export interface Host {
  read(): Promise<HostSnapshot>;
  /** Adds the link-local address with a /64 to the interface; no error when it is there already. */
  addLinkLocal(address: Address): Promise<void>;
  removeLinkLocal(address: Address): Promise<void>;
  /** One answer for each address, in their order. */
  routes(addresses: readonly Address[], fwmark: number): Promise<readonly Route[]>;
  /** Calls back, coalesced, after links, addresses or routes of the machine changed. Answers how to stop watching. */
  watch(changed: () => void): () => void;
}

/** UDP on the link-local address of the interface, inside the tunnel. */
export interface TunnelSocket {
  send(to: Address, bytes: Uint8Array): void;
  close(): void;
}

export interface Clock {
  /** Monotonic. */
  now(): Instant;
}
