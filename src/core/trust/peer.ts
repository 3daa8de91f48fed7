/** What is believed of one peer: its own words and the routers', measured by what is granted and what is forbidden. */
import type { PublicKey } from '../values/key.js';
import type { Prefix } from '../values/prefix.js';
import { judgeAllowedIps } from './allowed-ips.js';
import type { Belief, Grant, Rejection } from './belief.js';
import { judgeEndpoints } from './candidates.js';
import type { Ground } from './ground.js';
import { claimsOf, vouchersOf, type Heard } from './hearing.js';

export function judgePeer(
  publicKey: PublicKey,
  heard: Heard,
  ground: Ground,
): { readonly belief: Belief; readonly rejected: readonly Rejection[] } {
  const named = nameOf(publicKey, heard, ground.names);
  const bootId = bootIdOf(heard);
  const prefixes = judgeAllowedIps(publicKey, heard, ground);
  const endpoints = judgeEndpoints(publicKey, heard, ground.endpoints);
  const belief: Belief = {
    publicKey,
    ...named,
    member: true,
    allowedIps: prefixes.allowedIps,
    ...(prefixes.overlay === undefined ? {} : { overlay: prefixes.overlay }),
    grants: grantsOf(publicKey, heard, ground),
    endpoints: endpoints.candidates,
    ...(bootId === undefined ? {} : { bootId }),
    plain: bootId === undefined && isCalledPlain(heard),
    routers: [...vouchersOf(heard, ground.trustIn).filter((source) => ground.routers.has(source))],
    seen: claimsOf('endpoint', heard.fromRouters).length > 0,
    disputed: prefixes.disputed,
    withheld: prefixes.withheld,
    notGranted: prefixes.notGranted,
    distrusted: distrusted(heard),
  };
  return { belief, rejected: [...prefixes.rejected, ...endpoints.rejected] };
}

/** The configuration's name for it, else a router's, else its own: names are typed in commands, and stay what they were. */
function nameOf(
  publicKey: PublicKey,
  { own, fromRouters }: Heard,
  names: Ground['names'],
): Pick<Belief, 'name' | 'namedBy'> {
  const given = names.get(publicKey);
  if (given !== undefined) return { name: given, namedBy: 'configuration' };
  const [told] = namesIn(fromRouters);
  if (told !== undefined) return { name: told, namedBy: 'router' };
  const [claimed] = namesIn(own);
  return claimed === undefined ? {} : { name: claimed, namedBy: 'itself' };
}

function namesIn(claims: Heard['own']): readonly string[] {
  const names = claimsOf('member', claims).map(({ fact }) => fact.value.name);
  return names.filter((name) => name !== undefined).toSorted();
}

/** Of two, one is from before a restart: the one that was renewed less recently, and so expires first. */
function bootIdOf({ own }: Heard): string | undefined {
  const claims = claimsOf('alive', own).map(({ fact, expiresAt }) => ({
    id: fact.value,
    until: expiresAt ?? Infinity,
  }));
  const latest = Math.max(...claims.map(({ until }) => until));
  return claims
    .filter(({ until }) => until === latest)
    .map(({ id }) => id)
    .toSorted()[0];
}

function distrusted({ rejected }: Heard): Belief['distrusted'] {
  const refused = rejected.filter(({ code }) => code === 'not-trusted').map(({ claim }) => claim.fact.attribute);
  return [...new Set(refused)].toSorted();
}

/** By a router, unless another one has heard its agent. */
function isCalledPlain({ fromRouters }: Heard): boolean {
  const said = claimsOf('member', fromRouters).map(({ fact }) => fact.value.plain);
  return said.includes(true) && !said.includes(false);
}

/** What routers' devices and the configuration hold for it, and our device for the user's own peers. */
function grantsOf(publicKey: PublicKey, { fromRouters }: Heard, { self, configured }: Ground): readonly Grant[] {
  const by = new Map<Prefix, Set<PublicKey>>();
  const grant = (prefix: Prefix, granter: PublicKey): void => {
    by.set(prefix, (by.get(prefix) ?? new Set()).add(granter));
  };
  for (const { fact, source } of claimsOf('allowed-ip', fromRouters)) grant(fact.value, source);
  for (const prefix of configured.get(publicKey)?.allowedIps ?? []) grant(prefix, self);
  return [...by.keys()].toSorted().map((prefix) => ({ prefix, by: [...(by.get(prefix) ?? [])].toSorted() }));
}
