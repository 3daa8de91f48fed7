/** Pings on a person's request: directly where the peer is on the device, else through a router. */
import type { Connection } from './connection/connection.js';
import type { Scene } from './connection/scene.js';
import type { PublicKey } from './values/key.js';
import { rounded, since, type Instant } from './values/time.js';

interface Probe {
  readonly id: number;
  readonly peer: PublicKey;
  readonly sentAt: Instant;
}

const REMEMBERED = 256;

export class Probes {
  readonly #sent = new Map<number, Probe>();

  send(peer: PublicKey, id: number, connection: Connection | undefined, scene: Scene): void {
    const token = scene.input.nextNumber();
    this.#sent.set(token, { id, peer, sentAt: scene.now });
    const oldest = this.#sent.keys().next();
    if (this.#sent.size > REMEMBERED && oldest.done !== true) this.#sent.delete(oldest.value);
    const onDevice = connection === undefined || connection.state.name === 'active';
    if (onDevice && scene.isReachable(peer)) {
      scene.input.outbox.send(peer, { kind: 'ping', token, direct: true, asSeen: false, padding: 0 });
      return;
    }
    const router = scene.routersOf(peer)[0];
    if (router !== undefined)
      scene.sendThrough(router, peer, { kind: 'ping', token, direct: false, asSeen: false, padding: 0 });
  }

  /** Whether a pong answers a probe; then its requester is told. */
  answered(peer: PublicKey, token: number, path: 'direct' | 'relayed', scene: Scene): boolean {
    const probe = this.#sent.get(token);
    if (probe?.peer !== peer) return false;
    this.#sent.delete(token);
    const rttMs = rounded(since(probe.sentAt, scene.now));
    scene.input.outbox.notice({ type: 'probe-reply', peer, id: probe.id, rttMs, path });
    return true;
  }
}
