/**
 * Finds among many prefixes those around one and those inside one, without looking at the rest: a hub has thousands,
 * and each has to be compared with all others.
 */
import { addressBytes, familyOf } from './address.js';
import { prefixAddress, prefixLength, type Prefix } from './prefix.js';

export class PrefixIndex<Value> {
  readonly #values = new Map<string, Value>();
  /** In order, so that all inside one prefix stand next to each other. */
  readonly #sorted: readonly string[];
  /** The lengths that occur, longest first. */
  readonly #lengths: readonly number[];

  /** Of entries with the same prefix the last one stays. */
  constructor(entries: Iterable<readonly [Prefix, Value]>) {
    for (const [prefix, value] of entries) this.#values.set(bitsOf(prefix), value);
    this.#sorted = [...this.#values.keys()].toSorted();
    this.#lengths = [...new Set(this.#sorted.map((bits) => bits.length))].toSorted((left, right) => right - left);
  }

  /** What is kept for the prefix itself and for those that cover it, narrowest first. */
  covering(prefix: Prefix): readonly Value[] {
    const bits = bitsOf(prefix);
    const found: Value[] = [];
    for (const length of this.#lengths) {
      const value = length > bits.length ? undefined : this.#values.get(bits.slice(0, length));
      if (value !== undefined) found.push(value);
    }
    return found;
  }

  /** What is kept for the prefix itself and for those it covers. */
  *within(prefix: Prefix): Generator<Value, void> {
    const bits = bitsOf(prefix);
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

/** The family and the bits that are fixed: one prefix covers another when its text is how the other's begins. */
function bitsOf(prefix: Prefix): string {
  const address = prefixAddress(prefix);
  let bits = familyOf(address) === 4 ? '4' : '6';
  for (const byte of addressBytes(address)) bits += BITS[byte] ?? '';
  return bits.slice(0, 1 + prefixLength(prefix));
}

const BITS = Array.from({ length: 256 }, (_, byte) => byte.toString(2).padStart(8, '0'));
