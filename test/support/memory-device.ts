/** A WireGuard interface in memory: one peer has a prefix, setting it elsewhere takes it away, lists are replaced whole. */
import { UserError } from '../../src/core/errors.js';
import type { DevicePeer, DeviceSnapshot, PeerChange } from '../../src/core/device.js';
import type { PublicKey } from '../../src/core/values/key.js';
import type { Device } from '../../src/agent/ports.js';
import { testKey } from './keys.js';

export class MemoryDevice implements Device {
  /** Called before each change; throws to have it refused. */
  beforeApply: (change: PeerChange) => void = () => undefined;
  present = true;
  readonly #peers = new Map<PublicKey, DevicePeer>();

  constructor(peers: readonly Omit<Extract<PeerChange, { kind: 'set' }>, 'kind'>[] = []) {
    for (const peer of peers) this.set({ kind: 'set', ...peer });
  }

  /** As a user would with `wg`. */
  set(change: PeerChange): void {
    if (change.kind === 'remove') {
      this.#peers.delete(change.publicKey);
      return;
    }
    if (change.existing === true && !this.#peers.has(change.publicKey)) return;
    const peer = this.#peers.get(change.publicKey) ?? emptyPeer(change.publicKey);
    const allowedIps = change.allowedIps?.toSorted() ?? peer.allowedIps;
    for (const [key, other] of this.#peers) {
      const rest = other.allowedIps.filter((prefix) => !allowedIps.includes(prefix));
      this.#peers.set(key, { ...other, allowedIps: rest });
    }
    const { endpoint = peer.endpoint, keepalive = peer.keepalive } = change;
    this.#peers.set(change.publicKey, { ...peer, endpoint, keepalive, allowedIps });
  }

  get now(): DeviceSnapshot {
    const peers = [...this.#peers.values()].sort((left, right) => (left.publicKey < right.publicKey ? -1 : 1));
    return { publicKey: testKey(255), listenPort: 51820, fwmark: 0, peers };
  }

  read(): Promise<DeviceSnapshot> {
    if (!this.present) return Promise.reject(new UserError('interface-missing', { interface: 'wg0' }));
    return Promise.resolve(this.now);
  }

  async apply(change: PeerChange): Promise<void> {
    await this.read();
    this.beforeApply(change);
    this.set(change);
  }

  leaveAnew(): Promise<void> {
    return Promise.resolve();
  }

  close(): void {
    this.present = false;
  }
}

const emptyPeer = (publicKey: PublicKey): DevicePeer => ({
  publicKey,
  endpoint: undefined,
  allowedIps: [],
  handshakeAt: undefined,
  rxBytes: 0,
  txBytes: 0,
  keepalive: 0,
});
