/** Tells changes of paths and newly refused claims once each. */
import { REFUSALS_TOLD, REFUSALS_TOLD_PER } from './limits.js';
import type { Outbox } from './outbox.js';
import type { Rejection } from './trust/beliefs.js';
import { factId } from './facts/fact.js';
import type { Affected } from './knowledge.js';
import type { PublicKey } from './values/key.js';
import { since, type Instant } from './values/time.js';
import type { PathKind, PeerView } from './views.js';

export interface Paths {
  all(): Iterable<PublicKey>;
  has(peer: PublicKey): boolean;
  /** What the path to the peer follows from: where it is the same, item by item, so is the path. */
  groundsOf(peer: PublicKey): readonly unknown[];
  view(peer: PublicKey): PeerView;
}

interface ToldPath {
  readonly grounds: readonly unknown[];
  readonly path: PathKind;
  readonly text: string;
}

const NOBODY: ReadonlySet<PublicKey> = new Set();

export class NoticeBoard {
  readonly #paths = new Map<PublicKey, ToldPath>();
  #affected: Affected = 'everybody';
  #refused = new Set<string>();
  #told = { since: undefined as Instant | undefined, count: 0 };

  /** The paths to these may be others than were told. */
  mayChange(affected: Affected): void {
    if (affected === 'everybody' || this.#affected === 'everybody') this.#affected = 'everybody';
    else if (affected.size > 0) this.#affected = new Set([...this.#affected, ...affected]);
  }

  paths(look: () => Paths, outbox: Outbox): void {
    if (this.#affected !== 'everybody' && this.#affected.size === 0) return;
    const paths = look();
    const affected = this.#affected === 'everybody' ? [...paths.all(), ...this.#paths.keys()] : this.#affected;
    this.#affected = NOBODY;
    const present = new Set(affected);
    for (const peer of present) {
      if (paths.has(peer)) continue;
      present.delete(peer);
      this.#paths.delete(peer);
    }
    const changed = [...present].filter((peer) => {
      const before = this.#paths.get(peer)?.grounds;
      return before === undefined || paths.groundsOf(peer).some((ground, at) => ground !== before[at]);
    });
    for (const peer of changed.sort()) {
      const { path, endpoint, via, cause } = paths.view(peer);
      const text = `${path} ${path === 'direct' ? (endpoint ?? '') : (cause?.code ?? '')}`;
      const before = this.#paths.get(peer);
      this.#paths.set(peer, { grounds: paths.groundsOf(peer), path, text });
      if (before?.text === text) continue;
      outbox.notice({
        type: 'path',
        peer,
        path,
        ...(before !== undefined && { was: before.path }),
        ...(endpoint !== undefined && { endpoint }),
        ...(via !== undefined && { via }),
        ...(cause !== undefined && { cause }),
      });
    }
  }

  refusals(rejected: readonly Rejection[], outbox: Outbox, now: Instant): void {
    const before = this.#refused;
    this.#refused = new Set(rejected.map(({ claim }) => `${claim.source} ${factId(claim.fact)}`));
    for (const { claim, code, reason } of rejected) {
      if (before.has(`${claim.source} ${factId(claim.fact)}`) || !this.#mayTell(now)) continue;
      outbox.notice({ type: 'refused', source: claim.source, subject: claim.fact.subject, code, reason });
    }
  }

  #mayTell(now: Instant): boolean {
    if (this.#told.since === undefined || since(this.#told.since, now) > REFUSALS_TOLD_PER) {
      this.#told = { since: now, count: 0 };
    }
    return this.#told.count++ < REFUSALS_TOLD;
  }
}
