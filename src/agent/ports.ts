/** What the agent's loop needs of the machine. One implementation talks to Linux; tests put a made-up one in its place. */
import type { Adopted, DeviceSnapshot, HostSnapshot, PeerChange, Route } from '../core/device.js';
import type { Address } from '../core/values/address.js';
import type { Instant } from '../core/values/time.js';

/** A WireGuard interface, in the kernel or in userspace. */
export interface Device {
  /** Throws `UserError('interface-missing')` once the interface is gone. */
  read(): Promise<DeviceSnapshot>;
  /** Applies one step. Rejects, having changed nothing, when the device refuses it. */
  apply(change: PeerChange): Promise<void>;
  /**
   * This machine's addresses are others now: packets leave from the one the kernel chooses, whichever they left from
   * before. Changes nothing else.
   */
  leaveAnew(): Promise<void>;
  close(): void;
}

/** The machine's addresses and routes. */
export interface Host {
  /** Throws `UserError('interface-missing')` once the interface is gone. */
  read(): Promise<HostSnapshot>;
  /**
   * Which incarnation of the interface this is: another text after `wg-quick down` and `up`, a reboot, or in another
   * network namespace. Throws `UserError('interface-missing')`.
   */
  incarnation(): Promise<string>;
  /**
   * Adds the link-local address with a /64 to the interface; no error when it is there already. Throws
   * `UserError('ipv6-disabled')`.
   */
  addLinkLocal(address: Address): Promise<void>;
  /** No error when the address, or the interface, is gone. */
  removeLinkLocal(address: Address): Promise<void>;
  /** One answer for each address, in their order. */
  routes(addresses: readonly Address[], fwmark: number): Promise<readonly Route[]>;
  /** Calls back, coalesced, after links, addresses or routes of the machine changed. Answers how to stop watching. */
  watch(changed: () => void): () => void;
}

/** UDP on the link-local address of the interface, inside the tunnel. */
export interface TunnelSocket {
  /** Never throws; what cannot be sent is lost, as on any network. */
  send(to: Address, bytes: Uint8Array): void;
  /** Datagrams the machine itself refused to send, since the socket was opened. */
  readonly unsent: number;
  close(): void;
}

export interface TunnelSocketOptions {
  readonly interface: string;
  /** The interface's own link-local address. */
  readonly address: Address;
  /** Ours, and that of every other agent. */
  readonly port: number;
  /** `from` has no zone. Only datagrams from the agents' port and of at most 1500 bytes get here. */
  readonly onDatagram: (from: Address, bytes: Uint8Array) => void;
  /**
   * The socket failed and is closed already: open another. Called at most once. An interface that was made anew leaves
   * the socket deaf without an error; `Host.incarnation` shows that.
   */
  readonly onError: (error: Error) => void;
}

/** Throws `UserError('port-taken')`, or `UserError('address-missing')` while the interface is down or has no such address. */
export type OpenTunnelSocket = (options: TunnelSocketOptions) => Promise<TunnelSocket>;

/**
 * What we changed on the interface, written to disk before each change. The methods are synchronous: when they return,
 * the disk has it.
 */
export interface Journal {
  /** What was found wrong with an earlier file, for the log. */
  readonly warnings: readonly string[];
  /** Writes down what the changes will alter of the device as it was read just before them. Then they may be applied. */
  record(changes: readonly PeerChange[], before: DeviceSnapshot): void;
  /** Writes down that the address will be added. Only for an address that is not there. */
  recordLinkLocal(address: Address): void;
  /** Forgets what is no longer as we left it. `device` must have been read after every recorded change was applied. */
  observe(device: DeviceSnapshot): void;
  /** For a restarted agent: what is still there of an earlier one's. */
  adopted(): Adopted;
  /** Everything is undone, or void: removes the file. */
  clear(): void;
}

export interface Clock {
  /** Monotonic. */
  now(): Instant;
}
