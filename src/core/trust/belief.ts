/** What can be believed of a peer, and how a refusal looks. How they come about is beliefs.ts's. */
import type { AttributeName } from '../facts/attributes.js';
import type { Claim } from '../facts/store.js';
import type { Address } from '../values/address.js';
import type { Endpoint } from '../values/endpoint.js';
import type { PublicKey } from '../values/key.js';
import type { Prefix } from '../values/prefix.js';

export const REFUSAL_CODES = [
  'broadcast',
  'configured-peer',
  'disputed',
  'inside-tunnel',
  'link-local',
  'no-port',
  'not-first-hand',
  'not-granted',
  'not-movable',
  'not-routed',
  'not-theirs-to-say',
  'not-trusted',
  'own-address',
  'own-endpoint',
  'router-address',
  'spoofed',
  'stranger',
  'too-many',
  'unusable-address',
] as const;

export type RefusalCode = (typeof REFUSAL_CODES)[number];

/** Why something is refused: a stable word for programs, and a short sentence for people. */
export interface Refusal {
  readonly code: RefusalCode;
  readonly reason: string;
}

export interface Rejection extends Refusal {
  readonly claim: Claim;
}

export const refusal = (code: RefusalCode, reason: string): Refusal => ({ code, reason });

export interface Belief {
  readonly publicKey: PublicKey;
  readonly name?: string;
  /** Present with a name. */
  readonly namedBy?: NamedBy;
  /** A router has it on its device, or the user on ours. */
  readonly member: boolean;
  /** What may be moved to it, sorted; empty for routers and for all that the user configured on our device. */
  readonly allowedIps: readonly Prefix[];
  /** Its address in the tunnel, to which packets nested inside the tunnel can be sent through a router. */
  readonly overlay?: Address;
  /** What the routers' devices (or ours, for the user's peers) hold for it, whether or not it may be moved. Sorted. */
  readonly grants: readonly Grant[];
  /** Where it may answer: what routers see first, then what only it says. */
  readonly endpoints: readonly CandidateBelief[];
  /** From `alive`: an agent runs there. */
  readonly bootId?: string;
  /** A router says that it runs WireGuard only, and no agent of its own says otherwise. */
  readonly plain: boolean;
  /** Those of our routers that have it on their device, sorted. */
  readonly routers: readonly PublicKey[];
  /** A router has a live endpoint for it. */
  readonly seen: boolean;
  /** Granted to it, but claimed for another peer too, wholly or in part: stays with the router. */
  readonly disputed: readonly Prefix[];
  /**
   * Granted to it and routed here, but not to be moved, for whatever reason; the disputed ones are among them. While
   * there are any, a direct path loses what it sends from there: it would arrive outside its allowed IPs.
   */
  readonly withheld: readonly Prefix[];
  /** What it says of itself and nobody grants. */
  readonly notGranted: readonly Prefix[];
  /** What was said of it, by whomever, and the configuration has us refuse. Sorted. */
  readonly distrusted: readonly AttributeName[];
}

/** Who gave a peer its name: the administrator of this machine, a router about a member of its own, or the peer. */
export type NamedBy = 'configuration' | 'router' | 'itself';

export interface Grant {
  readonly prefix: Prefix;
  readonly by: readonly PublicKey[];
}

export interface CandidateBelief {
  readonly endpoint: Endpoint;
  readonly kind: 'host' | 'reflexive';
  readonly source: PublicKey;
}
