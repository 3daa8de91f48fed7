/**
 * Which routes the kernel has to be asked for before attempts can be made: where a packet to a candidate would leave
 * decides whether it may be tried. How often a peer may have us ask is knowledge.ts's.
 */
import type { Knowledge } from '../knowledge.js';
import type { Address } from '../values/address.js';
import type { Instant } from '../values/time.js';
import type { Some } from './attention.js';
import { addressesToAsk } from './candidates.js';
import type { Connection } from './connection.js';

/**
 * The addresses to ask for; they count as asked from now on. Of the `unasked` connections, those stay of which not all could
 * be asked yet.
 */
export function routesToAsk(unasked: Some, knowledge: Knowledge, now: Instant): readonly Address[] {
  return [...unasked].flatMap((connection) => {
    const asked = routesOf(connection, knowledge, now);
    if (asked.complete) unasked.delete(connection);
    return asked.toAsk;
  });
}

function routesOf({ peer, state, given, search }: Connection, knowledge: Knowledge, now: Instant): Asked {
  const belief = knowledge.beliefs?.peers.get(peer);
  if (belief === undefined || (state.name === 'active' && search === undefined)) return NOTHING_TO_ASK;
  return knowledge.toAsk(peer, addressesToAsk(belief, [...given, ...(knowledge.given.get(peer) ?? [])]), now);
}

type Asked = ReturnType<Knowledge['toAsk']>;

const NOTHING_TO_ASK: Asked = { toAsk: [], complete: true };
