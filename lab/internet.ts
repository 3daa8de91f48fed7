/**
 * The internet of a world: one router that everybody public hangs on, each on a line of its own out of the ranges for
 * documentation, of IPv4 and of IPv6. It also breaks what the internet breaks: packets between two addresses of IPv4, in
 * one direction or both.
 */
import type { Machine } from './machine.js';
import { wire, type Leg, type Network, type PlugOptions } from './network.js';

/** Lines are /30 networks out of 198.51.100.0/24: sixty-four of them. */
const LINES = 64;

/** What still passes where the internet is narrow: too little for an interface of 1420 bytes, which sends 1480. */
const NARROW_BYTES = 1400;

const CUTS = `table ip lab {
  set cut { type ipv4_addr . ipv4_addr; }
  set narrow { type ipv4_addr . ipv4_addr; }
  chain transit {
    type filter hook forward priority filter
    ip saddr . ip daddr @cut drop
    ip saddr . ip daddr @narrow ip length > ${NARROW_BYTES} drop
  }
}
`;

export class Internet implements Network {
  readonly machine: Machine;
  #lines = 0;

  private constructor(machine: Machine) {
    this.machine = machine;
  }

  static async create(machine: Machine): Promise<Internet> {
    await machine.sysctl('net.ipv4.ip_forward=1', 'net.ipv6.conf.all.forwarding=1');
    await machine.nft(CUTS);
    return new Internet(machine);
  }

  async plug(machine: Machine, interfaceName: string, options: PlugOptions = {}): Promise<Leg> {
    const line = this.#lines++;
    if (line >= LINES) throw new Error('The internet of the lab has no free line.');
    const port = `line${line}`;
    const ipv4 = { gateway: `198.51.100.${line * 4 + 1}`, address: `198.51.100.${line * 4 + 2}/30` };
    const ipv6 = { gateway: `2001:db8:0:${line}::1`, address: `2001:db8:0:${line}::2/64` };
    const leg = await wire({ switchboard: this.machine, port, machine, interfaceName, ipv4, ipv6 }, options);
    await this.machine.ip(
      `addr add ${ipv4.gateway}/30 dev ${port}`,
      `addr add ${ipv6.gateway}/64 dev ${port} nodad`,
      `link set ${port} up`,
    );
    return leg;
  }

  async lead(prefix: string, { address6 }: Leg): Promise<void> {
    await this.machine.ip(`route add ${prefix} via ${address6}`);
  }

  /** Packets from one address to the other disappear. */
  async cutOneWay(from: string, to: string): Promise<void> {
    await this.machine.nft(`add element ip lab cut { ${from} . ${to} }`);
  }

  /** Packets between the two addresses disappear, in both directions at the same moment. */
  async cut(one: string, other: string): Promise<void> {
    await this.machine.nft(`add element ip lab cut { ${one} . ${other}, ${other} . ${one} }`);
  }

  /** Long packets between the two addresses disappear, in both directions, and nobody is told: an MTU black hole. */
  async narrow(one: string, other: string): Promise<void> {
    await this.machine.nft(`add element ip lab narrow { ${one} . ${other}, ${other} . ${one} }`);
  }

  /** Undoes all that. */
  async heal(): Promise<void> {
    await this.machine.nft('flush set ip lab cut\nflush set ip lab narrow');
  }
}
