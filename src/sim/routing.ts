/** A machine's routes: which of its legs, or the tunnel, a packet leaves by. Longest prefix first, as the kernel's. */
import { familyOf, type Address } from '../core/values/address.js';
import { holds, prefixLength, type Prefix } from '../core/values/prefix.js';
import type { Leg } from './network/segment.js';

export type Way = 'tunnel' | Leg | undefined;

interface Entry {
  readonly prefix: Prefix;
  readonly way: 'tunnel' | Leg;
}

const EVERYWHERE: Readonly<Record<4 | 6, Prefix>> = { 4: '0.0.0.0/0' as Prefix, 6: '::/0' as Prefix };

export class Routing {
  readonly #memo = { marked: new Map<Address, Way>(), plain: new Map<Address, Way>() };
  #plain: readonly Entry[] = [];
  #marked: readonly Entry[] = [];

  /**
   * `tunnel` are the prefixes that lead into the tunnel. A default route among them does not bind packets with the
   * interface's fwmark: wg-quick keeps it in a table of its own for the others.
   */
  update(legs: readonly Leg[], tunnel: readonly Prefix[]): void {
    const inside = tunnel.map((prefix): Entry => ({ prefix, way: 'tunnel' }));
    const outside = legs.flatMap((leg): Entry[] => [
      { prefix: leg.network, way: leg },
      { prefix: EVERYWHERE[familyOf(leg.address)], way: leg },
    ]);
    const byLength = (left: Entry, right: Entry): number => prefixLength(right.prefix) - prefixLength(left.prefix);
    this.#plain = [...inside, ...outside].sort(byLength);
    this.#marked = this.#plain.filter(({ prefix, way }) => way !== 'tunnel' || prefixLength(prefix) > 0);
    this.#memo.marked.clear();
    this.#memo.plain.clear();
  }

  find(address: Address, marked: boolean): Way {
    const memo = marked ? this.#memo.marked : this.#memo.plain;
    if (memo.has(address)) return memo.get(address);
    const way = (marked ? this.#marked : this.#plain).find(({ prefix }) => holds(prefix, address))?.way;
    memo.set(address, way);
    return way;
  }
}
