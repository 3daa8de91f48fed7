/** Tells changes of paths and newly refused claims once each. */
import { REFUSALS_TOLD, REFUSALS_TOLD_PER } from './limits.js';
import type { Outbox } from './outbox.js';
import type { Rejection } from './trust/beliefs.js';
import { factId } from './facts/fact.js';
import type { PublicKey } from './values/key.js';
import { since, type Instant } from './values/time.js';
import type { PathKind, PeerView } from './views.js';

export interface Paths {
  readonly peers: ReadonlySet<PublicKey>;
  /** What the path to the peer follows from: where it is the same, item by item, so is the path. */
  groundsOf(peer: PublicKey): readonly unknown[];
  view(peer: PublicKey): PeerView;
}

interface ToldPath {
  readonly grounds: readonly unknown[];
  readonly path: PathKind;
  readonly text: string;
}

export class NoticeBoard {
  readonly #paths = new Map<PublicKey, ToldPath>();
  #stamp: number | undefined;
  #refused = new Set<string>();
  #told = { since: undefined as Instant | undefined, count: 0 };

  /** `stamp` is other than at the last call when anything happened that can change a path. */
  paths(stamp: number, look: () => Paths, outbox: Outbox): void {
    if (stamp === this.#stamp) return;
    this.#stamp = stamp;
    const paths = look();
    for (const peer of this.#paths.keys()) if (!paths.peers.has(peer)) this.#paths.delete(peer);
    const changed = [...paths.peers].filter((peer) => {
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
