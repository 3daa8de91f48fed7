/**
 * What the user's configuration leads into the tunnel, as local facts and trust both have to know it. Link-local
 * prefixes are left out throughout: every agent has its own, and they say nothing about the network.
 */
import type { DevicePeer, DeviceSnapshot, MovedPrefix, TunnelAddress } from '../device.js';
import type { Address } from '../values/address.js';
import type { PublicKey } from '../values/key.js';
import { covers, hostPrefix, parsePrefix, prefixLength, type Prefix } from '../values/prefix.js';
import { PrefixIndex } from '../values/prefix-index.js';

/** The device's peers that are the user's own, with those prefixes that we have moved from them for the time being. */
export function configuredPeers(
  device: DeviceSnapshot,
  managed: ReadonlySet<PublicKey>,
  moved: readonly MovedPrefix[],
): readonly DevicePeer[] {
  return device.peers
    .filter((peer) => !managed.has(peer.publicKey))
    .map((peer) => {
      const away = moved.filter(({ from }) => from === peer.publicKey).map(({ prefix }) => prefix);
      const allowedIps = [...new Set([...peer.allowedIps, ...away])].filter((prefix) => !isLinkLocal(prefix));
      return { ...peer, allowedIps: allowedIps.toSorted() };
    });
}

const LINK_LOCAL_NETWORKS = ['fe80::/10', '169.254.0.0/16'].map((text) => {
  const prefix = parsePrefix(text);
  if (prefix === undefined) throw new Error('bug: a constant prefix is one');
  return prefix;
});

/** Whether the prefix lies within the link-local addresses of its family. */
export const isLinkLocal = (prefix: Prefix): boolean => LINK_LOCAL_NETWORKS.some((network) => covers(network, prefix));

/** Whether the prefix has any link-local address in it. */
export const touchesLinkLocal = (prefix: Prefix): boolean =>
  LINK_LOCAL_NETWORKS.some((network) => covers(network, prefix) || covers(prefix, network));

/**
 * "Everything" is written as /0, as two halves, or as 2000::/3. A full tunnel leads every address inside, but
 * WireGuard's own packets are kept out of it, so it tells nothing about where an endpoint is.
 */
const LONGEST_EVERYTHING = 3;

export const isEverything = (prefix: Prefix): boolean => prefixLength(prefix) <= LONGEST_EVERYTHING;

/** Tells whether an address is inside the tunnel: an endpoint there would make a tunnel through itself. */
export function insideTunnel(
  peers: readonly DevicePeer[],
  tunnel: readonly TunnelAddress[],
): (address: Address) => boolean {
  const networks = [...tunnel.map(({ network }) => network), ...peers.flatMap(({ allowedIps }) => allowedIps)];
  const inner = networks.filter((prefix) => !isLinkLocal(prefix) && !isEverything(prefix));
  const index = new PrefixIndex(inner.map((prefix) => [prefix, prefix]));
  return (address) => index.covering(hostPrefix(address)).length > 0;
}
