/**
 * Finds among many prefixes those around one and those inside one, without looking at the rest: a hub has thousands,
 * and each has to be compared with all others.
 */
import { prefixBits, type Prefix } from './prefix.js';

export class PrefixIndex<Value> {
  readonly #values = new Map<string, Value>();
  /** In order, so that all inside one prefix stand next to each other. */
  readonly #sorted: readonly string[];
  /** The lengths that occur, longest first. */
  readonly #lengths: readonly number[];

  /** Of entries with the same prefix the last one stays. */
  constructor(entries: Iterable<readonly [Prefix, Value]>) {
    for (const [prefix, value] of entries) this.#values.set(prefixBits(prefix), value);
    this.#sorted = [...this.#values.keys()].toSorted();
    this.#lengths = [...new Set(this.#sorted.map((bits) => bits.length))].toSorted((left, right) => right - left);
  }

  /** What is kept for the prefix itself and for those that cover it, narrowest first. */
  covering(prefix: Prefix): readonly Value[] {
    const bits = prefixBits(prefix);
    const found: Value[] = [];
    for (const length of this.#lengths) {
      const value = length > bits.length ? undefined : this.#values.get(bits.slice(0, length));
      if (value !== undefined) found.push(value);
    }
    return found;
  }

  /** What is kept for the prefix itself and for those it covers. */
  *within(prefix: Prefix): Generator<Value, void> {
    const bits = prefixBits(prefix);
    for (let at = this.#firstFrom(bits); this.#sorted[at]?.startsWith(bits) === true; at++) {
      const value = this.#values.get(this.#sorted[at] ?? '');
      if (value !== undefined) yield value;
    }
  }

  #firstFrom(bits: string): number {
    let low = 0;
    let high = this.#sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#sorted[middle] ?? '') < bits) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
