/** NATs as they are met, by what they do. */
import type { Dependence, NatBehaviour } from './nat.js';

/** Home routers hold a UDP mapping for 30 s to some minutes; what works with 30 s works with all. */
const LIFETIME_MS = 30_000;

/** A NAT that behaves so, drops what was not asked for, and is otherwise as most are. */
export function nat(mapping: Dependence, filtering: Dependence, more: Partial<NatBehaviour> = {}): NatBehaviour {
  return {
    mapping,
    filtering,
    // One that maps per destination cannot preserve ports for long; those that do it draw them.
    ports: mapping === 'endpoint-independent' ? 'preserved' : 'random',
    lifetimeMs: LIFETIME_MS,
    refreshInbound: true,
    hairpin: false,
    unsolicited: 'dropped',
    udp: 'passed',
    ...more,
  };
}

/** What most homes have: the mapping is kept, and only who was sent to gets in. */
export const PORT_RESTRICTED = nat('endpoint-independent', 'address-and-port-dependent');
export const ADDRESS_RESTRICTED = nat('endpoint-independent', 'address-dependent');
export const FULL_CONE = nat('endpoint-independent', 'endpoint-independent');
/** A mapping of its own for each destination. */
export const SYMMETRIC = nat('address-and-port-dependent', 'address-and-port-dependent');
export const UDP_BLOCKED = nat('endpoint-independent', 'address-and-port-dependent', { udp: 'blocked' });
