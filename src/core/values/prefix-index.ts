/**
 * Finds among many prefixes those around one and those inside one, without looking at the rest: a hub has thousands,
 * and each has to be compared with all others.
 */
import { prefixBits, type Prefix } from './prefix.js';

export class PrefixIndex<Value> {
  readonly #values = new Map<string, Value>();
  /** In order, so that all inside one prefix stand next to each other. */
  readonly #sorted: string[];
  /** The lengths that occur or did so, longest first. */
  #lengths: readonly number[];

  /** Of entries with the same prefix the last one stays. */
  constructor(entries: Iterable<readonly [Prefix, Value]> = []) {
    for (const [prefix, value] of entries) this.#values.set(prefixBits(prefix), value);
    this.#sorted = [...this.#values.keys()].toSorted();
    this.#lengths = lengthsOf(this.#sorted);
  }

  get size(): number {
    return this.#values.size;
  }

  get(prefix: Prefix): Value | undefined {
    return this.#values.get(prefixBits(prefix));
  }

  set(prefix: Prefix, value: Value): void {
    const bits = prefixBits(prefix);
    if (!this.#values.has(bits)) this.#sorted.splice(this.#firstFrom(bits), 0, bits);
    this.#values.set(bits, value);
    if (!this.#lengths.includes(bits.length)) this.#lengths = lengthsOf(this.#sorted);
  }

  delete(prefix: Prefix): void {
    const bits = prefixBits(prefix);
    if (this.#values.delete(bits)) this.#sorted.splice(this.#firstFrom(bits), 1);
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

  /** Whether anything is kept for the prefix itself, for one around it or for one inside it. */
  overlaps(prefix: Prefix): boolean {
    const bits = prefixBits(prefix);
    const isInside = this.#lengths.some((length) => length <= bits.length && this.#values.has(bits.slice(0, length)));
    return isInside || this.#sorted[this.#firstFrom(bits)]?.startsWith(bits) === true;
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

const lengthsOf = (all: readonly string[]): readonly number[] =>
  [...new Set(all.map((bits) => bits.length))].toSorted((left, right) => right - left);
