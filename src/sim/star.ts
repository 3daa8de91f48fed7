/** The standard worlds: a hub with a public address and spokes behind NATs of their own, or behind one together. */
import type { Policy } from '../core/policy.js';
import type { NatBehaviour } from './network/nat.js';
import { PORT_RESTRICTED } from './network/kinds.js';
import type { Link } from './network/segment.js';
import type { HostSpec, NatSpec, PeerSpec, Scenario, TimedStep, Uplink } from './scenario.js';
import type { Implementation } from './wireguard/device.js';
import { World, type WorldOptions } from './world.js';

export interface SpokeOptions {
  /** The NAT in front of it; `none` gives it a public address, a name puts it behind that other spoke's NAT. */
  readonly nat?: NatBehaviour | 'none' | { readonly with: string };
  /** A NAT of the carrier's between its own and the internet. */
  readonly carrier?: NatBehaviour;
  readonly firewall?: boolean;
  readonly agent?: boolean;
  readonly keepalive?: number;
  readonly connect?: 'auto' | 'manual';
  readonly policy?: Partial<Policy>;
  /** Its WireGuard's kind; userspace unless said otherwise. */
  readonly wireguard?: Implementation;
  /** Its address on its own LAN; `192.168.<number>.10` unless said otherwise. */
  readonly lan?: string;
}

export interface StarOptions extends WorldOptions, StarShape {}

export interface StarShape {
  readonly spokes: readonly SpokeOptions[];
  /** One way, on each spoke's line to the internet. 25 unless said otherwise. */
  readonly latencyMs?: number;
  /** The spokes' lines beside that. */
  readonly line?: Partial<Link>;
  /** Whether an agent runs on the hub; it does unless said otherwise. */
  readonly hubAgent?: boolean;
  /** Whether the hub's entry on the spokes is the covering prefix, or each spoke's address by itself. */
  readonly hubEntry?: 'covering' | 'single';
  /** Whether the agents start at the beginning; else somebody starts them. */
  readonly started?: boolean;
  readonly at?: readonly TimedStep[];
}

const LATENCY_MS = 25;
/** Within a LAN. */
const LAN: Partial<Link> = { latencyMs: 0.2 };
const HUB_ADDRESS = '198.51.100.1';

/** Machines are `hub`, `s1`, `s2`, …; tunnel addresses 10.9.0.1, 10.9.0.2, …; NATs `nat1`, `nat2`, … */
export function star(options: StarOptions): World {
  return new World(starScenario(options), options);
}

export function starScenario(options: StarShape): Scenario {
  const { spokes, hubAgent = true, started = true, at = [] } = options;
  const running = [
    ...(hubAgent ? ['hub'] : []),
    ...spokes.flatMap(({ agent = true }, index) => (agent ? [spokeName(index)] : [])),
  ];
  const starts = started ? running.map((host): TimedStep => ({ ms: 0, do: { kind: 'start-agent', host } })) : [];
  return {
    name: 'star',
    segments: [],
    nats: spokes.flatMap((spoke, index) => spokeNat(spoke, index, options)),
    hosts: [hub(spokes), ...spokes.map((spoke, index) => spokeHost(spoke, index, options))],
    at: [...starts, ...at],
  };
}

export const spokeName = (index: number): string => `s${index + 1}`;

const tunnelAddress = (index: number): string => `10.9.${(index + 2) >> 8}.${(index + 2) & 255}`;
const publicAddress = (index: number): string => `203.${index >> 8}.${index & 255}.2`;
const publicNetwork = (index: number): string => `203.${index >> 8}.${index & 255}.0/24`;
const lanNetwork = (index: number): string => `192.168.${(index + 1) & 255}`;

function hub(spokes: readonly SpokeOptions[]): HostSpec {
  return {
    name: 'hub',
    uplinks: [{ segment: 'internet', address: HUB_ADDRESS, network: '198.51.100.0/24' }],
    tunnel: ['10.9.0.1/16'],
    forward: true,
    peers: spokes.map((_, index) => ({ host: spokeName(index), allowedIps: [`${tunnelAddress(index)}/32`] })),
  };
}

function spokeHost(spoke: SpokeOptions, index: number, options: StarShape): HostSpec {
  const entry = options.hubEntry ?? 'covering';
  const others = options.spokes.flatMap((_, other) => (other === index ? [] : [`${tunnelAddress(other)}/32`]));
  const peer: PeerSpec = {
    host: 'hub',
    allowedIps: entry === 'covering' ? ['10.9.0.0/16'] : ['10.9.0.1/32', ...others],
    endpoint: `${HUB_ADDRESS}:51820`,
    keepalive: spoke.keepalive ?? 25,
  };
  return {
    name: spokeName(index),
    uplinks: [spokeUplink(spoke, index, options)],
    tunnel: [`${tunnelAddress(index)}/16`],
    firewall: spoke.firewall ?? false,
    peers: [peer],
    ...(spoke.connect === undefined ? {} : { connect: spoke.connect }),
    ...(spoke.policy === undefined ? {} : { policy: spoke.policy }),
    ...(spoke.wireguard === undefined ? {} : { wireguard: spoke.wireguard }),
  };
}

function spokeUplink({ nat = PORT_RESTRICTED, lan }: SpokeOptions, index: number, options: StarShape): Uplink {
  if (nat === 'none') {
    return { segment: 'internet', address: publicAddress(index), network: publicNetwork(index), link: line(options) };
  }
  const home = 'with' in nat ? options.spokes.findIndex((_, other) => spokeName(other) === nat.with) : index;
  const network = lanNetwork(home);
  return {
    segment: `nat${home + 1}`,
    address: lan ?? `${network}.${10 + (index % 240)}`,
    network: `${network}.0/24`,
    link: LAN,
  };
}

function spokeNat({ nat = PORT_RESTRICTED, carrier }: SpokeOptions, index: number, options: StarShape): NatSpec[] {
  if (nat === 'none' || 'with' in nat) return [];
  const network = lanNetwork(index);
  const inside = { address: `${network}.1`, network: `${network}.0/24`, link: LAN };
  const internet = {
    segment: 'internet',
    address: publicAddress(index),
    network: publicNetwork(index),
    link: line(options),
  };
  const name = `nat${index + 1}`;
  if (carrier === undefined) return [{ name, behaviour: nat, outside: internet, inside }];
  // Carriers number their inside by RFC 6598.
  const shared = { network: '100.64.0.0/10', link: LAN };
  return [
    { name, behaviour: nat, outside: { segment: `carrier${index + 1}`, address: '100.64.0.2', ...shared }, inside },
    {
      name: `carrier${index + 1}`,
      behaviour: carrier,
      outside: internet,
      inside: { address: '100.64.0.1', ...shared },
    },
  ];
}

const line = ({ latencyMs = LATENCY_MS, line: more = {} }: StarShape): Partial<Link> => ({ latencyMs, ...more });
