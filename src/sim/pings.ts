/** Pings through the tunnel: every machine answers them, and the TTLs say which way request and reply came. */
import type { Address } from '../core/values/address.js';
import type { Host } from './host.js';
import { INITIAL_TTL, udpSize } from './network/packet.js';
import type { Scheduler } from './scheduler.js';
import type { SeenPath } from './traffic.js';

export interface Echo {
  /** `direct` only when request and reply both came straight. */
  readonly path: SeenPath;
  readonly rttMs: number;
}

const PING_BYTES = 56;
/** Pings that wait for an answer; older ones are not waited for any more, so that lost ones do not pile up. */
const MAX_WAITING = 10_000;

export class Pings {
  readonly #scheduler: Scheduler;
  readonly #waiting = new Map<number, (ttl: number, arrivedWith: number) => void>();
  #last = 0;

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  answerOn(host: Host): void {
    host.listen('echo', ({ payload, from, ttl }) => {
      if (payload.kind !== 'echo') return;
      if (payload.arrivedWith === undefined) send(host, from, payload.id, ttl);
      else this.#waiting.get(payload.id)?.(ttl, payload.arrivedWith);
    });
  }

  /** `answered` is called once, or never. */
  send(from: Host, to: Address, answered: (echo: Echo) => void): void {
    const id = ++this.#last;
    const sentAt = this.#scheduler.now;
    this.#waiting.set(id, (ttl, arrivedWith) => {
      this.#waiting.delete(id);
      const straight = ttl === INITIAL_TTL && arrivedWith === INITIAL_TTL;
      answered({ path: straight ? 'direct' : 'relayed', rttMs: this.#scheduler.now - sentAt });
    });
    const oldest = this.#waiting.keys().next();
    if (this.#waiting.size > MAX_WAITING && oldest.done !== true) this.#waiting.delete(oldest.value);
    send(from, to, id, undefined);
  }
}

function send(host: Host, to: Address, id: number, arrivedWith: number | undefined): void {
  const payload = { kind: 'echo', id, arrivedWith } as const;
  host.send({ to, fromPort: 0, toPort: 0, ttl: INITIAL_TTL, size: udpSize(to, PING_BYTES), depth: 0, payload });
}
