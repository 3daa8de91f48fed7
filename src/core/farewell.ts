/** The end of a run: goodbye to all, and a short wait for those with a direct path to have taken us off. */
import type { Connection } from './connection/connection.js';
import type { Outbox } from './outbox.js';
import type { PublicKey } from './values/key.js';
import type { Instant } from './values/time.js';

export class Farewell {
  readonly #until: Instant;
  readonly #awaited = new Set<PublicKey>();
  #said = false;
  #ended = false;

  constructor(until: Instant) {
    this.#until = until;
  }

  /** When to wait no longer; `undefined` once it is over. */
  get at(): Instant | undefined {
    return this.#ended ? undefined : this.#until;
  }

  say(connections: Iterable<Connection>, agents: ReadonlySet<PublicKey>, outbox: Outbox): void {
    if (this.#said) return;
    this.#said = true;
    for (const { peer, state } of connections) {
      if (state.name === 'active' || state.name === 'moving') this.#awaited.add(peer);
    }
    for (const peer of new Set([...agents, ...this.#awaited])) outbox.send(peer, { kind: 'goodbye' });
  }

  seen(peer: PublicKey): void {
    this.#awaited.delete(peer);
  }

  /** Answers with `finished`, once, when nobody is waited for any more. */
  settle(outbox: Outbox, now: Instant): void {
    if (this.#ended || (this.#awaited.size > 0 && now < this.#until)) return;
    this.#ended = true;
    outbox.push({ type: 'finished' });
  }
}
