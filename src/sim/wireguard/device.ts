/**
 * A simulated WireGuard interface: finds the peer of a packet, in both directions, by index and by allowed IPs, and is
 * configured and read as a real one. What a peer does with its packets is in peer.ts.
 */
import type { DeviceSnapshot, PeerChange } from '../../core/device.js';
import { endpointAddress, endpointOf, endpointPort, type Endpoint } from '../../core/values/endpoint.js';
import type { PublicKey } from '../../core/values/key.js';
import { instant } from '../../core/values/time.js';
import type { Address } from '../../core/values/address.js';
import type { Context } from '../context.js';
import { INITIAL_TTL, packetLabel, udpSize, type Packet } from '../network/packet.js';
import { AllowedIps } from './allowed-ips.js';
import { MODULE_TRANSMITS_AFTER, STAMP_STEP } from './constants.js';
import { messageBytes, type WireguardMessage } from './message.js';
import { Peer } from './peer.js';
import type { PeerSurroundings } from './surroundings.js';

/** wireguard-go, which sends where the endpoint is when it is given a packet; or the kernel's module (constants.ts). */
export type Implementation = 'userspace' | 'module';

export interface DeviceOptions {
  readonly publicKey: PublicKey;
  readonly listenPort: number;
  readonly mtu: number;
  readonly fwmark: number;
  readonly implementation: Implementation;
}

/** What the device needs of the machine it is in. */
export interface DeviceSurroundings {
  readonly name: string;
  /** Milliseconds of the wall clock, which may jump. */
  wallClock(): number;
  whenAwake(run: () => void): void;
  /** Sends a packet of the device's own, with its fwmark; the machine finds the source address. */
  sendMarked(packet: Omit<Packet, 'from'>): void;
  /** Takes a packet that came out of the tunnel. */
  fromTunnel(packet: Packet): void;
}

/** A packet inside a tunnel inside a tunnel is meant; more than this only a loop makes. */
const MAX_DEPTH = 3;

export class Device {
  readonly options: DeviceOptions;
  readonly allowedIps = new AllowedIps();
  readonly #context: Context;
  readonly #host: DeviceSurroundings;
  readonly #surroundings: PeerSurroundings;
  readonly #peers = new Map<PublicKey, Peer>();
  /** Sorted by key, as long as they are the same. */
  #inOrder: readonly Peer[] | undefined;
  readonly #byIndex = new Map<number, Peer>();
  #revision = 0;

  constructor(options: DeviceOptions, host: DeviceSurroundings, context: Context) {
    this.options = options;
    this.#context = context;
    this.#host = host;
    const random = context.random.fork(`wireguard ${host.name}`);
    this.#surroundings = {
      scheduler: context.scheduler,
      ownKey: options.publicKey,
      mtu: options.mtu,
      fraction: () => random.fraction(),
      wallClock: () => host.wallClock(),
      stamp: () => Math.floor(host.wallClock() / STAMP_STEP),
      claimIndex: (peer) => {
        const index = context.nextIndex();
        this.#byIndex.set(index, peer);
        return index;
      },
      releaseIndex: (index) => {
        this.#byIndex.delete(index);
      },
      emit: (peer, message) => {
        this.#emit(peer, message);
      },
      accept: (peer, packet) => {
        this.#accept(peer, packet);
      },
      whenAwake: (run) => {
        host.whenAwake(run);
      },
      moved: () => {
        this.#revision++;
      },
    };
  }

  /** A packet that the machine's routes lead into this interface. */
  transmit(packet: Packet): void {
    const owner = this.allowedIps.lookup(packet.to);
    const peer = owner === undefined ? undefined : this.#peers.get(owner);
    if (peer === undefined) {
      this.#drop(packet, 'no peer has the address');
      return;
    }
    if (peer.endpoint === undefined) {
      this.#drop(packet, 'the peer has no endpoint');
      return;
    }
    if (packet.size > this.options.mtu) {
      this.#drop(packet, 'too big for the tunnel');
      return;
    }
    if (packet.depth >= MAX_DEPTH) {
      this.#context.trace.fault(this.#host.name, 'tunnel-loop');
      this.#drop(packet, 'the tunnel runs in itself');
      return;
    }
    peer.send(packet);
  }

  /** A packet that came to the listen port. */
  receive(packet: Packet): void {
    const { payload } = packet;
    if (payload.kind !== 'wireguard') return;
    const { message } = payload;
    const from = endpointOf(packet.from, packet.fromPort);
    switch (message.type) {
      case 'initiation':
        if (message.receiver === this.options.publicKey) {
          this.#peers.get(message.sender)?.receiveInitiation(message, from);
        }
        return;
      case 'response':
        this.#byIndex.get(message.receiverIndex)?.receiveResponse(message, from);
        return;
      case 'data':
        this.#byIndex.get(message.receiverIndex)?.receiveData(message, from);
    }
  }

  /** Grows when peers, their allowed IPs or their endpoints become others. */
  get revision(): number {
    return this.#revision;
  }

  /** Answers why it was refused, `undefined` when it was applied. */
  configure(change: PeerChange): string | undefined {
    if (change.publicKey === this.options.publicKey) return 'the interface cannot be its own peer';
    this.#revision++;
    const known = this.#peers.get(change.publicKey);
    if (change.kind === 'remove') {
      known?.dispose();
      this.#peers.delete(change.publicKey);
      this.#inOrder = undefined;
      this.allowedIps.remove(change.publicKey);
      return undefined;
    }
    if (known === undefined && change.existing === true) return undefined;
    const peer = known ?? new Peer(change.publicKey, this.#surroundings);
    if (known === undefined) this.#inOrder = undefined;
    this.#peers.set(change.publicKey, peer);
    if (change.endpoint !== undefined) peer.endpoint = change.endpoint;
    if (change.allowedIps !== undefined) this.allowedIps.replace(change.publicKey, change.allowedIps);
    if (change.keepalive !== undefined) peer.keepalive = change.keepalive;
    peer.flush();
    return undefined;
  }

  /** `clock` turns the world's milliseconds into the reader's. */
  snapshot(clock: (at: number) => number): DeviceSnapshot {
    const { publicKey, listenPort, fwmark } = this.options;
    const { now } = this.#context.scheduler;
    const wall = this.#host.wallClock();
    this.#inOrder ??= [...this.#peers.values()].sort((left, right) => (left.publicKey < right.publicKey ? -1 : 1));
    const peers = this.#inOrder.map((peer) => ({
      publicKey: peer.publicKey,
      endpoint: peer.endpoint,
      allowedIps: this.allowedIps.of(peer.publicKey),
      handshakeAt: peer.handshakeAt === undefined ? undefined : instant(clock(peer.handshakeAt)),
      ...(peer.handshakeWall > wall && { refusedUntil: instant(clock(now + peer.handshakeWall - wall)) }),
      rxBytes: peer.rxBytes,
      txBytes: peer.txBytes,
      keepalive: peer.keepalive,
    }));
    return { publicKey, listenPort, fwmark, peers };
  }

  has(peer: PublicKey): boolean {
    return this.#peers.has(peer);
  }

  /** The machine is about to sleep. */
  suspend(): void {
    for (const peer of this.#peers.values()) peer.suspend();
  }

  /** The interface is taken down with the machine. */
  dispose(): void {
    for (const peer of this.#peers.values()) peer.dispose();
    this.#peers.clear();
    this.#inOrder = undefined;
  }

  #emit(peer: Peer, message: WireguardMessage): void {
    const leave = (): void => {
      const { endpoint, publicKey } = peer;
      // What still waits for its turn goes with its peer.
      if (endpoint !== undefined && this.#peers.get(publicKey) === peer) this.#leave(endpoint, message);
    };
    if (this.options.implementation === 'userspace') {
      leave();
      return;
    }
    this.#context.scheduler.after(MODULE_TRANSMITS_AFTER, () => {
      this.#host.whenAwake(leave);
    });
  }

  #leave(endpoint: Endpoint, message: WireguardMessage): void {
    const to: Address = endpointAddress(endpoint);
    const depth = message.type === 'data' && message.inner !== undefined ? message.inner.depth + 1 : 1;
    this.#host.sendMarked({
      fromPort: this.options.listenPort,
      to,
      toPort: endpointPort(endpoint),
      ttl: INITIAL_TTL,
      size: udpSize(to, messageBytes(message, this.options.mtu)),
      depth,
      payload: { kind: 'wireguard', message },
    });
  }

  #accept(peer: Peer, packet: Packet): void {
    if (this.allowedIps.lookup(packet.from) === peer.publicKey) this.#host.fromTunnel(packet);
    else this.#drop(packet, 'the source is not among the allowed IPs');
  }

  #drop(packet: Packet, why: string): void {
    this.#context.trace.drop(this.#host.name, why, () => packetLabel(packet));
  }
}
