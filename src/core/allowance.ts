/** How much of something may be had at once, and how soon there is more: what keeps one peer from costing us everything. */
import { since, type Instant, type Millis } from './values/time.js';

export class Allowance {
  readonly #burst: number;
  readonly #oneIn: Millis;
  #left: number;
  #at: Instant | undefined;

  /** `burst` at once, and one more in each `oneIn` from then on, up to `burst` again. */
  constructor(burst: number, oneIn: Millis) {
    this.#burst = burst;
    this.#oneIn = oneIn;
    this.#left = burst;
  }

  /** Whether there is one left; it is taken then. */
  take(now: Instant): boolean {
    const earned = this.#at === undefined ? 0 : since(this.#at, now) / this.#oneIn;
    this.#left = Math.min(this.#burst, this.#left + earned);
    this.#at = now;
    if (this.#left < 1) return false;
    this.#left--;
    return true;
  }
}
