/**
 * NATs, networks and hosts as RFC 4787 describes them, without time and without chance: what the oracle thinks with.
 *
 * Ports are names: the same name is the same port, and another name is one that nobody could know.
 */
import type { End, NatKind } from '../cell.js';

/** A place a packet is from, or goes to. */
export interface Spot {
  readonly address: string;
  readonly port: string;
}

interface Packet {
  readonly from: Spot;
  readonly to: Spot;
}

/** A packet that has left its sender's side and stands before the box that has its target address. */
export interface Pending {
  readonly packet: Packet;
  arrive(): void;
}

export type Drop = 'UDP is blocked' | 'UDP for the hub only' | 'no hairpin' | 'filtered' | 'nobody there';

export type Family = 4 | 6;

/** The one machine with a known address: it sees where each end comes from. */
export const HUB: Readonly<Record<Family, Spot>> = {
  4: { address: '4:hub', port: 'wireguard' },
  6: { address: '6:hub', port: 'wireguard' },
};
export const nameOf = ({ address, port }: Spot): string => `${address}:${port}`;

/** A network without a NAT inside: who is in it, and the NAT through which it reaches what is not. */
export class Net {
  readonly members = new Map<string, (packet: Packet) => void>();
  readonly #gateway: Box | undefined;
  readonly #drop: (why: Drop) => void;

  constructor(gateway: Box | undefined, drop: (why: Drop) => void) {
    this.#gateway = gateway;
    this.#drop = drop;
  }

  /** Up through the NATs until somebody has the address. */
  leave(packet: Packet): Pending | undefined {
    const member = this.members.get(packet.to.address);
    if (member !== undefined) {
      return {
        packet,
        arrive: () => {
          member(packet);
        },
      };
    }
    if (this.#gateway === undefined) this.#drop('nobody there');
    return this.#gateway?.outward(packet);
  }
}

/** A NAT with one address outside (RFC 4787's paired pooling). */
export class Box {
  readonly inside: Net;
  readonly #address: string;
  readonly #kind: NatKind;
  readonly #outside: Net;
  readonly #drop: (why: Drop) => void;
  readonly #inner = new Map<string, Spot>();
  /** Section 5: filtering goes by the inner endpoint, and by whom that has sent to. */
  readonly #sentTo = new Map<string, Set<string>>();
  /** Flows that the router holds for its own: remote end and port. */
  readonly #itsOwn = new Set<string>();

  constructor(name: string, kind: NatKind, outside: Net, drop: (why: Drop) => void) {
    this.#address = `4:${name}`;
    this.#kind = kind;
    this.#outside = outside;
    this.#drop = drop;
    this.inside = new Net(this, drop);
    outside.members.set(this.#address, (packet) => {
      this.#inward(packet);
    });
  }

  outward(packet: Packet): Pending | undefined {
    const { mapping, filtering } = this.#kind;
    const { from, to } = packet;
    const refusal = this.#refusal(to);
    if (refusal !== undefined) {
      this.#drop(refusal);
      return undefined;
    }
    // Section 4.1: one port for each inner endpoint and as much of the destination as the mapping depends on.
    const usual = `${nameOf(from)} to [${part(to, mapping)}]`;
    const port = this.#itsOwn.has(`${nameOf(to)} at ${usual}`) ? `${nameOf(from)} past ${nameOf(to)}` : usual;
    this.#inner.set(port, from);
    const sentTo = this.#sentTo.get(nameOf(from)) ?? new Set();
    this.#sentTo.set(nameOf(from), sentTo.add(part(to, filtering)));
    // Section 6: what is turned round comes from outside, as the other one knows its sender.
    const translated = { from: { address: this.#address, port }, to };
    return this.#outside.leave(translated);
  }

  #inward({ from, to }: Packet): void {
    const inner = this.#inner.get(to.port);
    const fits = inner && this.#sentTo.get(nameOf(inner))?.has(part(from, this.#kind.filtering));
    const admitted = this.#kind.filtering === 'endpoint-independent' || fits === true;
    const flow = `${nameOf(from)} at ${to.port}`;
    if (inner === undefined || !admitted || this.#itsOwn.has(flow)) {
      if (this.#kind.unsolicited === 'remembered') this.#itsOwn.add(flow);
      this.#drop('filtered');
    } else this.inside.leave({ from, to: inner })?.arrive();
  }

  #refusal(to: Spot): Drop | undefined {
    const { udp, hairpin } = this.#kind;
    if (udp === 'blocked') return 'UDP is blocked';
    if (udp === 'hub-only' && to.address !== HUB[4].address) return 'UDP for the hub only';
    return to.address === this.#address && !hairpin ? 'no hairpin' : undefined;
  }
}

/** What a NAT looks at when it depends on so much of a remote end. */
function part(remote: Spot, dependence: NatKind['mapping']): string {
  switch (dependence) {
    case 'endpoint-independent':
      return '';
    case 'address-dependent':
      return remote.address;
    case 'address-and-port-dependent':
      return nameOf(remote);
  }
}

export class Host {
  readonly own: readonly Spot[];
  /** Where each packet that was let in came from. */
  readonly arrivals: Spot[] = [];
  readonly #nets: ReadonlyMap<string, Net>;
  readonly #sentTo = new Set<string>();

  /** `nets` by the family of the address it has there. */
  constructor(name: string, { firewall }: End, nets: ReadonlyMap<Family, Net>) {
    this.own = [...nets.keys()].map((family) => ({ address: `${family}:${name}`, port: 'wireguard' }));
    this.#nets = new Map([...nets].map(([family, net]) => [String(family), net]));
    for (const { address } of this.own) {
      this.#netOf(address)?.members.set(address, ({ from }) => {
        if (!firewall || this.#sentTo.has(nameOf(from))) this.arrivals.push(from);
      });
    }
  }

  /** The family by which it reaches the hub. */
  get homeFamily(): Family {
    return this.#nets.has('4') ? 4 : 6;
  }

  get heard(): readonly Spot[] {
    return [...new Map(this.arrivals.map((spot) => [nameOf(spot), spot])).values()];
  }

  send(to: Spot): Pending | undefined {
    const from = this.own.find(({ address }) => address.charAt(0) === to.address.charAt(0));
    if (from === undefined) return undefined;
    this.#sentTo.add(nameOf(to));
    return this.#netOf(from.address)?.leave({ from, to });
  }

  #netOf(address: string): Net | undefined {
    return this.#nets.get(address.charAt(0));
  }
}
