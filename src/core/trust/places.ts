/**
 * Where subjects claim to be: the prefixes and endpoints named in what is claimed of each. Finds those that a change of
 * one prefix can concern without looking at the rest, as a spoke of a large star hears of a thousand peers in parts, and
 * each part would have all of them looked over again.
 */
import type { Claim } from '../facts/store.js';
import { endpointAddress } from '../values/endpoint.js';
import type { PublicKey } from '../values/key.js';
import { hostPrefix, type Prefix } from '../values/prefix.js';
import { PrefixIndex } from '../values/prefix-index.js';

export class Places {
  /** Mostly a place is one subject's. */
  readonly #index = new PrefixIndex<PublicKey | Set<PublicKey>>();
  readonly #bySubject = new Map<PublicKey, readonly Prefix[]>();

  /** Makes these all that is claimed of the subject. */
  set(subject: PublicKey, claims: readonly Claim[]): void {
    for (const prefix of this.#bySubject.get(subject) ?? []) this.#remove(prefix, subject);
    const prefixes = [...new Set(claims.flatMap(placesIn))];
    if (prefixes.length === 0) this.#bySubject.delete(subject);
    else this.#bySubject.set(subject, prefixes);
    for (const prefix of prefixes) this.#add(prefix, subject);
  }

  /** The subjects of which anything claimed overlaps the prefix; some of them more than once. */
  *overlapping(prefix: Prefix): Generator<PublicKey, void> {
    for (const subjects of this.#index.covering(prefix)) yield* listOf(subjects);
    for (const subjects of this.#index.within(prefix)) yield* listOf(subjects);
  }

  #add(prefix: Prefix, subject: PublicKey): void {
    const there = this.#index.get(prefix);
    if (there === undefined) this.#index.set(prefix, subject);
    else if (typeof there !== 'string') there.add(subject);
    else if (there !== subject) this.#index.set(prefix, new Set([there, subject]));
  }

  #remove(prefix: Prefix, subject: PublicKey): void {
    const there = this.#index.get(prefix);
    if (typeof there === 'object') there.delete(subject);
    if (there === subject || (typeof there === 'object' && there.size === 0)) this.#index.delete(prefix);
  }
}

const listOf = (subjects: PublicKey | ReadonlySet<PublicKey>): Iterable<PublicKey> =>
  typeof subjects === 'string' ? [subjects] : subjects;

function placesIn({ fact }: Claim): readonly Prefix[] {
  if (fact.attribute === 'allowed-ip') return [fact.value];
  return fact.attribute === 'endpoint' ? [hostPrefix(endpointAddress(fact.value))] : [];
}
