/** Chance, repeatable: sfc32 seeded through splitmix32. Every part of a world forks a stream of its own by name. */

export class Random {
  readonly #state: [number, number, number, number];

  constructor(seed: number, label = '') {
    let mixed = seed >>> 0;
    for (let at = 0; at < label.length; at++) mixed = Math.imul(mixed ^ label.charCodeAt(at), 0x01000193) >>> 0;
    const split = (): number => {
      mixed = (mixed + 0x9e3779b9) >>> 0;
      const first = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
      const second = Math.imul(first ^ (first >>> 15), 0x735a2d97);
      return (second ^ (second >>> 15)) >>> 0;
    };
    this.#state = [split(), split(), split(), 1];
    // The first outputs of sfc32 still show the seed; its author throws away a dozen.
    for (let round = 0; round < 12; round++) this.u32();
  }

  u32(): number {
    const [a, b, c, counter] = this.#state;
    const sum = (a + b + counter) >>> 0;
    this.#state[0] = (b ^ (b >>> 9)) >>> 0;
    this.#state[1] = (c + (c << 3)) >>> 0;
    this.#state[2] = (((c << 21) | (c >>> 11)) + sum) >>> 0;
    this.#state[3] = (counter + 1) >>> 0;
    return sum;
  }

  /** 0 included, 1 excluded. */
  fraction(): number {
    return this.u32() / 2 ** 32;
  }

  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number {
    return low + Math.floor(this.fraction() * (high - low + 1));
  }

  /** True with that probability. Draws nothing when it is 0, so an unused option does not change a run. */
  chance(probability: number): boolean {
    return probability > 0 && this.fraction() < probability;
  }

  pick<Item>(items: readonly Item[]): Item {
    const item = items[this.between(0, items.length - 1)];
    if (item === undefined) throw new Error('bug: nothing to pick from');
    return item;
  }

  bytes(count: number): Uint8Array {
    return Uint8Array.from({ length: count }, () => this.u32() & 0xff);
  }

  /** A stream of its own, so that one part drawing more does not change what another part draws. */
  fork(label: string): Random {
    return new Random(this.u32(), label);
  }
}
