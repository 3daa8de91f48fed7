/**
 * As whose word a claim counts, by who said it and who brought it. That a word counts does not make it believed: what
 * nobody may say is forbidden.ts's, and what a peer may say of itself is bounded by grants.ts.
 */
import { ATTRIBUTES } from '../facts/attributes.js';
import type { AttributeName } from '../facts/attributes.js';
import type { Claim } from '../facts/store.js';
import { speaksOfOthers, type Trust, type TrustIn } from '../policy.js';
import type { PublicKey } from '../values/key.js';
import type { Refusal, RefusalCode } from './belief.js';

export type Voice =
  /** The subject speaks about itself. */
  | { readonly kind: 'subject' }
  /** A router, or who is trusted like one, tells what its own device holds. */
  | { readonly kind: 'router' }
  /** A neighbour tells at which endpoint it sees us. */
  | { readonly kind: 'observer' }
  /** True or not, nothing follows from it here. */
  | { readonly kind: 'unused' }
  | ({ readonly kind: 'refused' } & Refusal);

const NOT_TRUSTED = refused('not-trusted', 'the configuration does not trust it about this');

export function voiceOf(claim: Claim, self: PublicKey, routers: ReadonlySet<PublicKey>, trustIn: TrustIn): Voice {
  const { fact, source, via } = claim;
  if (via === self) return { kind: 'unused' };
  if (source === self) return refused('spoofed', 'it says to come from this machine, which did not say it');
  if (fact.subject === self) return aboutUs(claim, routers, trustIn);
  const trust = trustIn(source);
  if (fact.subject === source) {
    if (!isTrustedAboutItself(fact.attribute, trust)) return NOT_TRUSTED;
    // The tunnel proves who the neighbour is; that it passed the subject's words on faithfully is a router's to vouch for.
    const vouched = source === via || routers.has(via) || trustIn(via).membership === 'anyone';
    return vouched ? { kind: 'subject' } : refused('not-first-hand', 'passed on by a peer that is no router');
  }
  if (!routers.has(source) && !speaksOfOthers(trust)) {
    return refused('not-theirs-to-say', 'only the peer itself or a router may say this');
  }
  if (source !== via) return refused('not-first-hand', "a router's word about others counts first hand only");
  if (ATTRIBUTES[fact.attribute].saidBy === 'subject')
    return refused('not-theirs-to-say', 'only the peer itself may say this');
  return isTrustedAboutOthers(fact.attribute, trust) ? { kind: 'router' } : NOT_TRUSTED;
}

/** That it is there, and what it is called, anybody may say of itself. */
function isTrustedAboutItself(attribute: AttributeName, trust: Trust): boolean {
  switch (attribute) {
    case 'endpoint':
      return trust.endpoint !== 'none';
    case 'allowed-ip':
      return trust.allowedIps !== 'none';
    case 'alive':
    case 'member':
      return true;
  }
}

function isTrustedAboutOthers(attribute: AttributeName, trust: Trust): boolean {
  switch (attribute) {
    case 'endpoint':
      return trust.endpoint === 'anyone';
    case 'allowed-ip':
      return trust.allowedIps === 'anyone';
    // Only the subject itself can be alive: that was refused before.
    case 'alive':
    case 'member':
      return trust.membership === 'anyone';
  }
}

function aboutUs({ fact, source, via }: Claim, routers: ReadonlySet<PublicKey>, trustIn: TrustIn): Voice {
  if (fact.attribute === 'endpoint' && source === via) {
    return trustIn(source).endpoint === 'none' ? NOT_TRUSTED : { kind: 'observer' };
  }
  return routers.has(via)
    ? { kind: 'unused' }
    : refused('not-theirs-to-say', 'only this machine or a router may say this about it');
}

function refused(code: RefusalCode, reason: string): Voice {
  return { kind: 'refused', code, reason };
}
