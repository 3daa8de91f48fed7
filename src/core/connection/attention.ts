/**
 * Which connections have to be looked at while an event is handled, and in which order. An agent of a large star has a
 * thousand of them, and something happens to a few every other millisecond: the rest are idle, nothing came of it when an
 * attempt was last considered, and nothing that it rested on is other now. What becomes of those that are looked at is
 * connections.ts's.
 */
import type { Connection, Grounds } from './connection.js';
import type { Scene } from './scene.js';

/** Some connections, in the order in which they were made, whenever they came in. */
export class Some implements Iterable<Connection> {
  readonly #members = new Set<Connection>();
  /** In order, as long as they are the same. */
  #ordered: readonly Connection[] | undefined;

  /** As they are now: who comes or goes meanwhile makes no difference. */
  [Symbol.iterator](): Iterator<Connection> {
    this.#ordered ??= [...this.#members].sort((left, right) => left.number - right.number);
    return this.#ordered[Symbol.iterator]();
  }

  add(connection: Connection): void {
    if (this.#members.has(connection)) return;
    this.#members.add(connection);
    this.#ordered = undefined;
  }

  delete(connection: Connection): void {
    if (this.#members.delete(connection)) this.#ordered = undefined;
  }
}

/** What all attempts rest on, beside what is believed of the peer; watched for changes. */
export class CommonGrounds {
  #seen: Grounds = [];

  /** Whether anything is other than when this was last asked. */
  changed({ input: { policy, host, routers, knowledge, neighbour } }: Scene): boolean {
    const answering = routers.filter((router) => neighbour(router)?.agent === true).join();
    const grounds = [policy, host, answering, knowledge.routesForgotten];
    const same = grounds.length === this.#seen.length && grounds.every((each, at) => each === this.#seen[at]);
    this.#seen = grounds;
    return !same;
  }
}

/** An idle connection that was considered: whether that, and all that it waits for, leaves nothing to do. */
export function isAtRest({ state, forced, earlyInvite, pendingLost, aimed }: Connection, scene: Scene): boolean {
  if (state.name !== 'idle' || forced || earlyInvite !== undefined || pendingLost !== undefined) return false;
  return aimed?.underWay !== true && (state.retryAt === undefined || state.retryAt <= scene.now);
}
