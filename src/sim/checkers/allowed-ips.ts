/** Whose addresses are where: nothing on a peer that its hub does not grant it, and nothing without contact. */
import { linkLocal, type PublicKey } from '../../core/values/key.js';
import { covers, hostPrefix, overlaps, parsePrefix, type Prefix } from '../../core/values/prefix.js';
import type { World } from '../world.js';
import { isBeyondLinkLocal } from './devices.js';
import { Patience, perInterface, type Checker, type Peers } from './watch.js';

/**
 * What an agent gives a peer lies within what the hub's user gave that peer, at any time of this world, and belongs to
 * nobody else: neither to another peer on the same interface nor to the machine itself.
 */
export function onlyWhatIsGranted(hub: string): Checker {
  const grants = new Map<string, readonly Prefix[]>();
  const grantedTo = (name: string, world: World): readonly Prefix[] => {
    const known = grants.get(name);
    if (known !== undefined) return known;
    const spec = world.scenario.hosts.find((host) => host.name === hub)?.peers.find(({ host }) => host === name);
    const prefixes = (spec?.allowedIps ?? []).flatMap((text) => parsePrefix(text) ?? []);
    grants.set(name, prefixes);
    return prefixes;
  };
  const wrong = perInterface((peers, host, world) => {
    const added = peers.filter(({ publicKey }) => !world.isConfigured(host, publicKey));
    return [
      ...added.flatMap(({ publicKey, allowedIps }) => {
        const name = world.nameOf(publicKey);
        const granted = [hostPrefix(linkLocal(publicKey)), ...grantedTo(name, world)];
        return allowedIps
          .filter((prefix) => !granted.some((grant) => covers(grant, prefix)))
          .map((prefix) => `${host}: ${name} has ${prefix}, which nobody grants it`);
      }),
      ...sharedPrefixes(added).map(
        ([one, other, prefix]) => `${host}: ${prefix} of ${world.nameOf(one)} is also of ${world.nameOf(other)}`,
      ),
    ];
  });
  return { name: 'allowed IPs only as granted', check: (world) => wrong(world).flat() };
}

/** WireGuard itself keeps equal prefixes apart; one inside another's would be taken from it all the same. */
function sharedPrefixes(peers: Peers): (readonly [PublicKey, PublicKey, Prefix])[] {
  const all = peers.flatMap(({ publicKey, allowedIps }) => allowedIps.map((prefix) => [publicKey, prefix] as const));
  const wide = all.filter(([, prefix]) => prefix !== hostPrefix(prefix.slice(0, prefix.indexOf('/')) as never));
  return wide.flatMap(([one, outer]) =>
    all
      .filter(([other, inner]) => other !== one && overlaps(outer, inner))
      .map(([other, inner]) => [one, other, inner] as const),
  );
}

/**
 * A peer has its addresses only while it is in contact: WireGuard had a session with it before, and has heard from it
 * within `silentMs` since. On an idle path that is the time in which an agent notices that the other one is gone.
 */
export function onlyInContact(silentMs: number): Checker {
  const heard = new Map<string, { readonly rxBytes: number; readonly at: number }>();
  const patience = new Patience(0);
  return {
    name: 'allowed IPs only with contact',
    everyMs: 1_000,
    check: (world) => {
      const wrong: string[] = [];
      for (const host of world.hostNames) {
        // Who sleeps hears nobody, and once awake needs the time to notice.
        if (world.host(host).asleep) for (const key of heard.keys()) if (key.startsWith(`${host} `)) heard.delete(key);
        if (world.host(host).asleep) continue;
        for (const { publicKey, allowedIps, handshakeAt, rxBytes } of world.device(host).peers) {
          if (world.isConfigured(host, publicKey)) continue;
          const peer = world.nameOf(publicKey);
          const key = `${host} ${peer}`;
          const before = heard.get(key);
          if (!allowedIps.some(isBeyondLinkLocal)) heard.delete(key);
          else if (handshakeAt === undefined) wrong.push(`${host} gave ${peer} its addresses without a session`);
          else if (before?.rxBytes !== rxBytes) heard.set(key, { rxBytes, at: world.now });
          else if (world.now - before.at > silentMs) wrong.push(`${host} has not heard from ${peer} for long`);
        }
      }
      return patience.exhausted(world.now, wrong);
    },
  };
}
