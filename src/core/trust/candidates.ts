/** Where a peer may answer, of all endpoints that it and the routers name. */
import type { Endpoint } from '../values/endpoint.js';
import type { PublicKey } from '../values/key.js';
import { refusal, type CandidateBelief, type Rejection } from './belief.js';
import type { ForbiddenEndpoints } from './forbidden.js';
import { claimsOf, type ClaimOf, type Heard } from './hearing.js';

/** Candidates are probed one by one; a machine behind a NAT has a handful, and whoever names more is not helping. */
export const MAX_ENDPOINTS = 16;

const TOO_MANY = refusal('too-many', `more than ${MAX_ENDPOINTS} endpoints`);

export function judgeEndpoints(
  publicKey: PublicKey,
  heard: Heard,
  endpoints: ForbiddenEndpoints,
): { readonly candidates: readonly CandidateBelief[]; readonly rejected: readonly Rejection[] } {
  const rejected: Rejection[] = [];
  const candidates = new Map<Endpoint, CandidateBelief>();
  const consider = (claim: ClaimOf<'endpoint'>, kind: CandidateBelief['kind']): void => {
    const { value: endpoint } = claim.fact;
    const isNew = !candidates.has(endpoint);
    const tooMany = isNew && candidates.size >= MAX_ENDPOINTS ? TOO_MANY : undefined;
    const refused = endpoints.refusal(endpoint, publicKey) ?? tooMany;
    if (refused !== undefined) rejected.push({ claim, ...refused });
    // Its own address, seen unchanged from outside, is a host candidate: no NAT stands before it. It keeps its place.
    else if (isNew || kind === 'host') candidates.set(endpoint, { endpoint, kind, source: claim.source });
  };
  // Routers first: a peer that names many endpoints cannot crowd out where it was really seen.
  for (const claim of inOrder(heard.fromRouters)) consider(claim, 'reflexive');
  for (const claim of inOrder(heard.own)) consider(claim, 'host');
  return { candidates: [...candidates.values()], rejected };
}

function inOrder(claims: Heard['own']): ClaimOf<'endpoint'>[] {
  const text = ({ fact, source }: ClaimOf<'endpoint'>): string => `${fact.value} ${source}`;
  return claimsOf('endpoint', claims).toSorted((left, right) => (text(left) < text(right) ? -1 : 1));
}
