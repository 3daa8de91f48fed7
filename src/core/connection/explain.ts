/** Why no attempt is made to a peer, in one sentence with the evidence and what would help. */
import type { Cause } from '../views.js';
import type { PublicKey } from '../values/key.js';
import type { Prefix } from '../values/prefix.js';
import type { Connection } from './connection.js';
import type { Scene } from './scene.js';

/** What keeps an attempt from being worth anything now; `undefined` when one may be made. */
export function causeToStay(peer: PublicKey, scene: Scene): Cause | undefined {
  const belief = scene.belief(peer);
  if (belief?.member !== true) {
    return { code: 'withdrawn', text: 'No router has it on its interface any more.' };
  }
  if (belief.bootId === undefined) {
    if (!belief.seen) return { code: 'offline', text: 'No router has heard from it lately. It may be switched off.' };
    if (scene.routersOf(peer).length === 0) return noNegotiator();
    return { code: 'no-agent', text: 'It runs WireGuard without wirelink. Start wirelink there to reach it directly.' };
  }
  if (scene.routersOf(peer).length === 0) return noNegotiator();
  if (belief.allowedIps.length === 0) {
    const disputed = belief.disputed[0];
    return disputed === undefined
      ? {
          code: 'not-granted',
          text: 'No router grants it an address that may be moved here. See: wirelink facts --rejected',
        }
      : {
          code: 'prefix-disputed',
          text: `Two peers are said to own ${disputed}; it stays with the router until one is right.`,
        };
  }
  const [withheld] = belief.withheld;
  if (withheld !== undefined) {
    const text = `It also carries ${withheld}, which has to stay with the router; on a direct path what it sends from there would be dropped.`;
    return { code: 'prefix-withheld', text };
  }
  return undefined;
}

/** The prefixes an attempt moves; those at a peer in contact stay when its router has merely fallen silent. */
export function movablePrefixes(connection: Connection, scene: Scene): readonly Prefix[] {
  const belief = scene.belief(connection.peer);
  return belief?.member === true ? belief.allowedIps : connection.held;
}

function noNegotiator(): Cause {
  return {
    code: 'no-path-to-negotiate',
    text: 'No wirelink agent answers on the router through which it is reached. Start wirelink there.',
  };
}
