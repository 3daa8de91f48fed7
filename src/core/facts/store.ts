/**
 * All claims this machine has heard, by who said them and through whom they came, each until it expires. It keeps what
 * it is given: whether a claim is believed is decided in trust.
 */
import type { PublicKey } from '../values/key.js';
import { after, earliest, type Instant, type Millis } from '../values/time.js';
import { factId, type Fact } from './fact.js';

export interface Claim {
  readonly fact: Fact;
  /** Who says it. */
  readonly source: PublicKey;
  /** The neighbour that told us: the source itself when it is first hand. */
  readonly via: PublicKey;
  readonly ttl: Millis;
  /** `undefined` for what this machine itself sees. */
  readonly expiresAt: Instant | undefined;
}

/**
 * What one neighbour can make us keep. A router passes on everybody's claims: a thousand spokes with a dozen each fit,
 * and the lot stays below ten megabytes.
 */
export const MAX_CLAIMS_PER_NEIGHBOUR = 16384;

/** What one source can say about itself by one way. A machine has a handful of addresses; more is noise or an attack. */
export const MAX_CLAIMS_ABOUT_ITSELF = 64;

export type PutResult = 'added' | 'renewed' | 'full';

export class ClaimStore {
  readonly #groups = new Map<PublicKey, Map<PublicKey, Group>>();
  readonly #bySubject = new Map<PublicKey, Set<Held>>();
  #changed = new Set<PublicKey>();
  readonly #countByVia = new Map<PublicKey, number>();
  #size = 0;
  /** The earliest expiry, or `stale` when it has to be sought again. */
  #soonest: Instant | undefined | 'stale';

  get size(): number {
    return this.#size;
  }

  /** Claims that came through that neighbour. */
  countVia(via: PublicKey): number {
    return this.#countByVia.get(via) ?? 0;
  }

  /** Whether `takeChanged` has anything to tell. */
  get hasChanged(): boolean {
    return this.#changed.size > 0;
  }

  /** The subjects of which what is claimed is other than when this was last asked. A renewal changes next to nothing. */
  takeChanged(): ReadonlySet<PublicKey> {
    const changed = this.#changed;
    this.#changed = new Set();
    return changed;
  }

  /**
   * Keeps a claim; one of an equal fact of the same source through the same neighbour is renewed by it. What is kept
   * stays the same object as long as it is held.
   */
  put(claim: Claim): PutResult {
    const id = factId(claim.fact);
    const group = this.#groups.get(claim.via)?.get(claim.source);
    const held = group?.held.get(id);
    if (group !== undefined && held !== undefined) {
      this.#renewHeld(held, claim.ttl, claim.expiresAt);
      this.#expiryChanged(group);
      return 'renewed';
    }
    if (this.#isFull(claim, group)) return 'full';
    this.#add(id, claim, group ?? this.#newGroup(claim));
    return 'added';
  }

  /** All claims of that source through that neighbour hold for another whole ttl from now on. */
  renew(source: PublicKey, via: PublicKey, now: Instant): void {
    const group = this.#groups.get(via)?.get(source);
    if (group === undefined) return;
    for (const held of group.held.values()) {
      if (held.expiresAt !== undefined) this.#renewHeld(held, held.ttl, after(now, held.ttl));
    }
    this.#expiryChanged(group);
  }

  has(id: string, source: PublicKey, via: PublicKey): boolean {
    return this.#groups.get(via)?.get(source)?.held.has(id) === true;
  }

  withdraw(id: string, source: PublicKey, via: PublicKey): void {
    const group = this.#groups.get(via)?.get(source);
    if (group?.held.has(id)) this.#remove(group, id);
  }

  /** Forgets all that came through a neighbour. */
  dropVia(via: PublicKey): void {
    for (const source of [...(this.#groups.get(via)?.keys() ?? [])]) this.dropSource(source, via);
  }

  /** Forgets all that a source said through a neighbour. */
  dropSource(source: PublicKey, via: PublicKey): void {
    const group = this.#groups.get(via)?.get(source);
    if (group === undefined) return;
    for (const id of [...group.held.keys()]) this.#remove(group, id);
  }

  /** Removes and answers what has expired: a claim holds until, and not at, its `expiresAt`. */
  expire(now: Instant): Claim[] {
    const soonest = this.nextExpiry();
    if (soonest === undefined || soonest > now) return [];
    return [...this.#allGroups()]
      .filter((group) => isOver(soonestOf(group), now))
      .flatMap((group) => this.#expireGroup(group, now));
  }

  nextExpiry(): Instant | undefined {
    if (this.#soonest === 'stale') {
      this.#soonest = earliest([...this.#allGroups()].map(soonestOf));
    }
    return this.#soonest;
  }

  *all(): Generator<Claim, void> {
    for (const group of this.#allGroups()) yield* group.held.values();
  }

  /** What neighbours say of themselves. */
  *ofThemselves(): Generator<Claim, void> {
    for (const [via, sources] of this.#groups) {
      for (const claim of sources.get(via)?.held.values() ?? []) if (claim.fact.subject === via) yield claim;
    }
  }

  forSubject(subject: PublicKey): readonly Claim[] {
    return [...(this.#bySubject.get(subject) ?? [])];
  }

  /** Everybody of whom anything is claimed. */
  subjects(): Iterable<PublicKey> {
    return this.#bySubject.keys();
  }

  /** All that came through that neighbour. */
  heardVia(via: PublicKey): readonly Claim[] {
    return [...(this.#groups.get(via)?.values() ?? [])].flatMap(({ held }) => [...held.values()]);
  }

  /** Those whose claims came through that neighbour. */
  sourcesVia(via: PublicKey): readonly PublicKey[] {
    return [...(this.#groups.get(via)?.keys() ?? [])];
  }

  *#allGroups(): Generator<Group, void> {
    for (const sources of this.#groups.values()) yield* sources.values();
  }

  #isFull({ fact, source, via }: Claim, group: Group | undefined): boolean {
    if ((this.#countByVia.get(via) ?? 0) >= MAX_CLAIMS_PER_NEIGHBOUR) return true;
    return fact.subject === source && (group?.aboutItself ?? 0) >= MAX_CLAIMS_ABOUT_ITSELF;
  }

  #newGroup({ source, via }: Claim): Group {
    const group: Group = { source, via, held: new Map(), aboutItself: 0, soonest: undefined };
    const sources = this.#groups.get(via) ?? new Map<PublicKey, Group>();
    this.#groups.set(via, sources.set(source, group));
    return group;
  }

  #add(id: string, claim: Claim, group: Group): void {
    const held: Held = { ...claim };
    group.held.set(id, held);
    if (claim.fact.subject === claim.source) group.aboutItself += 1;
    this.#bySubject.set(claim.fact.subject, (this.#bySubject.get(claim.fact.subject) ?? new Set()).add(held));
    this.#count(claim.via, 1);
    this.#changed.add(claim.fact.subject);
    if (group.soonest !== 'stale') group.soonest = earliest([group.soonest, claim.expiresAt]);
    if (this.#soonest !== 'stale') this.#soonest = earliest([this.#soonest, claim.expiresAt]);
  }

  #remove(group: Group, id: string): void {
    const held = group.held.get(id);
    if (held === undefined) throw new Error('bug: only what is held can be removed');
    const { subject } = held.fact;
    group.held.delete(id);
    if (subject === group.source) group.aboutItself -= 1;
    this.#bySubject.get(subject)?.delete(held);
    if (this.#bySubject.get(subject)?.size === 0) this.#bySubject.delete(subject);
    this.#count(group.via, -1);
    this.#changed.add(subject);
    if (held.expiresAt === group.soonest) this.#expiryChanged(group);
    if (group.held.size === 0) this.#forgetGroup(group);
  }

  #forgetGroup({ source, via }: Group): void {
    const sources = this.#groups.get(via);
    sources?.delete(source);
    if (sources?.size === 0) this.#groups.delete(via);
  }

  #count(via: PublicKey, change: 1 | -1): void {
    const count = (this.#countByVia.get(via) ?? 0) + change;
    if (count === 0) this.#countByVia.delete(via);
    else this.#countByVia.set(via, count);
    this.#size += change;
  }

  #expireGroup(group: Group, now: Instant): Claim[] {
    const expired = [...group.held].filter(([, { expiresAt }]) => isOver(expiresAt, now));
    for (const [id] of expired) this.#remove(group, id);
    return expired.map(([, claim]) => claim);
  }

  #renewHeld(held: Held, ttl: Claim['ttl'], expiresAt: Claim['expiresAt']): void {
    held.ttl = ttl;
    held.expiresAt = expiresAt;
    // Of two runs of an agent the one that was renewed last counts, so here a renewal does change something.
    const { attribute, subject, value } = held.fact;
    const isRival = ({ fact }: Claim): boolean => fact.attribute === 'alive' && fact.value !== value;
    if (attribute === 'alive' && this.forSubject(subject).some(isRival)) this.#changed.add(subject);
  }

  #expiryChanged(group: Group): void {
    group.soonest = 'stale';
    this.#soonest = 'stale';
  }
}

type Held = { -readonly [Field in keyof Claim]: Claim[Field] };

/** What one source said through one neighbour: renewed and dropped together, so kept together. */
interface Group {
  readonly source: PublicKey;
  readonly via: PublicKey;
  readonly held: Map<string, Held>;
  aboutItself: number;
  /** The earliest expiry in it, or `stale` when it has to be sought again. */
  soonest: Instant | undefined | 'stale';
}

function soonestOf(group: Group): Instant | undefined {
  if (group.soonest === 'stale') group.soonest = earliest([...group.held.values()].map(({ expiresAt }) => expiresAt));
  return group.soonest;
}

const isOver = (expiresAt: Instant | undefined, now: Instant): boolean => expiresAt !== undefined && expiresAt <= now;
