/** Which addresses cannot reach each other at the moment, or not with every packet, though both are up. */
import type { Address } from '../../core/values/address.js';

export class Cuts {
  readonly #pairs = new Set<string>();
  readonly #sides = new Map<Address, number>();
  readonly #narrow = new Map<string, number>();

  /** Nothing from `from` reaches `to` any more; the other direction is another cut. */
  cut(from: Address, to: Address): void {
    this.#pairs.add(`${from}>${to}`);
  }

  /** Packets of more bytes than that disappear between the two, without a word. */
  narrow(one: Address, other: Address, bytes: number): void {
    this.#narrow.set(`${one}>${other}`, bytes);
    this.#narrow.set(`${other}>${one}`, bytes);
  }

  /** These addresses reach each other only; all that are in no group reach each other too. */
  partition(groups: readonly (readonly Address[])[]): void {
    groups.forEach((group, side) => {
      for (const address of group) this.#sides.set(address, side + 1);
    });
  }

  healAll(): void {
    this.#pairs.clear();
    this.#sides.clear();
    this.#narrow.clear();
  }

  /** The longest packet that passes, in bytes. */
  widest(from: Address, to: Address): number {
    return this.#narrow.size === 0 ? Infinity : (this.#narrow.get(`${from}>${to}`) ?? Infinity);
  }

  separate(from: Address, to: Address): boolean {
    if (this.#pairs.size > 0 && this.#pairs.has(`${from}>${to}`)) return true;
    return this.#sides.size > 0 && (this.#sides.get(from) ?? 0) !== (this.#sides.get(to) ?? 0);
  }
}
