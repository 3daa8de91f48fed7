/** Where a machine's leg stands: the NATs between it and the internet, and the addresses it has in front of each. */
import { familyOf, type Address, type Family } from '../core/values/address.js';
import type { Built } from './build.js';
import type { NatBehaviour } from './network/nat.js';
import type { Leg } from './network/segment.js';

export interface Place {
  readonly family: Family;
  /** The network it is plugged into. */
  readonly segment: string;
  /** Its own address first, then the outside one of each NAT. */
  readonly addresses: readonly Address[];
  /** From the nearest to the outermost. */
  readonly nats: readonly { readonly name: string; readonly behaviour: NatBehaviour }[];
  /** Whether the outermost address is one on the internet. */
  readonly online: boolean;
  /** The longest packet that fits through all cables from there to the outermost network. */
  readonly mtu: number;
}

export function placeOf(leg: Leg, { outsides, nats }: Pick<Built, 'outsides' | 'nats'>): Place {
  const addresses = [leg.address];
  const passed: Place['nats'][number][] = [];
  let outermost = leg;
  let { mtu } = leg.link;
  for (;;) {
    const { name } = outermost.segment;
    const outside = outsides.get(name);
    const nat = nats.get(name);
    if (outside === undefined || nat === undefined) break;
    addresses.push(outside.address);
    passed.push({ name, behaviour: nat.behaviour });
    outermost = outside;
    mtu = Math.min(mtu, outside.link.mtu);
  }
  return {
    family: familyOf(leg.address),
    segment: leg.segment.name,
    addresses,
    nats: passed,
    online: outermost.segment.name === 'internet',
    mtu,
  };
}

/** All addresses under which others may reach the machine. */
export const reachedAt = (places: readonly Place[]): readonly Address[] =>
  places.flatMap(({ addresses, family }) => addresses.filter((address) => familyOf(address) === family));
