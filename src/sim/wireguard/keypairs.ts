/** The sessions of one pair of peers: which keys send, which are still accepted, and which wait for confirmation. */
import { REPLAY_WINDOW } from './constants.js';

export class Keypair {
  sent = 0;
  readonly window = new ReplayWindow();
  readonly localIndex: number;
  readonly remoteIndex: number;
  readonly initiator: boolean;
  readonly createdAt: number;

  constructor(localIndex: number, remoteIndex: number, initiator: boolean, createdAt: number) {
    this.localIndex = localIndex;
    this.remoteIndex = remoteIndex;
    this.initiator = initiator;
    this.createdAt = createdAt;
  }
}

export class Keypairs {
  #current: Keypair | undefined;
  #previous: Keypair | undefined;
  /** A responder's new keys, until the first packet under them shows that the initiator has them too. */
  #next: Keypair | undefined;

  get current(): Keypair | undefined {
    return this.#current;
  }

  /** The keys answer for themselves: an initiator uses them at once, a responder waits. Returns the keys that go. */
  add(keypair: Keypair): readonly Keypair[] {
    const gone: (Keypair | undefined)[] = [this.#previous];
    if (keypair.initiator) {
      if (this.#next !== undefined) gone.push(this.#current);
      this.#previous = this.#next ?? this.#current;
      this.#next = undefined;
      this.#current = keypair;
    } else {
      gone.push(this.#next);
      this.#previous = undefined;
      this.#next = keypair;
    }
    return gone.filter((one) => one !== undefined);
  }

  byIndex(localIndex: number): Keypair | undefined {
    return [this.#current, this.#previous, this.#next].find((keypair) => keypair?.localIndex === localIndex);
  }

  /** A packet came under these keys. Answers whether that confirmed new ones, and which keys go. */
  received(keypair: Keypair): { readonly confirmed: boolean; readonly gone: readonly Keypair[] } {
    if (keypair !== this.#next) return { confirmed: false, gone: [] };
    const gone = this.#previous === undefined ? [] : [this.#previous];
    this.#previous = this.#current;
    this.#current = keypair;
    this.#next = undefined;
    return { confirmed: true, gone };
  }

  clear(): readonly Keypair[] {
    const gone = [this.#current, this.#previous, this.#next].filter((one) => one !== undefined);
    this.#current = this.#previous = this.#next = undefined;
    return gone;
  }
}

class ReplayWindow {
  #highest = -1;
  readonly #seen = new Uint8Array(REPLAY_WINDOW);

  /** Whether a packet with this number is new; remembers it. */
  accept(counter: number): boolean {
    if (counter <= this.#highest - REPLAY_WINDOW) return false;
    if (counter > this.#highest) {
      const from = Math.max(this.#highest + 1, counter - REPLAY_WINDOW + 1);
      for (let skipped = from; skipped <= counter; skipped++) this.#seen[skipped % REPLAY_WINDOW] = 0;
      this.#highest = counter;
    } else if (this.#seen[counter % REPLAY_WINDOW] === 1) return false;
    this.#seen[counter % REPLAY_WINDOW] = 1;
    return true;
  }
}
