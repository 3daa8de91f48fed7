/** Collects what one call of the engine answers with, in order. */
import type { Action } from './events.js';
import type { Notice } from './notices.js';
import { encodeMessage, type Message } from './protocol/messages.js';
import { linkLocal, type PublicKey } from './values/key.js';

export class Outbox {
  #actions: Action[] = [];

  push(action: Action): void {
    this.#actions.push(action);
  }

  send(to: PublicKey, message: Message): void {
    this.sendBytes(to, encodeMessage(message));
  }

  sendBytes(to: PublicKey, bytes: Uint8Array): void {
    this.#actions.push({ type: 'send', to: linkLocal(to), bytes });
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
