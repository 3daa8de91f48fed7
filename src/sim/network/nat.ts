/**
 * A NAT in the words of RFC 4787 (sections 4.1 mapping, 4.2 ports, 4.3 refresh, 5 filtering, 6 hairpinning). It has one
 * outside address. It decides nothing about who talks to whom; it only translates, admits and drops.
 */
import type { Address } from '../../core/values/address.js';
import type { Context } from '../context.js';
import { packetLabel, type Packet } from './packet.js';
import { choosePort, type PortAllocation } from './ports.js';
import type { Leg } from './segment.js';

export type Dependence = 'endpoint-independent' | 'address-dependent' | 'address-and-port-dependent';

export interface NatBehaviour {
  readonly mapping: Dependence;
  readonly filtering: Dependence;
  readonly ports: PortAllocation;
  /** How long a mapping, and the permission for a remote end, lasts unused. */
  readonly lifetimeMs: number;
  /** Whether inbound packets count as use, beside outbound ones. */
  readonly refreshInbound: boolean;
  readonly hairpin: boolean;
  /**
   * What becomes of a packet from outside that fits nothing. `remembered` is Linux without a drop rule: the packet makes
   * an entry for the router itself: a later flow to its sender cannot have that port any more, and what else comes from
   * there goes to the router, as long as no longer than a mapping's lifetime passes in between.
   */
  readonly unsolicited: 'dropped' | 'remembered';
  /** `onlyTo`: the one address outside that UDP may go to and come from. */
  readonly udp: 'passed' | 'blocked' | { readonly onlyTo: Address };
}

interface Mapping {
  readonly key: string;
  readonly address: Address;
  readonly innerPort: number;
  readonly port: number;
  usedAt: number;
  readonly permitted: Permissions;
}

/**
 * Remote ends that an inner endpoint sent to, as filtering tells them apart, and when last. RFC 4787 filters by inner
 * endpoint, not by mapping: what was sent through one mapping of it opens its others too.
 */
type Permissions = Map<string, number>;

/** Old permissions of one mapping are swept out when so many have come together. */
const SWEEP_AT = 256;

export class Nat {
  readonly name: string;
  readonly behaviour: NatBehaviour;
  readonly #context: Context;
  readonly #byKey = new Map<string, Mapping>();
  readonly #byPort = new Map<number, Mapping>();
  readonly #permitted = new Map<string, Permissions>();
  /** Entries of the router itself, made by unsolicited packets: `sender>port`. */
  readonly #remembered = new Map<string, number>();
  #lastPort = 0;
  #outside: Leg | undefined;
  #inside: Leg | undefined;

  constructor(name: string, behaviour: NatBehaviour, context: Context) {
    this.name = name;
    this.behaviour = behaviour;
    this.#context = context;
  }

  connect(outside: Leg, inside: Leg): void {
    this.#outside = outside;
    this.#inside = inside;
  }

  /** Forgets every mapping, as after a power cut. */
  reboot(): void {
    this.#byKey.clear();
    this.#byPort.clear();
    this.#permitted.clear();
    this.#remembered.clear();
    this.#lastPort = 0;
  }

  fromInside(packet: Packet): void {
    const outside = this.#outside;
    if (outside === undefined) return;
    if (this.#blocks(packet.to)) {
      this.#drop(packet, 'UDP is blocked');
      return;
    }
    if (packet.to === outside.address && !this.behaviour.hairpin) {
      this.#drop(packet, 'no hairpin');
      return;
    }
    const mapping = this.#mappingFor(packet);
    if (mapping === undefined) {
      this.#drop(packet, 'no port left');
      return;
    }
    this.#use(mapping, this.#remote(packet.to, packet.toPort, this.behaviour.filtering));
    const translated: Packet = { ...packet, from: outside.address, fromPort: mapping.port, ttl: packet.ttl - 1 };
    if (packet.to === outside.address) this.fromOutside(translated);
    else outside.segment.send(outside, translated);
  }

  fromOutside(packet: Packet): void {
    const inside = this.#inside;
    if (inside === undefined) return;
    if (this.#blocks(packet.from)) {
      this.#drop(packet, 'UDP is blocked');
      return;
    }
    const mapping = this.#alive(this.#byPort.get(packet.toPort));
    const remote = this.#remote(packet.from, packet.fromPort, this.behaviour.filtering);
    const routersOwn = this.#isRemembered(packet.from, packet.fromPort, packet.toPort);
    if (mapping === undefined || routersOwn || !this.#admits(mapping, remote)) {
      if (this.behaviour.unsolicited === 'remembered') {
        this.#remembered.set(`${packet.from}:${packet.fromPort}>${packet.toPort}`, this.#now);
      }
      this.#drop(packet, 'filtered by the NAT');
      return;
    }
    if (this.behaviour.refreshInbound) this.#use(mapping, remote);
    inside.segment.send(inside, { ...packet, to: mapping.address, toPort: mapping.innerPort, ttl: packet.ttl - 1 });
  }

  get #now(): number {
    return this.#context.scheduler.now;
  }

  #blocks(remote: Address): boolean {
    const { udp } = this.behaviour;
    return udp === 'blocked' || (udp !== 'passed' && udp.onlyTo !== remote);
  }

  #mappingFor(packet: Packet): Mapping | undefined {
    const source = `${packet.from}:${packet.fromPort}`;
    const key = `${source}|${this.#remote(packet.to, packet.toPort, this.behaviour.mapping)}`;
    const exception = `${source}|taken|${packet.to}:${packet.toPort}`;
    // A flow that was given another port keeps it as long as it is used.
    const found = this.#alive(this.#byKey.get(exception)) ?? this.#alive(this.#byKey.get(key));
    const usual = found ?? this.#allocate(key, packet);
    if (usual === undefined || !this.#isRemembered(packet.to, packet.toPort, usual.port)) return usual;
    return this.#allocate(exception, packet);
  }

  #isRemembered(remote: Address, remotePort: number, port: number): boolean {
    const at = this.#remembered.get(`${remote}:${remotePort}>${port}`);
    return at !== undefined && this.#now - at <= this.behaviour.lifetimeMs;
  }

  #allocate(key: string, packet: Packet): Mapping | undefined {
    const free = (port: number): boolean =>
      this.#alive(this.#byPort.get(port)) === undefined && !this.#isRemembered(packet.to, packet.toPort, port);
    const wish = { inner: packet.fromPort, host: packet.from, last: this.#lastPort };
    const port = choosePort(this.behaviour.ports, wish, free, this.#context.random);
    if (port === undefined) return undefined;
    this.#lastPort = port;
    const source = `${packet.from}:${packet.fromPort}`;
    const permitted = this.#permitted.get(source) ?? new Map<string, number>();
    this.#permitted.set(source, permitted);
    const mapping: Mapping = {
      key,
      address: packet.from,
      innerPort: packet.fromPort,
      port,
      usedAt: this.#now,
      permitted,
    };
    this.#byKey.set(key, mapping);
    this.#byPort.set(port, mapping);
    return mapping;
  }

  #alive(mapping: Mapping | undefined): Mapping | undefined {
    if (mapping === undefined || this.#now - mapping.usedAt <= this.behaviour.lifetimeMs) return mapping;
    this.#byKey.delete(mapping.key);
    this.#byPort.delete(mapping.port);
    return undefined;
  }

  #admits(mapping: Mapping, remote: string): boolean {
    if (this.behaviour.filtering === 'endpoint-independent') return true;
    const sentAt = mapping.permitted.get(remote);
    return sentAt !== undefined && this.#now - sentAt <= this.behaviour.lifetimeMs;
  }

  #use(mapping: Mapping, remote: string): void {
    mapping.usedAt = this.#now;
    mapping.permitted.set(remote, this.#now);
    if (mapping.permitted.size <= SWEEP_AT) return;
    for (const [end, at] of mapping.permitted) {
      if (this.#now - at > this.behaviour.lifetimeMs) mapping.permitted.delete(end);
    }
  }

  #remote(address: Address, port: number, dependence: Dependence): string {
    switch (dependence) {
      case 'endpoint-independent':
        return '';
      case 'address-dependent':
        return address;
      case 'address-and-port-dependent':
        return `${address}:${port}`;
    }
  }

  #drop(packet: Packet, why: string): void {
    this.#context.trace.drop(this.name, why, () => packetLabel(packet));
  }
}
