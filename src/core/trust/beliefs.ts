/**
 * What is believed of all that was claimed, and what is refused and why. Beliefs say what may be done with a peer;
 * whether and when it is done is the connection's business. A peer of whom every router has fallen silent is missing
 * here: what becomes of it then is decided there too.
 */
import type { DeviceSnapshot, HostSnapshot, MovedPrefix } from '../device.js';
import type { Claim } from '../facts/store.js';
import { trustBy, type Policy } from '../policy.js';
import { configuredPeers } from '../facts/tunnel.js';
import type { Endpoint } from '../values/endpoint.js';
import { millis } from '../values/time.js';
import { shortKey, type PublicKey } from '../values/key.js';
import type { Belief, Rejection } from './belief.js';
import { ForbiddenEndpoints, ForbiddenPrefixes } from './forbidden.js';
import { Grants } from './grants.js';
import { claimsOf, hear, type Hearing } from './hearing.js';
import { judgePeer } from './peer.js';

export type { Belief, CandidateBelief, Grant, Rejection } from './belief.js';

export interface BelieveInput {
  readonly self: PublicKey;
  readonly claims: Iterable<Claim>;
  readonly device: DeviceSnapshot;
  readonly host: HostSnapshot;
  /** As `findRouters` answers. */
  readonly routers: readonly PublicKey[];
  /** Device peers that we added; the others are the user's. */
  readonly managed: ReadonlySet<PublicKey>;
  /** Prefixes we moved from a router's entry to a managed peer; every rule takes them as the router's. */
  readonly moved: readonly MovedPrefix[];
  readonly policy: Policy;
}

export interface Beliefs {
  /** Every member but ourselves, routers and the user's other peers among them, sorted by key. */
  readonly peers: ReadonlyMap<PublicKey, Belief>;
  /** Our own endpoint as our neighbours see it. For display; nothing is decided by it. */
  readonly observed: readonly { readonly by: PublicKey; readonly endpoint: Endpoint }[];
  /** Refusals, the newest first. */
  readonly rejected: readonly Rejection[];
}

/** For `facts --rejected`: enough to see what goes wrong, little enough to be read. */
export const MAX_REJECTED = 256;

/** A function of its input and nothing else. */
export function believe(input: BelieveInput): Beliefs {
  const { self, policy } = input;
  const { names } = policy;
  const configured = configuredPeers(input.device, input.managed, input.moved);
  const onDevice = new Map(configured.map((peer) => [peer.publicKey, peer]));
  const routers = new Set(input.routers);
  const trustIn = trustBy(policy, routers);
  const hearing = hear(input.claims, self, routers, new Set(onDevice.keys()), trustIn);
  for (const [key, { fromRouters }] of hearing.peers) {
    if (!onDevice.has(key)) fromRouters.push(...grantsByConfiguration(key, input));
  }
  const call = (key: PublicKey): string => names.get(key) ?? shortKey(key);
  const ofRouters = [...routers].flatMap((router) => claimsOf('allowed-ip', hearing.peers.get(router)?.own ?? []));
  const surroundings = { device: input.device, host: input.host, configured, routers, ofRouters, call };
  const granted = [...hearing.peers.values()].flatMap(({ fromRouters }) => claimsOf('allowed-ip', fromRouters));
  const grants = new Grants(granted, routers, call);
  const endpoints = new ForbiddenEndpoints(surroundings, grants);
  const ground = {
    configured: onDevice,
    routers,
    trustIn,
    names,
    self,
    grants,
    prefixes: new ForbiddenPrefixes(surroundings, policy.move),
    endpoints,
  };

  const judged = [...hearing.peers].map(([key, heard]) => judgePeer(key, heard, ground));
  const peers = judged.map(({ belief }) => [belief.publicKey, belief] as const).toSorted(byKey);
  const { observed, rejected } = observations(self, hearing, endpoints);
  const refusals = [...hearing.rejected, ...judged.flatMap((one) => one.rejected), ...rejected];
  return { peers: new Map(peers), observed, rejected: newest(refusals) };
}

/** Counts as one more router's word: where a router says otherwise, neither moves anything. Makes nobody a member. */
function grantsByConfiguration(subject: PublicKey, { self, policy }: BelieveInput): Claim[] {
  const granted = policy.peers.get(subject)?.allowedIps ?? [];
  return granted.map((value) => ({
    fact: { subject, attribute: 'allowed-ip', value },
    source: self,
    via: self,
    ttl: millis(0),
    expiresAt: undefined,
  }));
}

function observations(
  self: PublicKey,
  { observations: claims }: Hearing,
  endpoints: ForbiddenEndpoints,
): Pick<Beliefs, 'observed' | 'rejected'> {
  const observed: { by: PublicKey; endpoint: Endpoint }[] = [];
  const rejected: Rejection[] = [];
  for (const claim of claims) {
    const refused = endpoints.refusal(claim.fact.value, self);
    if (refused === undefined) observed.push({ by: claim.source, endpoint: claim.fact.value });
    else rejected.push({ claim, ...refused });
  }
  return { observed: observed.toSorted((left, right) => compareText(left.by, right.by)), rejected };
}

/** When it was last heard is when its time began to run. */
function newest(rejected: readonly Rejection[]): readonly Rejection[] {
  const heardAt = ({ claim: { expiresAt, ttl } }: Rejection): number => (expiresAt ?? ttl) - ttl;
  return rejected.toSorted((left, right) => heardAt(right) - heardAt(left)).slice(0, MAX_REJECTED);
}

const byKey = ([left]: readonly [PublicKey, Belief], [right]: readonly [PublicKey, Belief]): number =>
  compareText(left, right);

const compareText = (left: string, right: string): number => Number(left > right) - Number(left < right);
