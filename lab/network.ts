/** How a machine gets a leg in a network: a cable, addresses, default routes. Which addresses, the network decides. */
import { Cable, type CableOptions } from './cable.js';
import type { Machine } from './machine.js';

/** Something with addresses to give: the internet, or the LAN behind a NAT. */
export interface Network {
  plug(machine: Machine, interfaceName: string, options?: PlugOptions): Promise<Leg>;
  /** Leads a prefix of IPv6 to a machine that has a leg here, so that addresses behind it are as public as its own. */
  lead(prefix: string, to: Leg): Promise<void>;
}

export type Families = 'ipv4' | 'ipv6' | 'both';

export interface PlugOptions {
  /** A cable that is slow, or bad; a good one costs nothing and cannot be changed later. */
  readonly cable?: CableOptions;
  /** IPv4 alone when absent. An address of IPv6 is public, wherever it is. */
  readonly families?: Families;
}

/** A machine's end of it. */
export interface Leg {
  readonly interface: string;
  /** Of IPv4; of IPv6 where there is no other. */
  readonly address: string;
  /** Of IPv6; empty where there is none. */
  readonly address6: string;
  /** Of the same family as `address`. */
  readonly gateway: string;
  /** Present when one was asked for. */
  readonly cable: Cable | undefined;
}

export interface Wiring {
  /** The machine that is the network, and the name of the new port on it. */
  readonly switchboard: Machine;
  readonly port: string;
  readonly machine: Machine;
  readonly interfaceName: string;
  /** What the machine gets of either family: an address with its prefix length, `198.51.100.2/30`, and who leads out. */
  readonly ipv4: Site;
  readonly ipv6: Site;
}

interface Site {
  readonly address: string;
  readonly gateway: string;
}

const withoutLength = ({ address }: Site): string => address.replace(/\/.*/, '');

/**
 * Whom an interface has found stays found. A cable stands for a way through the internet, on which nobody asks for neighbours.
 * Over one that loses a fifth, every twentieth question of ARP fails after its three tries, a scene asks six a minute, and
 * finding the neighbour again takes a second or more in a third of the cases, in which no packet passes.
 */
const knowing = (device: string): readonly string[] =>
  ['arp_cache', 'ndisc_cache'].map((table) => `ntable change name ${table} dev ${device} base_reachable ${DAY_MS}`);

const DAY_MS = 86_400_000;

/** Leads a cable from a port of the network to the machine. The port has no address yet and is down. */
export async function wire(wiring: Wiring, options: PlugOptions): Promise<Leg> {
  const { switchboard, port, machine, interfaceName, ipv4, ipv6 } = wiring;
  const families = options.families ?? 'ipv4';
  const sites = [...(families === 'ipv6' ? [] : [ipv4]), ...(families === 'ipv4' ? [] : [ipv6])];
  const far = `peer name ${interfaceName} netns ${machine.pid}`;
  const links =
    options.cable === undefined
      ? [`link add ${port} type veth ${far}`]
      : [`link add ${port} type veth peer name ${port}-a`, `link add ${port}-b type veth ${far}`];
  await switchboard.ip(...links, ...knowing(port));
  const cable =
    options.cable === undefined
      ? undefined
      : await Cable.lay(switchboard, { near: `${port}-a`, far: `${port}-b` }, options.cable);
  await machine.ip(
    ...knowing(interfaceName),
    // Nobody else has these addresses: the second in which IPv6 would look for that is not waited for.
    ...sites.map((site) => `addr add ${site.address} dev ${interfaceName}${site === ipv6 ? ' nodad' : ''}`),
    `link set ${interfaceName} up`,
    ...sites.map(({ gateway }) => `route add default via ${gateway}`),
  );
  const [first = ipv4] = sites;
  const address6 = sites.includes(ipv6) ? withoutLength(ipv6) : '';
  return { interface: interfaceName, address: withoutLength(first), address6, gateway: first.gateway, cable };
}
