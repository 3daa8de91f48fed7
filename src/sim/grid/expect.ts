/** What a run of a cell has to end with: what the oracle says, but for the limits that are named here. */
import type { SeenPath } from '../traffic.js';
import type { Verdict } from './oracle/judge.js';

export interface Limit {
  readonly name: string;
  /** What is possible and not always reached, and why. */
  readonly reason: string;
}

export type Expectation =
  { readonly path: SeenPath | 'none' } | { readonly path: 'direct or relayed'; readonly limit: Limit };

/** What the engine does not promise though it is possible. */
export const CROSSING: Limit = {
  name: 'First packets that must cross',
  reason:
    'Both ends are behind routers that remember packets nobody asked for. Whichever end is first spoils the port of the ' +
    'other, so the first packets of both would have to pass each other on the line. They do where the ends begin within ' +
    'the time one packet takes, which wirelink does not arrange: it would have to know how long that is before any ' +
    'packet has gone that way. Every third attempt is left to chance. A drop rule for new packets from outside on one of ' +
    'the two routers ends it.',
};

export function expectationOf(verdict: Verdict): Expectation {
  if (!verdict.possible) return { path: verdict.why === 'no tunnel' ? 'none' : 'relayed' };
  return verdict.provided === 'together' ? { path: 'direct or relayed', limit: CROSSING } : { path: 'direct' };
}

export function meets(path: SeenPath | 'none', expected: Expectation): boolean {
  return expected.path === 'direct or relayed' ? path !== 'none' : path === expected.path;
}
