/**
 * Which routes the kernel has to be asked for before attempts can be made: where a packet to a candidate would leave
 * decides whether it may be tried. How often a peer may have us ask is knowledge.ts's.
 */
import type { Knowledge } from '../knowledge.js';
import type { Address } from '../values/address.js';
import type { Instant } from '../values/time.js';
import { addressesToAsk } from './candidates.js';
import type { Connection, Counts } from './connection.js';

type Seen = Pick<Knowledge, 'beliefs' | 'routesForgotten'> & Pick<Counts, 'moves'>;

export class RouteQuestions {
  /** As things stood when there was no route left to ask for. */
  #allAsked: Seen | undefined;

  /** The configuration's endpoints are others now. */
  given(): void {
    this.#allAsked = undefined;
  }

  /** The addresses to ask for; they count as asked from now on. */
  ask(connections: Iterable<Connection>, { moves }: Readonly<Counts>, knowledge: Knowledge, now: Instant): Address[] {
    const { beliefs, routesForgotten } = knowledge;
    const before = this.#allAsked;
    if (before?.beliefs === beliefs && before?.moves === moves && before.routesForgotten === routesForgotten) return [];
    const asking: Address[] = [];
    let all = true;
    for (const connection of connections) {
      const { peer, state, given, asked, search } = connection;
      const belief = beliefs?.peers.get(peer);
      if (belief === undefined || (state.name === 'active' && search === undefined)) continue;
      const configured = knowledge.given.get(peer);
      const same = asked?.belief === belief && asked.given === given && asked.configured === configured;
      if (same && asked.routesForgotten === routesForgotten) continue;
      const { toAsk, complete } = knowledge.toAsk(peer, addressesToAsk(belief, [...given, ...(configured ?? [])]), now);
      asking.push(...toAsk);
      connection.asked = complete ? { belief, given, configured, routesForgotten } : undefined;
      all &&= complete;
    }
    this.#allAsked = all ? { beliefs, moves, routesForgotten } : undefined;
    return asking;
  }
}
