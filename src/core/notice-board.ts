/** Tells changes of paths and newly refused claims once each. */
import { REFUSALS_TOLD, REFUSALS_TOLD_PER } from './limits.js';
import type { Outbox } from './outbox.js';
import type { Rejection } from './trust/beliefs.js';
import { factId } from './facts/fact.js';
import type { PublicKey } from './values/key.js';
import { since, type Instant } from './values/time.js';
import type { PathKind, PeerView } from './views.js';

export class NoticeBoard {
  readonly #paths = new Map<PublicKey, { readonly path: PathKind; readonly text: string }>();
  #stamp: number | undefined;
  #refused = new Set<string>();
  #told = { since: undefined as Instant | undefined, count: 0 };

  /** `stamp` is other than at the last call when anything happened that can change a path. */
  paths(stamp: number, view: () => readonly PeerView[], outbox: Outbox): void {
    if (stamp === this.#stamp) return;
    this.#stamp = stamp;
    const peers = view();
    for (const { publicKey: peer, path, endpoint, via, cause } of peers) {
      const text = `${path} ${path === 'direct' ? (endpoint ?? '') : (cause?.code ?? '')}`;
      const before = this.#paths.get(peer);
      if (before?.text === text) continue;
      this.#paths.set(peer, { path, text });
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
    if (this.#paths.size === peers.length) return;
    const present = new Set(peers.map(({ publicKey }) => publicKey));
    for (const peer of this.#paths.keys()) if (!present.has(peer)) this.#paths.delete(peer);
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
