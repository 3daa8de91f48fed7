/**
 * A cell of the NAT grid made of namespaces: two spokes of a star behind such NATs as nftables can be. What it cannot be
 * is an error: a NAT that maps per destination and does not filter by port as well (conntrack knows no mapping apart from
 * the flows that use it).
 */
import type { Cell, End, NatKind } from '../src/sim/grid/cell.js';
import type { NatBehaviour } from './nat.js';
import type { Families, Network } from './network.js';
import { buildStar, type Member } from './star.js';
import { World } from './world.js';

/** A port that all spokes listen on, so that what a NAT hands to its first host arrives where WireGuard is. */
const LISTEN_PORT = 51820;

export interface LabCell {
  readonly world: World;
  readonly hub: Member;
  readonly a: Member;
  readonly b: Member;
}

/** A hub and the cell's two ends, as plain WireGuard: `a` is `one`. */
export function labCell({ one, other, shared }: Cell): Promise<LabCell> {
  return World.build(async (world) => {
    const internet = await world.internet();
    const hub = await world.host('hub', internet, { families: 'both' });
    const street = await nest(world, internet, 'shared', outermost(one, shared), hub.leg.address);
    const home = async (name: string, end: End) => {
      const { families, firewall } = end;
      const lan = await nest(world, street, `nat-${name}`, inner(end, shared), hub.leg.address, families);
      const host = await world.host(name, lan, { firewall, families });
      return { host, listenPort: LISTEN_PORT, hubOver: families === 'ipv6' ? ('ipv6' as const) : ('ipv4' as const) };
    };
    const places = [await home('a', one), await home('b', other)];
    const star = await buildStar(hub, places);
    const [a, b] = star.spokes;
    if (a === undefined || b === undefined) throw new Error('bug: a star of two spokes has two');
    return { internet, hub: star.hub, a, b };
  });
}

/** From the internet inwards. */
const outermost = ({ behind }: End, count: number): readonly NatKind[] =>
  behind.slice(behind.length - count).toReversed();
const inner = ({ behind }: End, shared: number): readonly NatKind[] =>
  behind.slice(0, behind.length - shared).toReversed();

/** `families`: what those behind it have; nothing when absent but IPv4. */
async function nest(
  world: World,
  outside: Network,
  name: string,
  kinds: readonly NatKind[],
  hub: string,
  families: Families = 'ipv4',
): Promise<Network> {
  let network = outside;
  const plug = families === 'ipv4' ? {} : ({ families: 'both' } as const);
  for (const [at, kind] of kinds.entries())
    network = await world.nat(`${name}-${at}`, network, behaviourOf(kind, hub), plug);
  return network;
}

function behaviourOf({ mapping, filtering, unsolicited, udp, hairpin }: NatKind, hub: string): NatBehaviour {
  if (mapping === 'address-dependent') throw new Error('nftables has no mapping per address');
  if (mapping === 'address-and-port-dependent' && filtering !== mapping) {
    throw new Error('conntrack has no mapping apart from its flows');
  }
  if (hairpin) throw new Error('a NAT of the laboratory turns round what is for its first host only');
  const udpOnlyTo = { passed: undefined, 'hub-only': [hub], blocked: [] }[udp];
  return { mapping, filtering, unsolicited, ...(udpOnlyTo === undefined ? {} : { udpOnlyTo }) };
}
