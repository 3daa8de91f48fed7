/**
 * Which idle connections need not be considered: nothing came of it the last time, and nothing that it rested on is other
 * now. An agent of a large star has a thousand of them, and something happens to a few every other millisecond.
 */
import type { Instant } from '../values/time.js';
import type { Connection, Grounds } from './connection.js';
import type { Scene } from './scene.js';

export class Resting {
  #grounds: Grounds = [];

  /** The next look finds other grounds than this one did, whatever it sees. */
  disturb(): void {
    this.#grounds = [];
  }

  look({ input: { beliefs, policy, host, routers, routes, knowledge, neighbour } }: Scene): void {
    const answering = routers.filter((router) => neighbour(router)?.agent === true).join();
    const grounds = [beliefs, policy, host, answering, routes.size, knowledge.routesForgotten];
    const same = grounds.length === this.#grounds.length && grounds.every((each, at) => each === this.#grounds[at]);
    if (!same) this.#grounds = grounds;
  }

  /** It was considered; that it is still idle, in the same state, means that nothing came of it. */
  considered(connection: Connection, now: Instant): void {
    connection.rest = { grounds: this.#grounds, state: connection.state, since: now };
  }

  rests(connection: Connection, now: Instant): boolean {
    const { state, rest, forced, earlyInvite } = connection;
    if (rest?.state !== state || rest.grounds !== this.#grounds || forced || earlyInvite !== undefined) return false;
    const retryAt = state.name === 'idle' ? state.retryAt : undefined;
    return retryAt === undefined || retryAt > now || retryAt <= rest.since;
  }
}
