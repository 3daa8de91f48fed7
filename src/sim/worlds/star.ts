/**
 * The machines of a random world: a hub and its spokes, each somewhere, with the addresses, routes and peers that their
 * users gave them, and mostly with an agent.
 */
import type { Link } from '../network/segment.js';
import type { Random } from '../random.js';
import type { HostSpec, NatSpec, PeerSpec, TimedStep, Uplink } from '../scenario.js';
import { Homes } from './homes.js';

export interface Star {
  readonly hosts: readonly HostSpec[];
  readonly segments: readonly string[];
  readonly nats: readonly NatSpec[];
  readonly spokes: readonly string[];
  readonly homes: Homes;
  readonly starts: readonly TimedStep[];
}

type Families = '4' | '6' | 'both';

interface Style {
  /** Of the networks outside, and of the addresses in the tunnel. */
  readonly outside: Families;
  readonly inside: Families;
  readonly hubEntry: 'covering' | 'single';
  /** Whether some spokes have a LAN behind them that the others reach through the tunnel. */
  readonly sites: boolean;
  readonly mtu: number;
}

const OFFICE = 'office';
const HUB_V4 = '198.51.100.1';
const HUB_V6 = '2a10:ffff::1';
/** Agents are started by people and init systems, not all at the same moment. */
const LAST_START_MS = 3_000;

export function drawStar(random: Random, hosts: number): Star {
  const style: Style = {
    outside: weighted(random, { '4': 70, both: 25, '6': 5 }),
    inside: weighted(random, { '4': 75, both: 20, '6': 5 }),
    hubEntry: random.pick(['covering', 'single']),
    sites: random.chance(0.2),
    mtu: random.chance(0.85) ? 1420 : 1280,
  };
  const homes = new Homes(random, { alike: random.chance(0.4), line: drawLine(random) });
  const spokes = Array.from({ length: hosts - 1 }, (_, index) => drawSpoke(random, index, hosts - 1, style, homes));
  const agents = ['hub', ...spokes.map(({ name }) => name)].filter((name) =>
    random.chance(name === 'hub' ? 0.95 : 0.93),
  );
  return {
    hosts: [hub(spokes, style), ...spokes],
    segments: [OFFICE],
    nats: homes.nats,
    spokes: spokes.map(({ name }) => name),
    homes,
    starts: agents.map((host) => ({ ms: random.between(0, LAST_START_MS), do: { kind: 'start-agent', host } })),
  };
}

/** Where a spoke may be plugged in: what it has of IPv4, of IPv6, and sometimes a cable to a LAN of several. */
export function drawUplinks(random: Random, outside: Families, homes: Homes): Uplink[] {
  const v6 = outside === '6' || (outside === 'both' && random.chance(0.6));
  const v4 = outside !== '6' && !(v6 && random.chance(0.2));
  return [...(v4 ? [random.chance(0.15) ? homes.open() : homes.behindNat()] : []), ...(v6 ? [homes.openV6()] : [])];
}

function drawSpoke(random: Random, index: number, spokes: number, style: Style, homes: Homes): HostSpec {
  const uplinks = drawUplinks(random, style.outside, homes);
  const desk = { segment: OFFICE, address: `172.31.0.${10 + index}`, network: '172.31.0.0/24' };
  const everything = random.chance(0.08);
  const v4 = uplinks.some(({ address }) => !address.includes(':'));
  const v6 = uplinks.some(({ address }) => address.includes(':'));
  return {
    name: spokeName(index),
    uplinks: [...uplinks, ...(random.chance(0.1) ? [desk] : [])],
    tunnel: addresses(index, style).map((address) => `${address}/${address.includes(':') ? 64 : 16}`),
    routes: everything ? everywhere(style) : style.sites ? ['172.20.0.0/16'] : [],
    listenPort: random.chance(0.7) ? 51820 : random.between(20_000, 60_000),
    mtu: style.mtu,
    fwmark: everything ? 51820 : 0,
    firewall: random.chance(0.3),
    peers: [hubPeer(index, spokes, style, everything, v6 && (!v4 || random.chance(0.4)))],
    connect: random.chance(0.07) ? 'manual' : 'auto',
  };
}

function hub(spokes: readonly HostSpec[], style: Style): HostSpec {
  const v4 = { segment: 'internet', address: HUB_V4, network: '198.51.100.0/24' };
  const v6 = { segment: 'internet', address: HUB_V6, network: '2a10:ffff::/64' };
  return {
    name: 'hub',
    uplinks: [...(style.outside === '6' ? [] : [v4]), ...(style.outside === '4' ? [] : [v6])],
    tunnel: hubAddresses(style).map((address) => `${address}/${address.includes(':') ? 64 : 16}`),
    routes: style.sites ? ['172.20.0.0/16'] : [],
    mtu: style.mtu,
    forward: true,
    peers: spokes.map(({ name }, index) => ({
      host: name,
      allowedIps: [...addresses(index, style).map(single), ...(hasSite(index, style) ? [site(index)] : [])],
    })),
  };
}

function hubPeer(index: number, spokes: number, style: Style, everything: boolean, overV6: boolean): PeerSpec {
  const others = Array.from({ length: spokes }, (_, other) => other).filter((other) => other !== index);
  const singles = [...hubAddresses(style), ...others.flatMap((other) => addresses(other, style))].map(single);
  const covering = [...(style.inside === '6' ? [] : ['10.9.0.0/16']), ...(style.inside === '4' ? [] : ['fd09::/64'])];
  return {
    host: 'hub',
    allowedIps: everything
      ? everywhere(style)
      : [...(style.hubEntry === 'covering' ? covering : singles), ...(style.sites ? ['172.20.0.0/16'] : [])],
    endpoint: overV6 ? `[${HUB_V6}]:51820` : `${HUB_V4}:51820`,
    keepalive: 25,
  };
}

export const spokeName = (index: number): string => `s${index + 1}`;

const hubAddresses = ({ inside }: Style): string[] => [
  ...(inside === '6' ? [] : ['10.9.0.1']),
  ...(inside === '4' ? [] : ['fd09::1']),
];

const addresses = (index: number, { inside }: Style): string[] => [
  ...(inside === '6' ? [] : [`10.9.0.${index + 2}`]),
  ...(inside === '4' ? [] : [`fd09::${(index + 2).toString(16)}`]),
];

const everywhere = ({ inside }: Style): string[] => [
  ...(inside === '6' ? [] : ['0.0.0.0/0']),
  ...(inside === '4' ? [] : ['::/0']),
];

const hasSite = (index: number, { sites, inside }: Style): boolean => sites && inside !== '6' && index % 3 === 0;
const site = (index: number): string => `172.20.${index + 1}.0/24`;
const single = (address: string): string => `${address}/${address.includes(':') ? 128 : 32}`;

function drawLine(random: Random): Partial<Link> {
  if (random.chance(0.7)) return {};
  return {
    loss: random.pick([0.002, 0.01, 0.02]),
    jitterMs: random.between(0, 20),
    duplicate: random.pick([0, 0.01]),
    reorder: random.pick([0, 0.02]),
  };
}

export function weighted<Name extends string>(random: Random, weights: Readonly<Record<Name, number>>): Name {
  const entries = Object.entries<number>(weights) as [Name, number][];
  let left = random.between(
    1,
    entries.reduce((sum, [, weight]) => sum + weight, 0),
  );
  for (const [name, weight] of entries) {
    left -= weight;
    if (left <= 0) return name;
  }
  throw new Error('bug: the weights are summed up wrongly');
}
