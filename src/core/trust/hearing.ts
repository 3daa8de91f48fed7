/** Sorts what was said about one peer by as whose word it counts; who is no member is not listened to further. */
import type { AttributeName } from '../facts/attributes.js';
import type { Fact } from '../facts/fact.js';
import type { Claim } from '../facts/store.js';
import type { TrustIn } from '../policy.js';
import type { PublicKey } from '../values/key.js';
import { refusal, type Rejection } from './belief.js';
import { voiceOf } from './voices.js';

export type ClaimOf<Name extends AttributeName> = Claim & { readonly fact: Fact<Name> };

/** Who listens, and to whom. */
export interface Listener {
  readonly self: PublicKey;
  readonly routers: ReadonlySet<PublicKey>;
  /** The user's own peers on our device. */
  readonly configured: { has(key: PublicKey): boolean };
  readonly trustIn: TrustIn;
}

/** What was said about one peer, or about ourselves. */
export interface Heard {
  /** On a router's device, or one of the user's own peers on ours. We are none. */
  readonly member: boolean;
  /** By itself. */
  readonly own: readonly Claim[];
  /** By routers and those trusted like them, first hand. */
  readonly fromRouters: readonly Claim[];
  /** About ourselves: what neighbours say of our endpoint. */
  readonly observations: readonly ClaimOf<'endpoint'>[];
  readonly rejected: readonly Rejection[];
}

/** `claims` are all those about `subject`. */
export function hear(subject: PublicKey, claims: readonly Claim[], listener: Listener): Heard {
  const { self, routers, configured, trustIn } = listener;
  const own: Claim[] = [];
  const fromRouters: Claim[] = [];
  const observations: ClaimOf<'endpoint'>[] = [];
  const rejected: Rejection[] = [];
  for (const claim of claims) {
    const voice = voiceOf(claim, self, routers, trustIn);
    switch (voice.kind) {
      case 'subject':
        own.push(claim);
        break;
      case 'router':
        fromRouters.push(claim);
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
  const member = subject !== self && (configured.has(subject) || vouchersOf({ fromRouters }, trustIn).length > 0);
  if (member) return { member, own, fromRouters, observations, rejected };
  const strangers = [...own, ...fromRouters].map((claim) => ({ claim, ...STRANGER }));
  return { member, own: [], fromRouters: [], observations, rejected: [...rejected, ...strangers] };
}

const STRANGER = refusal('stranger', 'no router has this peer on its device');

/** Those on whose device the peer is, and whose word on that counts, sorted: an endpoint alone does not say so. */
export function vouchersOf({ fromRouters }: Pick<Heard, 'fromRouters'>, trustIn: TrustIn): readonly PublicKey[] {
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
