/**
 * What the routers' devices hold for whom, and where that contradicts itself. On a router the narrowest prefix around
 * an address decides whose it is; here it may stand alone on a peer, without the narrower ones beside it. So a prefix
 * is moved only when all routers agree about it and no part of it is somebody else's.
 */
import type { PublicKey } from '../values/key.js';
import type { Prefix } from '../values/prefix.js';
import { PrefixIndex } from '../values/prefix-index.js';
import type { Refusal } from './belief.js';

/** All that routers say about one prefix. A hub's spokes keep one of these for each address, so it is kept short. */
export class Holding {
  readonly prefix: Prefix;
  readonly #held: readonly Held[];
  readonly #routers: ReadonlySet<PublicKey>;

  constructor(prefix: Prefix, held: readonly Held[], routers: ReadonlySet<PublicKey>) {
    this.prefix = prefix;
    this.#held = held;
    this.#routers = routers;
  }

  /** The peers it is held for, sorted. */
  get subjects(): readonly PublicKey[] {
    const [one, other] = this.#held;
    if (one !== undefined && other === undefined) return [one.subject];
    return [...new Set(this.#held.map(({ subject }) => subject))].toSorted();
  }

  /** Those of them that are no routers: what a router holds for another router leads on to that one's own spokes. */
  get contenders(): readonly PublicKey[] {
    return this.subjects.filter((subject) => !this.#routers.has(subject));
  }

  /** The routers that hold it for anybody. */
  get by(): ReadonlySet<PublicKey> {
    return new Set(this.#held.map(({ by }) => by));
  }

  /** With one more word, or with one less. `undefined` when nobody holds it then. */
  changed(word: Held, how: 'given' | 'taken'): Holding | undefined {
    const rest = this.#held.filter(({ subject, by }) => subject !== word.subject || by !== word.by);
    const held = how === 'given' ? [...rest, word] : rest;
    return held.length === 0 ? undefined : new Holding(this.prefix, held, this.#routers);
  }
}

/** A router's word that the prefix is that subject's. */
interface Held {
  readonly subject: PublicKey;
  readonly by: PublicKey;
}

/** Why a prefix that is granted stays with the router all the same. */
export interface Contest extends Refusal {
  /** Whether the whole of it is in doubt, rather than only some part being another's. */
  readonly whole: boolean;
}

/** One router's word that a prefix is a peer's. */
export interface RouterGrant {
  readonly prefix: Prefix;
  readonly by: PublicKey;
}

export class Grants {
  readonly #index = new PrefixIndex<Holding>();
  readonly #granted = new Map<PublicKey, readonly RouterGrant[]>();
  readonly #routers: ReadonlySet<PublicKey>;
  readonly #call: (key: PublicKey) => string;

  /** `call` makes a key readable in reasons. */
  constructor(routers: ReadonlySet<PublicKey>, call: (key: PublicKey) => string) {
    this.#routers = routers;
    this.#call = call;
  }

  /** Makes these all that routers hold for the subject. Answers the prefixes of which somebody else holds now. */
  set(subject: PublicKey, grants: readonly RouterGrant[]): readonly Prefix[] {
    const before = this.#granted.get(subject) ?? [];
    const gone = without(before, grants);
    const come = without(grants, before);
    if (grants.length === 0) this.#granted.delete(subject);
    else this.#granted.set(subject, grants);
    for (const grant of gone) this.#change(subject, grant, 'taken');
    for (const grant of come) this.#change(subject, grant, 'given');
    return [...gone, ...come].map(({ prefix }) => prefix);
  }

  /**
   * Why a prefix that is granted to a peer which is no router stays with the router all the same; `undefined` when nobody
   * holds it, or nothing speaks against it.
   */
  contest(prefix: Prefix): Contest | undefined {
    const held = this.#index.get(prefix);
    if (held === undefined) return undefined;
    return this.#betweenSubjects(held) ?? this.#withOuter(held) ?? this.#withInner(held);
  }

  /** What is held around a prefix, itself included, narrowest first. */
  around(prefix: Prefix): readonly Holding[] {
    return this.#index.covering(prefix);
  }

  /** What speaks against a subject's own word that a prefix is its, and whether it is granted to it nevertheless. */
  refusalOfOwn(prefix: Prefix, subject: PublicKey): (Refusal & { readonly granted: boolean }) | undefined {
    const around = this.around(prefix);
    const [narrowest] = around;
    if (narrowest === undefined)
      return { code: 'not-granted', reason: 'no router grants it this address', granted: false };
    if (!narrowest.subjects.includes(subject)) {
      const reason = `no router grants it this address: ${narrowest.prefix} is granted to ${this.#whose(narrowest)}`;
      return { code: 'not-granted', reason, granted: around.some(({ subjects }) => subjects.includes(subject)) };
    }
    const contest = this.contest(narrowest.prefix);
    if (contest?.whole === true) return { code: contest.code, reason: contest.reason, granted: true };
    for (const inner of this.#index.within(prefix)) {
      if (!inner.subjects.includes(subject)) return { code: 'disputed', reason: this.#holds(inner), granted: true };
    }
    return undefined;
  }

  /** The same prefix for two peers: two routers that disagree, or one whose device has just changed. */
  #betweenSubjects({ contenders: [one, other] }: Holding): Contest | undefined {
    if (one === undefined || other === undefined) return undefined;
    return {
      code: 'disputed',
      reason: `routers grant it to ${this.#call(one)} and to ${this.#call(other)}`,
      whole: true,
    };
  }

  /**
   * A router that holds only a prefix around this one, for somebody else, sends all of it there; one that holds both, or
   * another router's prefix in between, says nothing against this one.
   */
  #withOuter(inner: Holding): Contest | undefined {
    const heard = new Set(inner.by);
    for (const outer of this.around(inner.prefix).slice(1)) {
      const disagrees = [...outer.by].some((router) => !heard.has(router));
      for (const router of outer.by) heard.add(router);
      const [contender] = outer.contenders;
      if (!disagrees || contender === undefined || areOnePeers(inner, outer)) continue;
      const reason = `routers disagree: one grants ${outer.prefix} around it to ${this.#call(contender)}`;
      return { code: 'disputed', reason, whole: true };
    }
    return undefined;
  }

  /** A part of it is somebody else's. */
  #withInner(outer: Holding): Contest | undefined {
    for (const inner of this.#index.within(outer.prefix)) {
      if (inner !== outer && !areOnePeers(inner, outer))
        return { code: 'disputed', reason: this.#holds(inner), whole: false };
    }
    return undefined;
  }

  #holds(inner: Holding): string {
    return `a part of it, ${inner.prefix}, is granted to ${this.#whose(inner)}`;
  }

  #whose({ subjects: [first] }: Holding): string {
    return first === undefined ? 'nobody' : this.#call(first);
  }

  #change(subject: PublicKey, { prefix, by }: RouterGrant, how: 'given' | 'taken'): void {
    const before = this.#index.get(prefix) ?? new Holding(prefix, [], this.#routers);
    const holding = before.changed({ subject, by }, how);
    if (holding === undefined) this.#index.delete(prefix);
    else this.#index.set(prefix, holding);
  }
}

/** Whether both are held for the same single peer. */
const areOnePeers = (inner: Holding, outer: Holding): boolean =>
  inner.subjects.length === 1 && outer.contenders.length === 1 && inner.subjects[0] === outer.contenders[0];

const without = (grants: readonly RouterGrant[], others: readonly RouterGrant[]): readonly RouterGrant[] =>
  grants.filter((grant) => !others.some(({ prefix, by }) => prefix === grant.prefix && by === grant.by));
