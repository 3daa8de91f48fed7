/**
 * A machine: its legs, its routes, its firewall, its WireGuard interface, its clocks, and the small part of an IP stack
 * that hands packets to whom they are for. Decides nothing; what runs on it is the agent's and the traffic's.
 */
import type { HostSnapshot, Route, TunnelAddress } from '../core/device.js';
import { familyOf, type Address } from '../core/values/address.js';
import { prefixOf, type Prefix } from '../core/values/prefix.js';
import type { Context } from './context.js';
import { Firewall } from './network/firewall.js';
import { packetLabel, type Packet, type Payload } from './network/packet.js';
import type { Leg } from './network/segment.js';
import { Routing, type Way } from './routing.js';
import { Device, type DeviceOptions } from './wireguard/device.js';

export interface HostOptions {
  readonly name: string;
  readonly device: DeviceOptions;
  /** The interface's own addresses; link-local ones come and go with the agent. */
  readonly tunnel: readonly TunnelAddress[];
  /** What is routed into the tunnel beside the networks of its addresses. */
  readonly routes: readonly Prefix[];
  /** Whether packets for others are passed on. */
  readonly forward: boolean;
  /** Whether only answers are let in. */
  readonly firewall: boolean;
}

/** Whoever takes packets of one kind on this machine. */
export type Listener = (packet: Packet) => void;

export class Host {
  readonly name: string;
  readonly legs: Leg[] = [];
  /** Bytes of the IP packets on all its legs since the world began. */
  readonly line = { sent: 0, received: 0 };
  /** Called some moments after the machine's addresses changed. */
  onAddresses: (() => void) | undefined;
  readonly #options: HostOptions;
  readonly #context: Context;
  readonly #routing = new Routing();
  readonly #listeners = new Map<Payload['kind'], Listener>();
  #tunnel: readonly TunnelAddress[];
  #firewall: Firewall | undefined;
  #device: Device;
  #wallOffset = 0;
  /** What the monotonic clock shows at the world's beginning: other on each machine, so that no two can be compared. */
  #monotonicOffset: number;
  #asleepSince = 0;
  #asleep = false;
  /** What came due while asleep. */
  #deferred: (() => void)[] = [];

  constructor(options: HostOptions, context: Context) {
    this.name = options.name;
    this.#options = options;
    this.#context = context;
    this.#tunnel = options.tunnel;
    this.#firewall = options.firewall ? new Firewall() : undefined;
    this.#device = new Device(options.device, this, context);
    this.#monotonicOffset = context.random.between(1000, 100_000_000);
    this.#reroute();
  }

  get device(): Device {
    return this.#device;
  }

  get asleep(): boolean {
    return this.#asleep;
  }

  /** How far this machine's monotonic clock is ahead of the world's time. It stands still while the machine sleeps. */
  get monotonicOffset(): number {
    return this.#monotonicOffset;
  }

  get tunnelAddresses(): readonly TunnelAddress[] {
    return this.#tunnel;
  }

  /** The address its users talk from, in the tunnel. */
  tunnelAddress(family: 4 | 6): Address | undefined {
    return this.#tunnel.find(({ address }) => familyOf(address) === family && !isLinkLocal(address))?.address;
  }

  listen(kind: Payload['kind'], listener: Listener | undefined): void {
    if (listener === undefined) this.#listeners.delete(kind);
    else this.#listeners.set(kind, listener);
  }

  setLegs(legs: readonly Leg[]): void {
    for (const leg of this.legs) leg.segment.detach(leg);
    this.legs.splice(0, this.legs.length, ...legs);
    for (const leg of legs) leg.segment.attach(leg);
    this.#reroute();
    this.onAddresses?.();
  }

  addLinkLocal(address: Address): void {
    const network = prefixOf(address, 64);
    if (network === undefined || this.#tunnel.some((own) => own.address === address)) return;
    this.#tunnel = [...this.#tunnel, { address, network }];
    this.#reroute();
  }

  removeLinkLocal(address: Address): void {
    this.#tunnel = this.#tunnel.filter((own) => own.address !== address);
    this.#reroute();
  }

  /** Sends from this machine; the source address is the one of the way it takes. */
  send(packet: Omit<Packet, 'from'>, marked = false): void {
    const way = this.#routing.find(packet.to, marked);
    const from = way === 'tunnel' ? this.#tunnelSource(packet.to) : way?.address;
    if (from === undefined) this.#drop(packet, 'no route');
    else this.#leave({ ...packet, from }, way);
  }

  sendMarked(packet: Omit<Packet, 'from'>): void {
    this.send(packet, true);
  }

  /** A packet that arrived on a leg. */
  fromLeg(leg: Leg, packet: Packet): void {
    this.line.received += packet.size;
    this.#arrive(packet, packet.to === leg.address);
  }

  fromTunnel(packet: Packet): void {
    this.#arrive(
      packet,
      this.#tunnel.some(({ address }) => address === packet.to),
    );
  }

  route(address: Address): Route {
    const way = this.#routing.find(address, true);
    if (way === undefined) return { address, leaves: 'nowhere' };
    return { address, leaves: way === 'tunnel' ? 'tunnel' : 'elsewhere' };
  }

  snapshot(): HostSnapshot {
    const loopback = {
      interface: 'lo',
      kind: 'loopback',
      address: '127.0.0.1' as Address,
      network: '127.0.0.0/8' as Prefix,
    };
    const legs = this.legs.map(({ address, network }, at) => ({ interface: `eth${at}`, kind: '', address, network }));
    return { addresses: [loopback, ...legs], tunnel: this.#tunnel, mtu: this.#options.device.mtu };
  }

  wallClock(): number {
    return this.#context.scheduler.now + this.#wallOffset;
  }

  /** Moves the wall clock; nothing that measures time by it goes unharmed. */
  jumpClock(byMs: number): void {
    this.#wallOffset += byMs;
  }

  /** From now on nothing runs and nothing is received. The interface loses its sessions, as the module does it. */
  sleep(): void {
    if (this.#asleep) return;
    this.device.suspend();
    this.#asleep = true;
    this.#asleepSince = this.#context.scheduler.now;
  }

  wakeUp(): void {
    if (!this.#asleep) return;
    this.#asleep = false;
    this.#monotonicOffset -= this.#context.scheduler.now - this.#asleepSince;
    const deferred = this.#deferred;
    this.#deferred = [];
    for (const run of deferred) this.whenAwake(run);
  }

  /** Comes up as from power on: a new interface without peers, clocks from the start, flows forgotten. */
  boot(): void {
    this.#device.dispose();
    this.#device = new Device(this.#options.device, this, this.#context);
    this.#tunnel = this.#options.tunnel;
    this.#firewall = this.#options.firewall ? new Firewall() : undefined;
    this.#monotonicOffset = 1000 - this.#context.scheduler.now;
    this.#asleep = false;
    this.#deferred = [];
    this.#listeners.delete('agent');
    this.#reroute();
  }

  whenAwake(run: () => void): void {
    if (this.#asleep) this.#deferred.push(run);
    else run();
  }

  #arrive(packet: Packet, own: boolean): void {
    if (this.#asleep) this.#drop(packet, 'asleep');
    else if (!own) this.#forward(packet);
    else if (this.#firewall?.admits(packet, this.#context.scheduler.now) === false) this.#drop(packet, 'firewall');
    else if (packet.payload.kind === 'wireguard') {
      if (packet.toPort === this.#options.device.listenPort) this.device.receive(packet);
    } else this.#listeners.get(packet.payload.kind)?.(packet);
  }

  #forward(packet: Packet): void {
    if (!this.#options.forward || isLinkLocal(packet.to)) {
      this.#drop(packet, 'not for this machine');
      return;
    }
    if (packet.ttl <= 1) {
      this.#context.trace.fault(this.name, 'forwarding-loop');
      this.#drop(packet, 'TTL ran out');
      return;
    }
    const way = this.#routing.find(packet.to, false);
    if (way === undefined) this.#drop(packet, 'no route');
    else this.#leave({ ...packet, ttl: packet.ttl - 1 }, way);
  }

  #leave(packet: Packet, way: Way): void {
    if (this.#asleep) return;
    this.#firewall?.sent(packet, this.#context.scheduler.now);
    if (way === 'tunnel') {
      this.device.transmit(packet);
      return;
    }
    this.line.sent += packet.size;
    way?.segment.send(way, packet);
  }

  #tunnelSource(to: Address): Address | undefined {
    const linkLocal = isLinkLocal(to);
    return this.#tunnel.find(({ address }) => familyOf(address) === familyOf(to) && isLinkLocal(address) === linkLocal)
      ?.address;
  }

  #reroute(): void {
    this.#routing.update(this.legs, [...this.#tunnel.map(({ network }) => network), ...this.#options.routes]);
  }

  #drop(packet: Omit<Packet, 'from'>, why: string): void {
    this.#context.trace.drop(this.name, why, () => packetLabel({ ...packet, from: packet.to }));
  }
}

/** As `scopeOf` has it, for the only link-local network there is here; asked for every packet. */
const isLinkLocal = (address: Address): boolean => address.startsWith('fe80:');
