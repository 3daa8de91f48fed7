/** Collects what one call of the engine answers with, in order. */
import type { Action } from './events.js';
import type { Notice } from './notices.js';
import { encodeMessage, type Message } from './protocol/messages.js';
import { linkLocal, type PublicKey } from './values/key.js';

/** What WireGuard counts for a datagram of ours: IPv6 and UDP headers, padded to 16, and its own 32 bytes. */
export const wireGuardBytes = (length: number): number => Math.ceil((length + 48) / 16) * 16 + 32;

export class Outbox {
  #actions: Action[] = [];
  readonly #sent = new Map<PublicKey, number>();

  push(action: Action): void {
    this.#actions.push(action);
  }

  send(to: PublicKey, message: Message): void {
    this.sendBytes(to, encodeMessage(message));
  }

  sendBytes(to: PublicKey, bytes: Uint8Array): void {
    this.#sent.set(to, (this.#sent.get(to) ?? 0) + wireGuardBytes(bytes.length));
    this.#actions.push({ type: 'send', to: linkLocal(to), bytes });
  }

  /** Bytes of our own that went to a peer since this was last asked, as WireGuard counts them. */
  takeSent(to: PublicKey): number {
    const bytes = this.#sent.get(to) ?? 0;
    this.#sent.delete(to);
    return bytes;
  }

  notice(notice: Notice): void {
    this.#actions.push({ type: 'notice', notice });
  }

  take(): readonly Action[] {
    const taken = this.#actions;
    this.#actions = [];
    return taken;
  }
}
