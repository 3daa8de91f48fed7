/**
 * Which of the user's peers are routers: those through which packets to other peers go. Read from AllowedIPs, unless the
 * configuration says otherwise, so it holds before anybody has said a word. Which routers to believe in what is
 * beliefs.ts's.
 */
import type { DevicePeer, DeviceSnapshot, MovedPrefix, TunnelAddress } from '../device.js';
import { configuredPeers, isLinkLocal } from '../facts/tunnel.js';
import type { Policy } from '../policy.js';
import type { PublicKey } from '../values/key.js';
import { covers, holds, hostPrefix, type Prefix } from '../values/prefix.js';

export interface RouterInput {
  readonly device: DeviceSnapshot;
  readonly tunnel: readonly TunnelAddress[];
  /** Device peers that we added; they are never routers. */
  readonly managed: ReadonlySet<PublicKey>;
  /** Prefixes we moved from a user's entry to a managed peer; they count as the entry's. */
  readonly moved: readonly MovedPrefix[];
  readonly policy: Pick<Policy, 'peers'>;
}

/** Sorted. */
export function findRouters({ device, tunnel, managed, moved, policy }: RouterInput): readonly PublicKey[] {
  const peers = configuredPeers(device, managed, moved);
  const own = tunnel.filter(({ address }) => !isLinkLocal(hostPrefix(address)));
  const covering = peers.filter((peer) => own.some(({ address }) => peer.allowedIps.some((ip) => holds(ip, address))));
  const listing = own.flatMap(({ network }) => routersOfRange(network, peers, covering));
  const found = new Set([...covering, ...listing].map(({ publicKey }) => publicKey));
  const isRouter = (peer: PublicKey): boolean => policy.peers.get(peer)?.router ?? found.has(peer);
  return peers
    .map(({ publicKey }) => publicKey)
    .filter(isRouter)
    .toSorted();
}

/**
 * A hub that the user gave single addresses instead of their network: two or more of our range. Where another peer
 * holds one address of that range for itself, we are the hub, and a spoke with two addresses is just that.
 */
function routersOfRange(
  range: Prefix,
  peers: readonly DevicePeer[],
  covering: readonly DevicePeer[],
): readonly DevicePeer[] {
  const holders = peers
    .filter((peer) => !covering.includes(peer))
    .map((peer) => ({ peer, count: peer.allowedIps.filter((ip) => covers(range, ip)).length }))
    .filter(({ count }) => count > 0);
  return holders.every(({ count }) => count >= 2) ? holders.map(({ peer }) => peer) : [];
}
