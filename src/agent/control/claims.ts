/** `facts`: which claims a client wants to see. */
import type { FactsParams } from '../../core/control-api.js';
import type { ClaimView, SelfView } from '../../core/views.js';
import type { Served } from './served.js';
import { findPeer, type Named } from './peer.js';

/** Throws `UserError` as `findPeer` does, for a subject or a source that nobody is. */
export function selectClaims(params: FactsParams, self: SelfView, { clock, engine }: Served): readonly ClaimView[] {
  const { rejected, subject, attribute, source } = params;
  const now = clock.now();
  const claims = engine.facts(now, rejected);
  if (subject === undefined && attribute === undefined && source === undefined) return claims;
  const known = everybody(claims, [self, ...engine.peers(now)]);
  const about = subject === undefined ? undefined : findPeer(subject, known).publicKey;
  const from = source === undefined ? undefined : findPeer(source, known).publicKey;
  return claims.filter(
    (claim) =>
      (about === undefined || claim.subject === about) &&
      (attribute === undefined || claim.attribute === attribute) &&
      (from === undefined || claim.source === from),
  );
}

/** Each once. Claims are also about, and of, keys that are no peers: those that were refused above all. */
function everybody(claims: readonly ClaimView[], peers: readonly Named[]): readonly Named[] {
  const told = claims.flatMap(({ subject, source }) => [{ publicKey: subject }, { publicKey: source }]);
  return [...new Map([...told, ...peers].map((each) => [each.publicKey, each])).values()];
}
