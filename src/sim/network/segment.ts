/**
 * Networks: a segment is where machines reach each other without a router between them (a LAN, or the internet as a
 * whole), a leg is one machine's place on it, with the cable that leads there.
 */
import type { Address } from '../../core/values/address.js';
import type { Prefix } from '../../core/values/prefix.js';
import type { Context } from '../context.js';
import type { Cuts } from './cuts.js';
import { packetLabel, type Packet } from './packet.js';

/** A cable, the same in both directions. A packet passes the sender's and the receiver's. */
export interface Link {
  readonly latencyMs: number;
  /** Added to the latency, evenly from 0 up to this. Packets keep their order all the same. */
  readonly jitterMs: number;
  /** Probabilities, 0 to 1. */
  readonly loss: number;
  readonly duplicate: number;
  /** How likely a packet is held back by the latency once more, so that later ones overtake it. */
  readonly reorder: number;
  readonly mtu: number;
}

export const CABLE: Link = { latencyMs: 0.1, jitterMs: 0, loss: 0, duplicate: 0, reorder: 0, mtu: 1500 };

export interface Leg {
  /** The machine's name. */
  readonly owner: string;
  readonly address: Address;
  readonly network: Prefix;
  readonly segment: Segment;
  link: Link;
  receive(packet: Packet): void;
}

export class Segment {
  readonly name: string;
  /** Where packets to addresses outside go; the internet has none. */
  gateway: Leg | undefined;
  readonly #context: Context;
  readonly #cuts: Cuts;
  readonly #legs = new Map<Address, Leg>();
  /** When the last packet between two legs arrives: the next one does not overtake it. */
  readonly #lastArrival = new Map<string, number>();

  constructor(name: string, context: Context, cuts: Cuts) {
    this.name = name;
    this.#context = context;
    this.#cuts = cuts;
  }

  attach(leg: Leg): void {
    if (this.#legs.has(leg.address)) throw new Error(`two machines on ${this.name} have the address ${leg.address}`);
    this.#legs.set(leg.address, leg);
  }

  detach(leg: Leg): void {
    if (this.#legs.get(leg.address) === leg) this.#legs.delete(leg.address);
  }

  send(from: Leg, packet: Packet): void {
    const { trace, random } = this.#context;
    const label = (): string => packetLabel(packet);
    const target = this.#legs.get(packet.to) ?? (this.gateway === from ? undefined : this.gateway);
    if (target === undefined) {
      trace.drop(this.name, 'nobody has the address', label);
      return;
    }
    trace.packet(from.owner, target.owner, label);
    if (this.#cuts.separate(from.address, target.address)) trace.drop(this.name, 'cut', label);
    else if (packet.size > Math.min(from.link.mtu, target.link.mtu, this.#cuts.widest(from.address, target.address)))
      trace.drop(this.name, 'too big for the link', label);
    else if (random.chance(from.link.loss) || random.chance(target.link.loss)) trace.drop(this.name, 'lost', label);
    else {
      this.#arrive(from, target, packet);
      if (random.chance(from.link.duplicate) || random.chance(target.link.duplicate))
        this.#arrive(from, target, packet);
    }
  }

  #arrive(from: Leg, target: Leg, packet: Packet): void {
    const { scheduler, random } = this.#context;
    const latency = from.link.latencyMs + target.link.latencyMs;
    const jitter = from.link.jitterMs + target.link.jitterMs;
    const due = scheduler.now + latency + (jitter > 0 ? jitter * random.fraction() : 0);
    if (random.chance(from.link.reorder) || random.chance(target.link.reorder)) {
      scheduler.at(due + latency, () => {
        this.#hand(target, packet);
      });
      return;
    }
    const pair = `${from.address}>${target.address}`;
    const inOrder = Math.max(due, this.#lastArrival.get(pair) ?? 0);
    this.#lastArrival.set(pair, inOrder);
    scheduler.at(inOrder, () => {
      this.#hand(target, packet);
    });
  }

  #hand(target: Leg, packet: Packet): void {
    // The machine may have moved on while the packet was on its way.
    if (this.#legs.get(target.address) === target) target.receive(packet);
    else this.#context.trace.drop(this.name, 'nobody has the address', () => packetLabel(packet));
  }
}
