/** A cell as a world of the simulator: a star of two spokes, with lines and starts drawn from the seed. */
import { parseAddress, type Address } from '../../core/values/address.js';
import { nat } from '../network/kinds.js';
import type { NatBehaviour } from '../network/nat.js';
import { Random } from '../random.js';
import type { HostSpec, NatSpec, Scenario, Uplink } from '../scenario.js';
import type { Cell, End, NatKind } from './cell.js';

const HUB = { 4: '198.51.100.1', 6: '2001:db8::1' };
/** One way, from a line in the same town to one over a satellite's. */
const LATENCIES_MS = [1, 10, 25, 80];
/** Agents are started by people and by boots: not in step. */
const LATEST_START_MS = 3_000;
/** What RFC 4787 asks for. With less even the tunnel to the hub has gaps: WireGuard puts keepalives off when it receives. */
const LIFETIME_WITHOUT_REFRESH_MS = 120_000;
/** Within a home. */
const LAN = { latencyMs: 0.2 };

/** Machines are `hub`, `s1` and `s2`. Every other seed lets the ends change places, and so who leads. */
export function cellScenario({ one, other, shared }: Cell, name: string, seed: number): Scenario {
  const random = new Random(seed, name);
  const ends = endsOf(one, other, seed);
  const latencies = [0, 1, 2].map(() => random.pick(LATENCIES_MS));
  const sites = ends.map((end, at) => siteOf(end, at + 1, shared, { latencyMs: latencies[at + 1] ?? 0 }));
  const common = sites.slice(0, 1).flatMap((first) => first.nats.slice(0, shared));
  return {
    name,
    segments: [],
    nats: [...common, ...sites.flatMap(({ nats }) => nats.slice(shared))],
    hosts: [
      {
        name: 'hub',
        uplinks: ([4, 6] as const).map((family) => ({
          segment: 'internet',
          address: HUB[family],
          network: `${HUB[family]}/${family === 4 ? 24 : 64}`,
          link: { latencyMs: latencies[0] ?? 0 },
        })),
        tunnel: ['10.9.0.1/24'],
        forward: true,
        peers: [1, 2].map(hubEntry),
      },
      ...sites.map(({ host }) => host),
    ],
    at: ['hub', 's1', 's2'].map((host) => ({
      ms: random.between(0, LATEST_START_MS),
      do: { kind: 'start-agent', host },
    })),
  };
}

/** Those at `s1` and `s2`, in this order. */
export const endsOf = (one: End, other: End, seed: number): readonly [End, End] =>
  seed % 2 === 0 ? [one, other] : [other, one];

export interface Site {
  /** From the internet inwards. */
  readonly nats: readonly NatSpec[];
  readonly host: HostSpec;
}

/** The hub's entry for the spoke of that number. */
export const hubEntry = (number: number): HostSpec['peers'][number] => ({
  host: `s${number}`,
  allowedIps: [`10.9.0.${number + 1}/32`],
});

/** The spoke of that number and its NATs; those that ends share have the same names and addresses on both sites. */
export function siteOf(end: End, number: number, shared: number, link: { readonly latencyMs: number }): Site {
  const outer = end.behind.toReversed();
  const nats = outer.map((kind, depth): NatSpec => {
    const mine = depth < shared ? 0 : number;
    const outside = place(depth, shared, number);
    return {
      name: nameOf(depth, mine),
      behaviour: behaviourOf(kind),
      outside: { ...outside, link: depth === 0 ? link : LAN },
      inside: { address: `192.168.${depth * 10 + mine}.1`, network: `192.168.${depth * 10 + mine}.0/24`, link: LAN },
    };
  });
  const four = { ...place(outer.length, shared, number), link: outer.length === 0 ? link : LAN };
  const six = { segment: 'internet', address: `2001:db8:${number}::2`, network: `2001:db8:${number}::/64`, link };
  const uplinks = [...(end.families === 'ipv6' ? [] : [four]), ...(end.families === 'ipv4' ? [] : [six])];
  const hub = end.families === 'ipv6' ? `[${HUB[6]}]:51820` : `${HUB[4]}:51820`;
  return {
    nats: end.families === 'ipv6' ? [] : nats,
    host: {
      name: `s${number}`,
      uplinks,
      tunnel: [`10.9.0.${number + 1}/24`],
      firewall: end.firewall,
      peers: [{ host: 'hub', allowedIps: ['10.9.0.0/24'], endpoint: hub, keepalive: 25 }],
    },
  };
}

/** The outer leg of whatever stands that many NATs away from the internet. */
function place(depth: number, shared: number, number: number): Uplink {
  if (depth === 0) return { segment: 'internet', address: `203.0.${number}.2`, network: `203.0.${number}.0/24` };
  const above = depth - 1 < shared ? 0 : number;
  const network = `192.168.${(depth - 1) * 10 + above}`;
  return { segment: nameOf(depth - 1, above), address: `${network}.${10 + number}`, network: `${network}.0/24` };
}

const nameOf = (depth: number, number: number): string => `nat${depth}-${number}`;

function behaviourOf({ mapping, filtering, udp, ports, hairpin, unsolicited, refreshInbound }: NatKind): NatBehaviour {
  const passed = udp === 'hub-only' ? { onlyTo: hubAddress() } : udp;
  const lasts = refreshInbound ? {} : { lifetimeMs: LIFETIME_WITHOUT_REFRESH_MS };
  return nat(mapping, filtering, { ports, hairpin, unsolicited, refreshInbound, udp: passed, ...lasts });
}

function hubAddress(): Address {
  const address = parseAddress(HUB[4]);
  if (address === undefined) throw new Error('bug: the hub has an address');
  return address;
}
