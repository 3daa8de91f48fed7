/**
 * A cable that takes its time, loses packets, or is cut in one direction. What it does to packets can change while they
 * pass. It lies between two interfaces of one machine: netem does the work where the kernel has it, at both ends of a
 * bridge; many kernels come without, and then a small program does (cable.py says how).
 */
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Machine, Program } from './machine.js';
import { means } from './means.js';

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

/** `far` is the side of whoever is plugged in. */
export interface CableEnds {
  readonly near: string;
  readonly far: string;
}

const PROGRAM = fileURLToPath(new URL('cable.py', import.meta.url));

/** Takes over the options, from the moment it resolves. */
type Apply = (options: Required<CableOptions>) => Promise<void>;

export class Cable {
  readonly #apply: Apply;
  #options: Required<CableOptions>;

  private constructor(apply: Apply, options: CableOptions) {
    this.#apply = apply;
    this.#options = { jitterMs: 0, loss: 0, cut: 'none', ...options };
  }

  static async lay(machine: Machine, ends: CableEnds, options: CableOptions): Promise<Cable> {
    await machine.sysctl(...[ends.near, ends.far].map((end) => `net.ipv6.conf.${end}.disable_ipv6=1`));
    const apply = means().cables === 'netem' ? await layNetem(machine, ends) : await layProgram(machine, ends);
    const cable = new Cable(apply, options);
    await apply(cable.#options);
    return cable;
  }

  /** What is not said stays as it was. */
  async change(options: Partial<CableOptions>): Promise<void> {
    this.#options = { ...this.#options, ...options };
    await this.#apply(this.#options);
  }
}

/** Each end delays what leaves by it. The bridge between them has no address and learns nothing. */
async function layNetem(machine: Machine, { near, far }: CableEnds): Promise<Apply> {
  const bridge = `${near}-c`;
  await machine.ip(
    `link add ${bridge} type bridge mcast_snooping 0`,
    ...[near, far].map((end) => `link set ${end} master ${bridge} up`),
  );
  await machine.sysctl(`net.ipv6.conf.${bridge}.disable_ipv6=1`);
  await machine.ip(`link set ${bridge} up`);
  return async (options) => {
    const ways = [
      [near, 'up'],
      [far, 'down'],
    ] as const;
    const lines = ways.map(([end, way]) => `qdisc replace dev ${end} root netem ${netemWords(options, way)}`);
    await machine.run('tc', ['-batch', '-'], { input: `${lines.join('\n')}\n` });
  };
}

/** netem draws evenly around its delay, and counts loss in percent. */
function netemWords({ delayMs, jitterMs, loss, cut }: Required<CableOptions>, way: 'up' | 'down'): string {
  const dead = cut === 'both' || cut === way;
  const delay = `delay ${delayMs + jitterMs / 2}ms ${jitterMs / 2}ms`;
  return `${delay} loss ${dead ? 100 : loss * 100}% limit ${NETEM_PACKETS}`;
}

/** Room for a second of all that a test sends. */
const NETEM_PACKETS = 10_000;

async function layProgram(machine: Machine, { near, far }: CableEnds): Promise<Apply> {
  // The machine's own kernel must not answer ARP at the cable's ends, or packets go through it, past the cable.
  await machine.ip(`link set ${near} arp off up`, `link set ${far} arp off up`);
  const program = machine.spawn('python3', [PROGRAM, near, far]);
  let complaint = '';
  program.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  if (!(await hasBegun(program))) {
    throw new Error(`The cable at ${near} of ${machine.name} did not start: ${complaint.trim()}`);
  }
  return (options) => {
    program.stdin.write(`${JSON.stringify(options)}\n`);
    return Promise.resolve();
  };
}

async function hasBegun(program: Program): Promise<boolean> {
  for await (const line of createInterface({ input: program.stdout })) if (line === 'ready') return true;
  return false;
}
