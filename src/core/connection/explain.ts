/** Why no attempt is made to a peer, in one sentence with the evidence and what would help. */
import type { Cause } from '../views.js';
import type { DevicePeer } from '../device.js';
import { isLive } from '../facts/local.js';
import type { Belief } from '../trust/belief.js';
import type { PublicKey } from '../values/key.js';
import type { Prefix } from '../values/prefix.js';
import { since, type Instant } from '../values/time.js';
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
    if (scene.routersOf(peer).length === 0) return noNegotiator(belief, scene);
    return { code: 'no-agent', text: 'It runs WireGuard without wirelink. Start wirelink there to reach it directly.' };
  }
  if (scene.routersOf(peer).length === 0) return noNegotiator(belief, scene);
  if (belief.allowedIps.length === 0) return nothingToMove(belief);
  const [withheld] = belief.withheld;
  if (withheld !== undefined) {
    const text = `It also carries ${withheld}, which has to stay with the router; on a direct path what it sends from there would be dropped.`;
    return { code: 'prefix-withheld', text };
  }
  return undefined;
}

function nothingToMove({ disputed: [disputed], distrusted }: Belief): Cause {
  if (disputed !== undefined) {
    const text = `Two peers are said to own ${disputed}; it stays with the router until one is right.`;
    return { code: 'prefix-disputed', text };
  }
  if (distrusted.includes('allowed-ip')) {
    return notTrusted('which addresses are its own, so that none may be moved to it');
  }
  const text = 'No router grants it an address that may be moved here. See: wirelink facts --rejected';
  return { code: 'not-granted', text };
}

/** Whether there is nothing to try because nobody is believed in where the peer answers. */
export const distrustsEndpoints = (belief: Belief | undefined): boolean =>
  belief?.endpoints.length === 0 && belief.distrusted.includes('endpoint');

/** `about`: what it was told and does not believe. */
export function notTrusted(about: string): Cause {
  const text = `The configuration here does not trust what it is told about ${about}. See: wirelink facts --rejected; and change "trust" in the configuration.`;
  return { code: 'not-trusted', text };
}

/** The prefixes an attempt moves; those at a peer in contact stay when its router has merely fallen silent. */
export function movablePrefixes(connection: Connection, scene: Scene): readonly Prefix[] {
  const belief = scene.belief(connection.peer);
  return belief?.member === true ? belief.allowedIps : connection.held;
}

/** The clock here was set back behind the last handshake with a peer that is not live: none that we begin is answered. */
export function refusesUs({ refusedUntil }: DevicePeer, now: Instant): Cause | undefined {
  if (refusedUntil === undefined || refusedUntil <= now) return undefined;
  const seconds = Math.round(since(now, refusedUntil) / 1000);
  const text = `The clock of this machine was set back: the last handshake with it lies ${seconds} s in the future, and WireGuard refuses what is older than that. Set the clock right: timedatectl set-ntp true`;
  return { code: 'clock-back', text };
}

function noNegotiator({ routers }: Belief, scene: Scene): Cause {
  const unheard = routers
    .flatMap((router) => scene.devicePeer(router) ?? [])
    .filter((seen) => !isLive(seen, scene.now));
  const refused = unheard.map((seen) => refusesUs(seen, scene.now)).find((cause) => cause !== undefined);
  if (refused !== undefined) return refused;
  return {
    code: 'no-path-to-negotiate',
    text: 'No wirelink agent answers on the router through which it is reached. Start wirelink there.',
  };
}
