/**
 * A cable that takes its time, loses packets, or is cut in one direction: a small program between two interfaces
 * (cable.py says how), because many kernels come without netem. What it does to packets can change while they pass.
 */
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Machine, Program } from './machine.js';

export interface CableOptions {
  /** One way, so a round trip takes twice as long. */
  readonly delayMs: number;
  /** Added to each packet at random, up to this much; packets may overtake each other. */
  readonly jitterMs?: number;
  /** The share of packets that get lost, 0 to 1. */
  readonly loss?: number;
  /** Which direction is dead: towards the network, towards the machine, or both. */
  readonly cut?: 'none' | 'up' | 'down' | 'both';
}

const PROGRAM = fileURLToPath(new URL('cable.py', import.meta.url));

export class Cable {
  readonly #program: Program;
  #options: CableOptions;

  private constructor(program: Program, options: CableOptions) {
    this.#program = program;
    this.#options = options;
  }

  /** Between two interfaces of one machine. `far` is the side of whoever is plugged in. */
  static async lay(
    machine: Machine,
    ends: { readonly near: string; readonly far: string },
    options: CableOptions,
  ): Promise<Cable> {
    await machine.sysctl(...[ends.near, ends.far].map((end) => `net.ipv6.conf.${end}.disable_ipv6=1`));
    // The machine's own kernel must not answer ARP at the cable's ends, or packets go through it, past the cable.
    await machine.ip(`link set ${ends.near} arp off up`, `link set ${ends.far} arp off up`);
    const program = machine.spawn('python3', [PROGRAM, ends.near, ends.far]);
    let complaint = '';
    program.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
    const cable = new Cable(program, options);
    cable.#tell();
    for await (const line of createInterface({ input: program.stdout })) if (line === 'ready') return cable;
    throw new Error(`The cable at ${ends.near} of ${machine.name} did not start: ${complaint.trim()}`);
  }

  /** From now on. What is not said stays as it was. */
  change(options: Partial<CableOptions>): void {
    this.#options = { ...this.#options, ...options };
    this.#tell();
  }

  #tell(): void {
    const { delayMs, jitterMs = 0, loss = 0, cut = 'none' } = this.#options;
    this.#program.stdin.write(`${JSON.stringify({ delayMs, jitterMs, loss, cut })}\n`);
  }
}
