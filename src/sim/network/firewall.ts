/** A host's own firewall that lets only answers in: what arrives must fit something sent in the last 30 seconds. */
import type { Packet } from './packet.js';

/** Linux forgets a UDP flow that got no answer after 30 s; the longer time of answered ones is not counted on. */
const FLOW_MS = 30_000;
/** Forgotten flows are swept out when so many have come together, so that the table stays bounded. */
const SWEEP_AT = 1024;

export class Firewall {
  readonly #flows = new Map<string, number>();

  sent(packet: Packet, now: number): void {
    this.#flows.set(`${packet.fromPort}>${packet.to}:${packet.toPort}`, now);
    if (this.#flows.size > SWEEP_AT) this.#sweep(now);
  }

  /** Whether the packet may enter. Pings and the user's own traffic always may: somebody wanted those. */
  admits(packet: Packet, now: number): boolean {
    if (packet.payload.kind === 'echo' || packet.payload.kind === 'flow') return true;
    const flow = `${packet.toPort}>${packet.from}:${packet.fromPort}`;
    const sentAt = this.#flows.get(flow);
    if (sentAt === undefined || now - sentAt > FLOW_MS) return false;
    this.#flows.set(flow, now);
    return true;
  }

  #sweep(now: number): void {
    for (const [flow, at] of this.#flows) if (now - at > FLOW_MS) this.#flows.delete(flow);
  }
}
