/** Cryptokey routing: each prefix belongs to one peer; the longest one that holds an address decides, both ways. */
import type { Address } from '../../core/values/address.js';
import type { PublicKey } from '../../core/values/key.js';
import { holds, hostPrefix, isHostPrefix, prefixLength, type Prefix } from '../../core/values/prefix.js';

export class AllowedIps {
  readonly #owners = new Map<Prefix, PublicKey>();
  readonly #lists = new Map<PublicKey, Set<Prefix>>();
  /** Prefixes wider than one address, longest first. Built when first needed after a change. */
  #wide: readonly Prefix[] | undefined;
  readonly #found = new Map<Address, PublicKey | undefined>();
  /** The lists as `of` answers them, as long as nothing changes. */
  readonly #sorted = new Map<PublicKey, readonly Prefix[]>();

  /** Gives the peer exactly these; what another peer held moves here. */
  replace(peer: PublicKey, prefixes: readonly Prefix[]): void {
    this.remove(peer);
    const list = new Set(prefixes);
    for (const prefix of list) {
      const before = this.#owners.get(prefix);
      if (before !== undefined) this.#lists.get(before)?.delete(prefix);
      this.#owners.set(prefix, peer);
    }
    this.#lists.set(peer, list);
  }

  remove(peer: PublicKey): void {
    for (const prefix of this.#lists.get(peer) ?? []) this.#owners.delete(prefix);
    this.#lists.delete(peer);
    this.#wide = undefined;
    this.#found.clear();
    this.#sorted.clear();
  }

  ownerOf(prefix: Prefix): PublicKey | undefined {
    return this.#owners.get(prefix);
  }

  /** Sorted as text. */
  of(peer: PublicKey): readonly Prefix[] {
    const known = this.#sorted.get(peer);
    const sorted = known ?? [...(this.#lists.get(peer) ?? [])].sort();
    if (known === undefined) this.#sorted.set(peer, sorted);
    return sorted;
  }

  lookup(address: Address): PublicKey | undefined {
    const exact = this.#owners.get(hostPrefix(address));
    if (exact !== undefined) return exact;
    if (this.#found.has(address)) return this.#found.get(address);
    this.#wide ??= [...this.#owners.keys()]
      .filter((prefix) => !isHostPrefix(prefix))
      .sort((left, right) => prefixLength(right) - prefixLength(left));
    const longest = this.#wide.find((prefix) => holds(prefix, address));
    const owner = longest === undefined ? undefined : this.#owners.get(longest);
    this.#found.set(address, owner);
    return owner;
  }
}
