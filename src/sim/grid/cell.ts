/**
 * A cell of the NAT grid: two ends of a star and what stands between each of them and the internet. Data only, so that
 * the oracle, the simulator and the laboratory can all be given the same cell.
 */
import type { NatBehaviour } from '../network/nat.js';

/** A NAT, by what decides who can reach whom through it. */
export interface NatKind extends Pick<
  NatBehaviour,
  'mapping' | 'filtering' | 'ports' | 'hairpin' | 'unsolicited' | 'refreshInbound'
> {
  /** `hub-only`: UDP leaves towards the hub and towards nobody else. */
  readonly udp: 'passed' | 'hub-only' | 'blocked';
}

export interface End {
  /** The NATs in front of its IPv4 address, from the host outwards; none for a public address. */
  readonly behind: readonly NatKind[];
  /** Whether the host itself lets only answers in, on all its addresses. */
  readonly firewall: boolean;
  /** IPv6 addresses are public. An end that has both reaches the hub over IPv4. */
  readonly families: 'ipv4' | 'ipv6' | 'both';
}

export interface Cell {
  readonly one: End;
  readonly other: End;
  /** How many of the outermost NATs are one and the same box: both ends' `behind` agree in so many last places. */
  readonly shared: number;
}
