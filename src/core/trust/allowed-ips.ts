/**
 * Which allowed IPs may be moved to a peer: what routers grant it and what it says of itself within that, unless it is
 * contested or forbidden. Routers and the user's own peers are never given any.
 */
import type { DevicePeer } from '../device.js';
import { isLinkLocal } from '../facts/tunnel.js';
import { familyOf, type Address } from '../values/address.js';
import { linkLocal, type PublicKey } from '../values/key.js';
import { covers, hostPrefix, isHostPrefix, prefixAddress, type Prefix } from '../values/prefix.js';
import { PrefixIndex } from '../values/prefix-index.js';
import { refusal, type Refusal, type Rejection } from './belief.js';
import type { Grants } from './grants.js';
import { claimsOf, type ClaimOf, type Heard } from './hearing.js';
import type { Ground } from './ground.js';

/** What one peer can put on our device. More is a routing table, and belongs on the router. */
export const MAX_ALLOWED_IPS = 64;

const TOO_MANY = refusal('too-many', `more than ${MAX_ALLOWED_IPS} allowed IPs`);

export interface AllowedIps {
  readonly allowedIps: readonly Prefix[];
  readonly overlay: Address | undefined;
  readonly disputed: readonly Prefix[];
  readonly withheld: readonly Prefix[];
  readonly notGranted: readonly Prefix[];
  readonly rejected: readonly Rejection[];
}

export function judgeAllowedIps(key: PublicKey, heard: Heard, ground: Ground): AllowedIps {
  const configured = ground.configured.get(key);
  if (ground.routers.has(key)) return NO_PREFIXES;
  return configured === undefined
    ? movablePrefixes(key, heard, ground)
    : configuredPrefixes(key, heard, ground, configured);
}

const NO_PREFIXES: AllowedIps = {
  allowedIps: [],
  overlay: undefined,
  disputed: [],
  withheld: [],
  notGranted: [],
  rejected: [],
};

/** What the user configured stays as it is: there is only to see whether the peer claims more than it was given. */
function configuredPrefixes(key: PublicKey, heard: Heard, { grants }: Ground, { allowedIps }: DevicePeer): AllowedIps {
  const beyond = prefixClaims(key, heard.own).filter(
    ({ fact }) => !allowedIps.some((given) => covers(given, fact.value)),
  );
  const { refused } = sift(beyond, (prefix) => grants.refusalOfOwn(prefix, key));
  return { ...NO_PREFIXES, notGranted: notGranted(key, beyond, grants), rejected: refused };
}

function movablePrefixes(key: PublicKey, heard: Heard, { grants, prefixes }: Ground): AllowedIps {
  const granted = prefixClaims(key, heard.fromRouters);
  const claimed = prefixClaims(key, heard.own);
  const ofRouters = sift(granted, (prefix) => prefixes.refusal(prefix) ?? grants.contest(prefix));
  const ofItself = sift(claimed, (prefix) => prefixes.refusal(prefix) ?? grants.refusalOfOwn(prefix, key));

  const accepted = [...ofRouters.accepted, ...ofItself.accepted];
  const allowedIps = widest(accepted.map(valueOf)).slice(0, MAX_ALLOWED_IPS);
  const index = new PrefixIndex(allowedIps.map((prefix) => [prefix, prefix]));
  const isMoved = (prefix: Prefix): boolean => index.covering(prefix).length > 0;
  const surplus = sift(accepted, (prefix) => (isMoved(prefix) ? undefined : TOO_MANY));
  const grantedPrefixes = sorted(granted.map(valueOf));
  return {
    allowedIps,
    overlay: hostAmong(ofItself.accepted.map(valueOf)) ?? hostAmong(ofRouters.accepted.map(valueOf)),
    disputed: grantedPrefixes.filter((prefix) => grants.contest(prefix) !== undefined),
    withheld: grantedPrefixes.filter((prefix) => !isMoved(prefix) && prefixes.isRouted(prefix)),
    notGranted: notGranted(key, claimed, grants),
    rejected: [...ofRouters.refused, ...ofItself.refused, ...surplus.refused],
  };
}

function sift(
  claims: readonly ClaimOf<'allowed-ip'>[],
  refusalOf: (prefix: Prefix) => Refusal | undefined,
): { readonly accepted: readonly ClaimOf<'allowed-ip'>[]; readonly refused: readonly Rejection[] } {
  const accepted: ClaimOf<'allowed-ip'>[] = [];
  const refused: Rejection[] = [];
  for (const claim of claims) {
    const found = refusalOf(claim.fact.value);
    if (found === undefined) accepted.push(claim);
    else refused.push({ claim, code: found.code, reason: found.reason });
  }
  return { accepted, refused };
}

function notGranted(key: PublicKey, claims: readonly ClaimOf<'allowed-ip'>[], grants: Grants): readonly Prefix[] {
  return sorted(claims.map(valueOf)).filter((prefix) => grants.refusalOfOwn(prefix, key)?.granted === false);
}

/** Without the peer's own link-local address: it is on the peer anyway. */
function prefixClaims(key: PublicKey, claims: Heard['own']): ClaimOf<'allowed-ip'>[] {
  return claimsOf('allowed-ip', claims).filter(
    ({ fact: { value } }) => !isLinkLocal(value) || value !== hostPrefix(linkLocal(key)),
  );
}

const valueOf = ({ fact }: ClaimOf<'allowed-ip'>): Prefix => fact.value;

const sorted = (prefixes: readonly Prefix[]): readonly Prefix[] => [...new Set(prefixes)].toSorted();

/** Without those that lie in another of the same peer; sorted. */
function widest(prefixes: readonly Prefix[]): readonly Prefix[] {
  const index = new PrefixIndex(prefixes.map((prefix) => [prefix, prefix]));
  return sorted(prefixes).filter((prefix) => index.covering(prefix).length === 1);
}

/** The address of a single host, of IPv4 rather: it costs nested packets 20 bytes less. */
function hostAmong(prefixes: readonly Prefix[]): Address | undefined {
  const hosts = sorted(prefixes).filter(isHostPrefix).map(prefixAddress);
  return hosts.find((address) => familyOf(address) === 4) ?? hosts[0];
}
