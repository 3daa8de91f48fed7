/**
 * What the routers' devices hold for whom, and where that contradicts itself. On a router the narrowest prefix around
 * an address decides whose it is; here it may stand alone on a peer, without the narrower ones beside it. So a prefix
 * is moved only when all routers agree about it and no part of it is somebody else's.
 */
import type { PublicKey } from '../values/key.js';
import type { Prefix } from '../values/prefix.js';
import { PrefixIndex } from '../values/prefix-index.js';
import type { Refusal } from './belief.js';
import type { ClaimOf } from './hearing.js';

/** All that routers say about one prefix. */
export interface Holding {
  readonly prefix: Prefix;
  /** The peers it is held for, sorted. */
  readonly subjects: readonly PublicKey[];
  /** Those of them that are no routers: what a router holds for another router leads on to that one's own spokes. */
  readonly contenders: readonly PublicKey[];
  /** The routers that hold it for anybody. */
  readonly by: ReadonlySet<PublicKey>;
}

/** Why a prefix that is granted stays with the router all the same. */
export interface Contest extends Refusal {
  /** Whether the whole of it is in doubt, rather than only some part being another's. */
  readonly whole: boolean;
}

export class Grants {
  readonly #index: PrefixIndex<Holding>;
  readonly #contests = new Map<Prefix, Contest>();
  readonly #call: (key: PublicKey) => string;

  /** `claims` are the routers' own words; `call` makes a key readable in reasons. */
  constructor(
    claims: readonly ClaimOf<'allowed-ip'>[],
    routers: ReadonlySet<PublicKey>,
    call: (key: PublicKey) => string,
  ) {
    this.#call = call;
    const holdings = holdingsOf(claims, routers);
    this.#index = new PrefixIndex(holdings.map((holding) => [holding.prefix, holding]));
    for (const holding of holdings) {
      this.#compareSubjects(holding);
      this.#compareWithOuter(holding, this.around(holding.prefix).slice(1));
    }
  }

  contest(prefix: Prefix): Contest | undefined {
    return this.#contests.get(prefix);
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
  #compareSubjects({ prefix, contenders: [one, other] }: Holding): void {
    if (one === undefined || other === undefined) return;
    this.#contend(prefix, {
      code: 'disputed',
      reason: `routers grant it to ${this.#call(one)} and to ${this.#call(other)}`,
      whole: true,
    });
  }

  /**
   * A prefix inside others that are somebody else's. A router that holds only an outer one sends all of it there; one
   * that holds both, or another router's prefix in between, says nothing against the inner one.
   */
  #compareWithOuter(inner: Holding, outers: readonly Holding[]): void {
    const heard = new Set(inner.by);
    for (const outer of outers) {
      const disagrees = [...outer.by].some((router) => !heard.has(router));
      for (const router of outer.by) heard.add(router);
      const [contender] = outer.contenders;
      const samePeer = outer.contenders.length === 1 && inner.subjects.length === 1 && contender === inner.subjects[0];
      if (contender === undefined || samePeer) continue;
      this.#contend(outer.prefix, { code: 'disputed', reason: this.#holds(inner), whole: false });
      if (!disagrees || inner.contenders.length === 0) continue;
      const reason = `routers disagree: one grants ${outer.prefix} around it to ${this.#call(contender)}`;
      this.#contend(inner.prefix, { code: 'disputed', reason, whole: true });
    }
  }

  #contend(prefix: Prefix, contest: Contest): void {
    const known = this.#contests.get(prefix);
    if (known === undefined || (contest.whole && !known.whole)) this.#contests.set(prefix, contest);
  }

  #holds(inner: Holding): string {
    return `a part of it, ${inner.prefix}, is granted to ${this.#whose(inner)}`;
  }

  #whose({ subjects: [first] }: Holding): string {
    return first === undefined ? 'nobody' : this.#call(first);
  }
}

function holdingsOf(claims: readonly ClaimOf<'allowed-ip'>[], routers: ReadonlySet<PublicKey>): Holding[] {
  const gathered = new Map<Prefix, { subjects: Set<PublicKey>; by: Set<PublicKey> }>();
  for (const { fact, source } of claims) {
    const holding = gathered.get(fact.value) ?? { subjects: new Set(), by: new Set() };
    holding.subjects.add(fact.subject);
    holding.by.add(source);
    gathered.set(fact.value, holding);
  }
  return [...gathered].map(([prefix, { subjects, by }]) => {
    const sorted = [...subjects].toSorted();
    return { prefix, subjects: sorted, contenders: sorted.filter((subject) => !routers.has(subject)), by };
  });
}
