/**
 * As whose word a claim counts, by who said it and who brought it. That a word counts does not make it believed: what
 * nobody may say is forbidden.ts's, and what a peer may say of itself is bounded by grants.ts.
 */
import { ATTRIBUTES } from '../facts/attributes.js';
import type { Claim } from '../facts/store.js';
import type { PublicKey } from '../values/key.js';

export type Voice =
  /** The subject speaks about itself. */
  | { readonly kind: 'subject' }
  /** A router tells what its own device holds. */
  | { readonly kind: 'router' }
  /** A neighbour tells at which endpoint it sees us. */
  | { readonly kind: 'observer' }
  /** True or not, nothing follows from it here. */
  | { readonly kind: 'unused' }
  | { readonly kind: 'refused'; readonly reason: string };

export function voiceOf(claim: Claim, self: PublicKey, routers: ReadonlySet<PublicKey>): Voice {
  const { fact, source, via } = claim;
  if (via === self) return { kind: 'unused' };
  if (source === self) return refused('it says to come from this machine, which did not say it');
  if (fact.subject === self) return aboutUs(claim, routers);
  if (fact.subject === source) {
    // The tunnel proves who the neighbour is; that it passed the subject's words on faithfully is a router's to vouch for.
    return source === via || routers.has(via) ? { kind: 'subject' } : refused('passed on by a peer that is no router');
  }
  if (!routers.has(source)) return refused('only the peer itself or a router may say this');
  if (source !== via) return refused("a router's word about others counts first hand only");
  if (ATTRIBUTES[fact.attribute].saidBy === 'subject') return refused('only the peer itself may say this');
  return { kind: 'router' };
}

function aboutUs({ fact, source, via }: Claim, routers: ReadonlySet<PublicKey>): Voice {
  if (fact.attribute === 'endpoint' && source === via) return { kind: 'observer' };
  return routers.has(via) ? { kind: 'unused' } : refused('only this machine or a router may say this about it');
}

const refused = (reason: string): Voice => ({ kind: 'refused', reason });
