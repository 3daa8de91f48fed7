/** What peers are called, for the log and the history: asked of the engine seldom, for it puts together all its views. */
import type { EngineContract } from '../core/contract.js';
import type { PublicKey } from '../core/values/key.js';
import { since, type Instant } from '../core/values/time.js';
import type { Clock } from './ports.js';

/** A peer renamed by its router a moment ago may be called as before. In milliseconds. */
const STALE_AFTER = 1000;
/** A peer without a name may have been given one just now; a hub's thousand peers come in one burst. */
const ASK_AGAIN_AFTER = 50;

export class Names {
  readonly #clock: Clock;
  #engine: EngineContract | undefined;
  #names: ReadonlyMap<PublicKey, string | undefined> = new Map();
  #askedAt: Instant | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Nobody is called anything before this. */
  askFrom(engine: EngineContract): void {
    this.#engine = engine;
  }

  of(peer: PublicKey): string | undefined {
    const now = this.#clock.now();
    const age = this.#askedAt === undefined ? Infinity : since(this.#askedAt, now);
    const known = this.#names.get(peer);
    if (age > (known === undefined ? ASK_AGAIN_AFTER : STALE_AFTER)) {
      this.#askedAt = now;
      this.#names = new Map(this.#engine?.peers(now).map(({ publicKey, name }) => [publicKey, name]));
    }
    return this.#names.get(peer);
  }
}
