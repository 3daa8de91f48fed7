/**
 * What a peer can make us send to addresses that only it names. A hostile one may name a stranger's; so until an address
 * has answered, it gets a handful of datagrams and then a trickle, however often the peer changes what it says.
 */
import { UNPROVEN_BURST, UNPROVEN_PER_MINUTE } from '../limits.js';
import type { Address } from '../values/address.js';
import { since, type Instant } from '../values/time.js';

const REMEMBERED = 32;

export class ProbeBudget {
  #left: number = UNPROVEN_BURST;
  #at: Instant | undefined;
  readonly #proven = new Set<Address>();

  /** Authentic packets of the peer come from this address: it is its own. */
  prove(address: Address): void {
    this.#proven.add(address);
    const oldest = this.#proven.values().next();
    if (this.#proven.size > REMEMBERED && oldest.done !== true) this.#proven.delete(oldest.value);
  }

  isProven(address: Address): boolean {
    return this.#proven.has(address);
  }

  /** Whether one more datagram may go to the address; it counts as sent. */
  take(address: Address, now: Instant): boolean {
    if (this.#proven.has(address)) return true;
    const minutes = this.#at === undefined ? 0 : since(this.#at, now) / 60_000;
    this.#left = Math.min(UNPROVEN_BURST, this.#left + minutes * UNPROVEN_PER_MINUTE);
    this.#at = now;
    if (this.#left < 1) return false;
    this.#left--;
    return true;
  }
}
