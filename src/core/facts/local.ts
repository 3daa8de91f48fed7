/**
 * What this machine itself sees, as facts to tell others: about itself, about the peers the user configured on its
 * device, and for each peer how it looks from here. What others make of it is their trust's business.
 */
import type { DevicePeer, DeviceSnapshot, HostAddress, HostSnapshot, MovedPrefix } from '../device.js';
import { SESSION_LIFE } from '../limits.js';
import { scopeOf, type Address, type Scope } from '../values/address.js';
import { endpointAddress, endpointOf, isUsableAddress, type Endpoint } from '../values/endpoint.js';
import { DEFAULT_POLICY, type AddressChoice, type Announce } from '../policy.js';
import type { PublicKey } from '../values/key.js';
import { holds, hostPrefix } from '../values/prefix.js';
import { since, type Instant } from '../values/time.js';
import type { Fact } from './fact.js';
import { isTellable } from './member.js';
import { configuredPeers, insideTunnel, isLinkLocal } from './tunnel.js';

export interface LocalInput {
  readonly self: PublicKey;
  readonly device: DeviceSnapshot;
  readonly host: HostSnapshot;
  /** Device peers that we added; the others are the user's. */
  readonly managed: ReadonlySet<PublicKey>;
  /** Prefixes we moved from a user's entry to a managed peer; they are told as the entry's. */
  readonly moved: readonly MovedPrefix[];
  /** 32 hexadecimal digits. */
  readonly bootId: string;
  /** Our own name, when the configuration gives one. Here as in `names`, one too long for the wire is kept to ourselves. */
  readonly ownName?: string | undefined;
  /** Names of peers from the configuration. */
  readonly names: ReadonlyMap<PublicKey, string>;
  /** Device peers where an agent was heard. */
  readonly agents: ReadonlySet<PublicKey>;
  /** Device peers for which `isLive` holds. */
  readonly live: ReadonlySet<PublicKey>;
  readonly announce: Announce;
}

export interface LocalFacts {
  /** About this machine. */
  readonly self: readonly Fact[];
  /** About the user's peers on the device, for those who regard us as their router. */
  readonly peers: readonly Fact[];
  /** For each live peer, the endpoint at which we see it. */
  readonly observed: ReadonlyMap<PublicKey, Fact<'endpoint'>>;
}

export function localFacts(input: LocalInput): LocalFacts {
  const isInside = insideTunnel(input.device.peers, input.host.tunnel);
  const observed = observedEndpoints(input, isInside);
  return { self: factsAboutSelf(input, isInside), peers: factsAboutPeers(input, observed), observed };
}

export function isLive(peer: DevicePeer, now: Instant): boolean {
  return peer.handshakeAt !== undefined && since(peer.handshakeAt, now) < SESSION_LIFE;
}

/** Each is a probe for every peer; a machine with more has them for reasons that do not concern a tunnel. */
const MAX_HOST_CANDIDATES = 8;

/** Bridges and cables of containers and virtual machines: their addresses are the same on every machine. */
const VIRTUAL_NAMES = /^(docker|virbr|veth|cni|podman|lxc|lxd|flannel|cali|kube)|^br-[0-9a-f]{12}$/;

/** Other tunnels: a path through one would hang on it. */
const TUNNEL_KINDS: ReadonlySet<string> = new Set(['wireguard', 'tun']);

/**
 * The machine's own addresses with the listen port, global ones first. Leaves out those nobody else can reach, those that
 * the configuration keeps to ourselves, and all that `isInside` holds of: those of the tunnel.
 */
export function hostCandidates(
  host: HostSnapshot,
  listenPort: number,
  isInside: AddressTest = () => false,
  announce: Announce = DEFAULT_POLICY.announce,
): readonly Endpoint[] {
  if (listenPort === 0) return [];
  const tunnel = new Set(host.tunnel.map(({ address }) => address));
  const addresses = host.addresses
    .filter((own) => mayBeTold(own, announce))
    .map(({ address }) => address)
    .filter((address) => isUsableAddress(address) && !tunnel.has(address) && !isInside(address));
  return [...new Set(addresses)]
    .toSorted(byReach)
    .slice(0, MAX_HOST_CANDIDATES)
    .map((address) => endpointOf(address, listenPort));
}

/** An interface that is included by its name is told also when it looks like one that nobody else can reach. */
function mayBeTold(own: HostAddress, { include, exclude }: Announce): boolean {
  if (chooses(exclude, own)) return false;
  if (include !== undefined && !chooses(include, own)) return false;
  if (include?.interfaces.has(own.interface) === true) return true;
  return !TUNNEL_KINDS.has(own.kind) && !VIRTUAL_NAMES.test(own.interface);
}

const chooses = ({ interfaces, prefixes }: AddressChoice, own: HostAddress): boolean =>
  interfaces.has(own.interface) || prefixes.some((prefix) => holds(prefix, own.address));

type AddressTest = (address: Address) => boolean;

const REACH: Readonly<Partial<Record<Scope, number>>> = { global: 0, 'carrier-nat': 1, private: 2 };

function byReach(left: Address, right: Address): number {
  const byScope = (REACH[scopeOf(left)] ?? 0) - (REACH[scopeOf(right)] ?? 0);
  return byScope === 0 ? Number(left > right) - Number(left < right) : byScope;
}

function factsAboutSelf({ self, device, host, bootId, ownName, announce }: LocalInput, isInside: AddressTest): Fact[] {
  const prefixes = host.tunnel.map(({ address }) => hostPrefix(address)).filter((prefix) => !isLinkLocal(prefix));
  return [
    { subject: self, attribute: 'alive', value: bootId },
    ...(ownName === undefined || !isTellable(ownName)
      ? []
      : [{ subject: self, attribute: 'member', value: { name: ownName } } as const]),
    ...prefixes.toSorted().map((value) => ({ subject: self, attribute: 'allowed-ip', value }) as const),
    ...hostCandidates(host, device.listenPort, isInside, announce).map(
      (value) => ({ subject: self, attribute: 'endpoint', value }) as const,
    ),
  ];
}

function factsAboutPeers(
  { device, managed, moved, names, agents }: LocalInput,
  observed: LocalFacts['observed'],
): Fact[] {
  return configuredPeers(device, managed, moved).flatMap(({ publicKey: subject, allowedIps }): Fact[] => {
    const name = names.get(subject);
    const seen = observed.get(subject);
    const plain = !agents.has(subject);
    return [
      { subject, attribute: 'member', value: name === undefined || !isTellable(name) ? { plain } : { name, plain } },
      ...allowedIps.map((value) => ({ subject, attribute: 'allowed-ip', value }) as const),
      ...(seen === undefined ? [] : [seen]),
    ];
  });
}

/** Without endpoints inside the tunnel: who used one as a candidate would send packets in circles. */
function observedEndpoints({ device, live }: LocalInput, isInside: AddressTest): Map<PublicKey, Fact<'endpoint'>> {
  const observed = new Map<PublicKey, Fact<'endpoint'>>();
  for (const { publicKey: subject, endpoint: value } of device.peers) {
    if (value === undefined || !live.has(subject) || isInside(endpointAddress(value))) continue;
    observed.set(subject, { subject, attribute: 'endpoint', value });
  }
  return observed;
}
