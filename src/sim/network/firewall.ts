/**
 * A host's own firewall that lets only answers in: what arrives must fit something sent before. How long before is as
 * Linux has it: a flow that was answered, and still is after two seconds, is kept longer than one that was just answered.
 */
import type { Packet } from './packet.js';

const FLOW_MS = 30_000;
const LASTING_FLOW_MS = 120_000;
const LASTING_AFTER_MS = 2_000;
/** Forgotten flows are swept out when so many have come together, so that the table stays bounded. */
const SWEEP_AT = 1024;

interface Flow {
  readonly since: number;
  at: number;
  answered: boolean;
  lasting: boolean;
}

export class Firewall {
  readonly #flows = new Map<string, Flow>();

  sent(packet: Packet, now: number): void {
    const key = `${packet.fromPort}>${packet.to}:${packet.toPort}`;
    const known = this.#alive(key, now);
    if (known !== undefined) use(known, now);
    else this.#flows.set(key, { since: now, at: now, answered: false, lasting: false });
    if (this.#flows.size > SWEEP_AT) this.#sweep(now);
  }

  /** Whether the packet may enter. Pings and the user's own traffic always may: somebody wanted those. */
  admits(packet: Packet, now: number): boolean {
    if (packet.payload.kind === 'echo' || packet.payload.kind === 'flow') return true;
    const flow = this.#alive(`${packet.toPort}>${packet.from}:${packet.fromPort}`, now);
    if (flow === undefined) return false;
    flow.answered = true;
    use(flow, now);
    return true;
  }

  #alive(key: string, now: number): Flow | undefined {
    const flow = this.#flows.get(key);
    if (flow !== undefined && isAlive(flow, now)) return flow;
    this.#flows.delete(key);
    return undefined;
  }

  #sweep(now: number): void {
    for (const [key, flow] of this.#flows) if (!isAlive(flow, now)) this.#flows.delete(key);
  }
}

const isAlive = ({ at, lasting }: Flow, now: number): boolean => now - at <= (lasting ? LASTING_FLOW_MS : FLOW_MS);

function use(flow: Flow, now: number): void {
  flow.at = now;
  flow.lasting ||= flow.answered && now - flow.since > LASTING_AFTER_MS;
}
