/** The end of a run: goodbye to all, and a short wait for those with a direct path to have taken us off. */
import type { Connection } from './connection/connection.js';
import type { Outbox } from './outbox.js';
import { GOODBYE_RESEND, GOODBYE_WAIT } from './limits.js';
import type { PublicKey } from './values/key.js';
import { after, type Instant } from './values/time.js';

export class Farewell {
  readonly #until: Instant;
  readonly #awaited = new Set<PublicKey>();
  #sayAgainAt: Instant;
  #ended = false;

  constructor(connections: Iterable<Connection>, agents: ReadonlySet<PublicKey>, outbox: Outbox, now: Instant) {
    this.#until = after(now, GOODBYE_WAIT);
    this.#sayAgainAt = after(now, GOODBYE_RESEND);
    for (const { peer, state } of connections) {
      if (state.name === 'active' || state.name === 'moving') this.#awaited.add(peer);
    }
    for (const peer of new Set([...agents, ...this.#awaited])) outbox.send(peer, { kind: 'goodbye' });
  }

  /** When to say it again, or to wait no longer; `undefined` once it is over. */
  get at(): Instant | undefined {
    if (this.#ended) return undefined;
    return this.#sayAgainAt < this.#until ? this.#sayAgainAt : this.#until;
  }

  seen(peer: PublicKey): void {
    this.#awaited.delete(peer);
  }

  /** Answers with `finished`, once, when nobody is waited for any more. */
  settle(outbox: Outbox, now: Instant): void {
    if (this.#ended) return;
    if (this.#awaited.size > 0 && now < this.#until) {
      if (this.#sayAgainAt > now) return;
      this.#sayAgainAt = after(now, GOODBYE_RESEND);
      for (const peer of this.#awaited) outbox.send(peer, { kind: 'goodbye' });
      return;
    }
    this.#ended = true;
    outbox.push({ type: 'finished' });
  }
}
