/** The user's own packets: paced UDP between tunnel addresses, judged from outside the agents by what arrives and its TTL. */
import type { Address } from '../core/values/address.js';
import type { Context } from './context.js';
import type { Host } from './host.js';
import { INITIAL_TTL, udpSize, type Packet } from './network/packet.js';

/** A TTL that nobody lowered came straight; one less came through one router. */
export type SeenPath = 'direct' | 'relayed';

const pathByTtl = (ttl: number): SeenPath => (ttl === INITIAL_TTL ? 'direct' : 'relayed');

interface Sent {
  readonly at: number;
  arrivedAt: number | undefined;
  path: SeenPath | undefined;
}

const FLOW_PORT = 40_000;
const PAYLOAD_BYTES = 100;
/** What is not there after this long counts as lost; no path here takes longer. */
const LOST_AFTER_MS = 1_000;

/** One direction. */
export class Flow {
  readonly id: number;
  readonly from: Host;
  readonly to: Host;
  readonly #address: Address;
  readonly #intervalMs: number;
  readonly #context: Context;
  readonly #sent: Sent[] = [];
  #running = true;

  constructor(id: number, from: Host, to: Host, address: Address, intervalMs: number, context: Context) {
    this.id = id;
    this.from = from;
    this.to = to;
    this.#address = address;
    this.#intervalMs = intervalMs;
    this.#context = context;
    this.#next();
  }

  stop(): void {
    this.#running = false;
  }

  arrived(packet: Packet): void {
    if (packet.payload.kind !== 'flow') return;
    const sent = this.#sent[packet.payload.sequence];
    if (sent === undefined || sent.arrivedAt !== undefined) return;
    sent.arrivedAt = this.#context.scheduler.now;
    sent.path = pathByTtl(packet.ttl);
  }

  get sent(): number {
    return this.#sent.length;
  }

  /** Packets sent at `since` or later that have been missing for a second. */
  lost(since = 0): number {
    const judged = this.#context.scheduler.now - LOST_AFTER_MS;
    return this.#sent.filter(({ at, arrivedAt }) => arrivedAt === undefined && at >= since && at <= judged).length;
  }

  /** How many came by each path, of those sent at `since` or later. */
  paths(since = 0): Readonly<Record<SeenPath, number>> {
    const counts = { direct: 0, relayed: 0 };
    for (const { at, path } of this.#sent) if (path !== undefined && at >= since) counts[path]++;
    return counts;
  }

  /** When the last packet that has arrived so far arrived. */
  get lastArrival(): number | undefined {
    return this.#sent.findLast(({ arrivedAt }) => arrivedAt !== undefined)?.arrivedAt;
  }

  /** The longest time, in ms, in which what was sent was lost without a break. */
  longestGap(since = 0): number {
    let longest = 0;
    let begin: number | undefined;
    const judged = this.#context.scheduler.now - LOST_AFTER_MS;
    for (const { at, arrivedAt } of this.#sent) {
      if (at < since || at > judged) continue;
      if (arrivedAt === undefined) begin ??= at;
      else begin = undefined;
      if (begin !== undefined) longest = Math.max(longest, at - begin + this.#intervalMs);
    }
    return longest;
  }

  #next(): void {
    if (!this.#running) return;
    const { scheduler } = this.#context;
    if (!this.from.asleep) this.#send(scheduler.now);
    scheduler.after(this.#intervalMs, () => {
      this.#next();
    });
  }

  #send(now: number): void {
    const payload = { kind: 'flow', flow: this.id, sequence: this.#sent.length } as const;
    this.#sent.push({ at: now, arrivedAt: undefined, path: undefined });
    const size = udpSize(this.#address, PAYLOAD_BYTES);
    const ports = { fromPort: FLOW_PORT, toPort: FLOW_PORT };
    this.from.send({ ...ports, to: this.#address, ttl: INITIAL_TTL, size, depth: 0, payload });
  }
}

/** Both directions between two machines. */
export interface Stream {
  readonly there: Flow;
  readonly back: Flow;
  stop(): void;
  /** Both directions together. */
  lost(since?: number): number;
}
