/** A world and what happens in it, as data: machines, NATs, cables, and steps at their times. */
import type { Policy } from '../core/policy.js';
import type { NatBehaviour } from './network/nat.js';
import type { Link } from './network/segment.js';
import type { Implementation } from './wireguard/device.js';

export interface Scenario {
  readonly name: string;
  /** Networks without a NAT of their own in front. `internet` is always there, and each NAT's inside has the NAT's name. */
  readonly segments: readonly string[];
  readonly nats: readonly NatSpec[];
  readonly hosts: readonly HostSpec[];
  readonly at: readonly TimedStep[];
}

export interface Uplink {
  readonly segment: string;
  readonly address: string;
  /** The network the address is in, `192.168.1.0/24`. */
  readonly network: string;
  readonly link?: Partial<Link>;
}

export interface NatSpec {
  readonly name: string;
  readonly behaviour: NatBehaviour;
  readonly outside: Uplink;
  readonly inside: { readonly address: string; readonly network: string; readonly link?: Partial<Link> };
}

export interface HostSpec {
  readonly name: string;
  readonly uplinks: readonly Uplink[];
  /** Addresses of the WireGuard interface with their network's length, `10.9.0.2/24`. */
  readonly tunnel: readonly string[];
  /** Prefixes routed into the tunnel beside the networks of its addresses. */
  readonly routes?: readonly string[];
  readonly listenPort?: number;
  readonly mtu?: number;
  readonly fwmark?: number;
  /** Userspace unless said otherwise. */
  readonly wireguard?: Implementation;
  readonly firewall?: boolean;
  readonly forward?: boolean;
  readonly peers: readonly PeerSpec[];
  /** How its agent connects once a step starts it. */
  readonly connect?: 'auto' | 'manual';
  /** What its administrator decided beside that. */
  readonly policy?: Partial<Policy>;
}

export interface PeerSpec {
  readonly host: string;
  readonly allowedIps: readonly string[];
  readonly endpoint?: string;
  readonly keepalive?: number;
}

export interface TimedStep {
  readonly ms: number;
  readonly do: Step;
}

export type Step =
  | { readonly kind: 'start-agent' | 'stop-agent' | 'kill-agent'; readonly host: string }
  /** Everything between the two that does not go through a third machine's tunnel; `one-way` from the first only. */
  | { readonly kind: 'cut'; readonly from: string; readonly to: string; readonly oneWay?: boolean }
  /** These machines reach each other only, and the rest reach each other. */
  | { readonly kind: 'partition'; readonly hosts: readonly string[] }
  | { readonly kind: 'heal' }
  | { readonly kind: 'sleep'; readonly host: string; readonly forMs: number }
  | { readonly kind: 'jump-clock'; readonly host: string; readonly byMs: number }
  | { readonly kind: 'reboot'; readonly host: string; readonly offMs: number }
  | { readonly kind: 'move'; readonly host: string; readonly uplinks: readonly Uplink[] }
  | { readonly kind: 'reboot-nat'; readonly nat: string }
  /** Its provider gives a NAT another address outside; what it had mapped is gone. */
  | { readonly kind: 'renumber-nat'; readonly nat: string; readonly address: string; readonly network: string }
  | { readonly kind: 'connect'; readonly host: string; readonly peer: string }
  | { readonly kind: 'set-peer'; readonly host: string; readonly peer: PeerSpec }
  | { readonly kind: 'remove-peer'; readonly host: string; readonly peer: string }
  | { readonly kind: 'link'; readonly host: string; readonly link: Partial<Link> }
  /** Traffic both ways, until the world ends or for `forMs`. */
  | {
      readonly kind: 'stream';
      readonly from: string;
      readonly to: string;
      readonly perSecond: number;
      readonly forMs?: number;
    };
