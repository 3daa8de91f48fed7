/**
 * Places to plug machines into, drawn as they are needed: NATs of all kinds with LANs behind them, carriers' NATs with
 * homes behind those, the open internet. Hands out addresses so that no two machines on a network share one.
 */
import { nat } from '../network/kinds.js';
import type { Dependence, NatBehaviour } from '../network/nat.js';
import type { PortAllocation } from '../network/ports.js';
import type { Link } from '../network/segment.js';
import type { Random } from '../random.js';
import type { NatSpec, Uplink } from '../scenario.js';

const DEPENDENCES: readonly Dependence[] = ['endpoint-independent', 'address-dependent', 'address-and-port-dependent'];
const PORTS: readonly PortAllocation[] = ['preserved', 'sequential', 'random', 'blocks'];
/** One way, on a line to the internet. */
const LATENCIES_MS = [1, 5, 10, 25, 50, 80];
/** Ethernet, PPPoE, and a tunnel of the provider's. */
const LINE_MTUS = [1500, 1500, 1500, 1492, 1400];
/** Within a LAN. */
const LAN: Partial<Link> = { latencyMs: 0.2 };

export interface HomesOptions {
  /** Whether all homes number their LAN 192.168.1.0/24, as real ones do. */
  readonly alike: boolean;
  /** What all lines to the internet have in common. */
  readonly line: Partial<Link>;
}

interface Home {
  readonly nat: NatSpec;
  readonly lan: string;
  machines: number;
}

export class Homes {
  readonly nats: NatSpec[] = [];
  readonly #random: Random;
  readonly #options: HomesOptions;
  readonly #homes: Home[] = [];
  readonly #carriers: { readonly name: string; customers: number }[] = [];
  #lines = 0;
  #sites = 0;

  constructor(random: Random, options: HomesOptions) {
    this.#random = random;
    this.#options = options;
  }

  /** A machine's own line to the internet, without a NAT. */
  open(): Uplink {
    const { address, network } = this.publicAddress();
    return { segment: 'internet', address, network, link: this.#line() };
  }

  /** IPv6, of which everybody has their own. */
  openV6(): Uplink {
    const site = (++this.#sites).toString(16);
    return { segment: 'internet', address: `2a10:${site}::10`, network: `2a10:${site}::/64`, link: this.#line() };
  }

  /** A place behind a NAT: a home of its own, one that others live in, or one whose provider has a NAT too. */
  behindNat(): Uplink {
    const joins = this.#homes.length > 0 && this.#random.chance(0.2);
    const home = joins ? this.#random.pick(this.#homes) : this.#build();
    return {
      segment: home.nat.name,
      address: `${home.lan}.${10 + home.machines++}`,
      network: `${home.lan}.0/24`,
      link: LAN,
    };
  }

  /** Addresses nobody had before. */
  publicAddress(): { readonly address: string; readonly network: string } {
    const line = ++this.#lines;
    const network = `203.${line >> 8}.${line & 255}`;
    return { address: `${network}.2`, network: `${network}.0/24` };
  }

  #build(): Home {
    const number = this.#homes.length + 1;
    const lan = `192.168.${this.#options.alike ? 1 : number}`;
    const carried = this.#random.chance(0.15);
    const outside = carried ? this.#customer() : this.open();
    const inside = { address: `${lan}.1`, network: `${lan}.0/24`, link: LAN };
    const home: Home = {
      nat: { name: `nat${number}`, behaviour: drawNat(this.#random), outside, inside },
      lan,
      machines: 0,
    };
    this.nats.push(home.nat);
    this.#homes.push(home);
    return home;
  }

  /** A line of a carrier that has too few addresses: a NAT behind a NAT, numbered by RFC 6598. */
  #customer(): Uplink {
    const shared = this.#carriers.length > 0 && this.#random.chance(0.5);
    const carrier = shared ? this.#random.pick(this.#carriers) : this.#newCarrier();
    const address = `100.64.0.${2 + carrier.customers++}`;
    return { segment: carrier.name, address, network: '100.64.0.0/10', link: this.#line() };
  }

  #newCarrier(): { readonly name: string; customers: number } {
    const carrier = { name: `carrier${this.#carriers.length + 1}`, customers: 0 };
    const inside = { address: '100.64.0.1', network: '100.64.0.0/10', link: LAN };
    this.nats.push({ name: carrier.name, behaviour: drawNat(this.#random), outside: this.open(), inside });
    this.#carriers.push(carrier);
    return carrier;
  }

  #line(): Partial<Link> {
    return {
      latencyMs: this.#random.pick(LATENCIES_MS),
      mtu: this.#random.pick(LINE_MTUS),
      ...this.#options.line,
    };
  }
}

function drawNat(random: Random): NatBehaviour {
  return nat(random.pick(DEPENDENCES), random.pick(DEPENDENCES), {
    ports: random.pick(PORTS),
    lifetimeMs: random.pick([30_000, 60_000, 300_000]),
    refreshInbound: random.chance(0.7),
    hairpin: random.chance(0.3),
    unsolicited: random.chance(0.2) ? 'remembered' : 'dropped',
    udp: random.chance(0.03) ? 'blocked' : 'passed',
  });
}
