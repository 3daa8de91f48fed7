/** What a router's agent does for its peers: passes messages on between two that both talk to it, within bounds. */
import type { Neighbour } from './facts/neighbour.js';
import { Allowance } from './allowance.js';
import { FORWARD_BURST, FORWARD_ONE_IN, MAX_DATAGRAM } from './limits.js';
import type { Outbox } from './outbox.js';
import type { Forward } from './protocol/messages.js';
import type { PublicKey } from './values/key.js';
import type { Instant } from './values/time.js';

/** What a forwarded message carries before its payload: the kind and a key. */
const HEADER_BYTES = 33;

export class Forwarding {
  readonly #allowances = new Map<PublicKey, Allowance>();

  /** Only those who take us for their router may ask, and only for peers whose agent we have heard. */
  pass(
    from: PublicKey,
    message: Forward,
    neighbour: (key: PublicKey) => Neighbour | undefined,
    outbox: Outbox,
    now: Instant,
  ): void {
    if (neighbour(from)?.wantsOthers !== true || neighbour(message.peer)?.agent !== true) return;
    if (message.peer === from || message.payload.length + HEADER_BYTES > MAX_DATAGRAM || !this.#take(from, now)) return;
    outbox.send(message.peer, { kind: 'forwarded', peer: from, payload: message.payload });
  }

  #take(from: PublicKey, now: Instant): boolean {
    const allowance = this.#allowances.get(from) ?? new Allowance(FORWARD_BURST, FORWARD_ONE_IN);
    this.#allowances.set(from, allowance);
    return allowance.take(now);
  }
}
