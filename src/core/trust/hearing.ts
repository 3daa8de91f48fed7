/** Sorts all claims by whom they are about and as whose word they count; who is no member is not listened to further. */
import type { AttributeName, Fact } from '../facts/fact.js';
import type { Claim } from '../facts/store.js';
import type { TrustIn } from '../policy.js';
import type { PublicKey } from '../values/key.js';
import { refusal, type Rejection } from './belief.js';
import { voiceOf } from './voices.js';

export type ClaimOf<Name extends AttributeName> = Claim & { readonly fact: Fact<Name> };

export interface Hearing {
  /** Every member but ourselves. */
  readonly peers: ReadonlyMap<PublicKey, Heard>;
  /** What neighbours say of our endpoint. */
  readonly observations: readonly ClaimOf<'endpoint'>[];
  readonly rejected: readonly Rejection[];
}

/** What was said about one peer. */
export interface Heard {
  /** By itself. */
  readonly own: Claim[];
  /** By routers and those trusted like them, first hand. */
  readonly fromRouters: Claim[];
}

const STRANGER = refusal('stranger', 'no router has this peer on its device');

/** A member is who is on a router's device, or one of the user's own peers (`configured`) on ours. */
export function hear(
  claims: Iterable<Claim>,
  self: PublicKey,
  routers: ReadonlySet<PublicKey>,
  configured: ReadonlySet<PublicKey>,
  trustIn: TrustIn,
): Hearing {
  const peers = new Map<PublicKey, Heard>([...configured].map((key) => [key, { own: [], fromRouters: [] }]));
  const observations: ClaimOf<'endpoint'>[] = [];
  const rejected: Rejection[] = [];
  for (const claim of claims) {
    const voice = voiceOf(claim, self, routers, trustIn);
    switch (voice.kind) {
      case 'subject':
        heardOf(peers, claim).own.push(claim);
        break;
      case 'router':
        heardOf(peers, claim).fromRouters.push(claim);
        break;
      case 'observer':
        if (speaksOf(claim, 'endpoint')) observations.push(claim);
        break;
      case 'refused':
        rejected.push({ claim, code: voice.code, reason: voice.reason });
        break;
      case 'unused':
        break;
    }
  }
  for (const [key, heard] of peers) {
    if (configured.has(key) || vouchersOf(heard, trustIn).length > 0) continue;
    peers.delete(key);
    const strangers = [...heard.own, ...heard.fromRouters];
    rejected.push(...strangers.map((claim) => ({ claim, ...STRANGER })));
  }
  return { peers, observations, rejected };
}

/** Those on whose device the peer is, and whose word on that counts, sorted: an endpoint alone does not say so. */
export function vouchersOf({ fromRouters }: Heard, trustIn: TrustIn): readonly PublicKey[] {
  const telling = fromRouters.filter((claim) => speaksOf(claim, 'member') || speaksOf(claim, 'allowed-ip'));
  const sources = new Set(telling.map(({ source }) => source));
  return [...sources].filter((source) => trustIn(source).membership === 'anyone').toSorted();
}

export function claimsOf<Name extends AttributeName>(attribute: Name, claims: readonly Claim[]): ClaimOf<Name>[] {
  return claims.filter((claim): claim is ClaimOf<Name> => speaksOf(claim, attribute));
}

function speaksOf<Name extends AttributeName>(claim: Claim, attribute: Name): claim is ClaimOf<Name> {
  return claim.fact.attribute === attribute;
}

function heardOf(peers: Map<PublicKey, Heard>, { fact: { subject } }: Claim): Heard {
  const heard = peers.get(subject) ?? { own: [], fromRouters: [] };
  peers.set(subject, heard);
  return heard;
}
