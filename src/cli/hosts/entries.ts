/**
 * Which names of peers become names of hosts, and of which addresses. A name stands for a machine from then on, in every
 * program: so only names count that the administrator or a router gave, no peer's own, and each is a single label, so
 * that it can never stand for somebody's domain.
 */
import { scopeOf, type Address } from '../../core/values/address.js';
import { holds, isHostPrefix, parsePrefix, prefixAddress } from '../../core/values/prefix.js';
import type { ClaimView, HostEntry, HostsView, PeerView } from '../../core/views.js';

/**
 * `claims` are believed ones about allowed IPs, `ownName` is what this machine calls itself. Entries by name; what has no
 * name at all is not worth a word.
 */
export function hostsOf(
  peers: readonly PeerView[],
  claims: readonly ClaimView[],
  ownName: string,
): Pick<HostsView, 'hosts' | 'leftOut'> {
  const named = peers.flatMap((peer) =>
    peer.name === undefined ? [] : [{ peer, name: peer.name, host: hostName(peer.name) }],
  );
  const own = hostName(ownName.replace(/\..*/, ''));
  const judged = named.map(({ peer, name, host }) => {
    const addresses = addressesOf(peer, claims);
    const namesakes = named.filter((other) => other.peer !== peer && other.host === host && isGiven(other.peer));
    const reason =
      whyNot(peer, host, addresses) ?? (namesakes.length > 0 ? 'another peer has that name, too' : undefined);
    return { peer, name, host, addresses, reason: host !== '' && host === own ? 'this machine has that name' : reason };
  });
  return {
    hosts: judged
      .flatMap(({ peer, host, addresses, reason }): HostEntry[] =>
        reason === undefined ? addresses.map((address) => ({ name: host, address, publicKey: peer.publicKey })) : [],
      )
      .toSorted((left, right) => compare(left.name, right.name) || compare(left.address, right.address)),
    leftOut: judged.flatMap(({ peer, name, reason }) =>
      reason === undefined ? [] : [{ publicKey: peer.publicKey, name, reason }],
    ),
  };
}

/** One label by the rules for host names (RFC 1123, 2.1), in lower case; empty when the name cannot be made one. */
export function hostName(name: string): string {
  const label = name
    .toLowerCase()
    .replaceAll(/[._]/g, '-')
    .replaceAll(/^-+|-+$/g, '');
  return /^[a-z0-9-]{1,63}$/.test(label) ? label : '';
}

function whyNot(peer: PeerView, host: string, addresses: readonly Address[]): string | undefined {
  if (!isGiven(peer)) return 'it calls itself so, and nobody else does: name it on the hub';
  if (host === '') return 'a host name has letters of ASCII, digits and hyphens, at most 63';
  if (RESERVED.test(host)) return 'that name has a meaning of its own';
  return addresses.length === 0 ? 'it has no address in the tunnel' : undefined;
}

/** By somebody who may name machines: a router is one also when it names itself. */
const isGiven = ({ namedBy, router }: PeerView): boolean => namedBy !== 'itself' || router;

/** What every /etc/hosts has, and the name by which browsers look for a proxy. */
const RESERVED = /^(localhost|broadcasthost|wpad|ip6-.*)$/;

/**
 * The single addresses that the hub or this machine has for it. A router has networks there; which addresses in them are
 * its own, it says itself.
 */
function addressesOf({ publicKey, router, allowedIps }: PeerView, claims: readonly ClaimView[]): readonly Address[] {
  const own = claims
    .filter(({ subject, source }) => router && subject === publicKey && source === publicKey)
    .flatMap(({ value }) => parsePrefix(value) ?? [])
    .filter((prefix) => allowedIps.some((network) => holds(network, prefixAddress(prefix))));
  const single = [...allowedIps, ...own].filter(isHostPrefix).map(prefixAddress);
  return [...new Set(single)].filter((address) => scopeOf(address) !== 'link-local');
}

const compare = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);
