/**
 * A member of the star that runs no agent but speaks like one, badly. It has the link-local address of its key, and its
 * own program (hostile-program.ts) sends from the agents' port whatever it is told to.
 */
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { linkLocal, type PublicKey } from '../src/core/values/key.js';
import type { Program } from './machine.js';
import type { Member } from './star.js';
import { INTERFACE, readDump } from './wireguard.js';

const PROGRAM = fileURLToPath(new URL('hostile-program.ts', import.meta.url));
/** Found by name it would be sought from the machine's working directory, which is not ours. */
const TSX = import.meta.resolve('tsx');

/** What the program is told to do. */
export type Orders =
  /** Everything at once: noise, datagrams too long, made-up peers by the hundred thousand; at last, the claims. */
  | { readonly do: 'flood'; readonly claims: readonly ClaimText[] }
  /** Greets, says the claims of itself and others, and keeps them alive. */
  | { readonly do: 'claim'; readonly claims: readonly ClaimText[] }
  /**
   * Says that it answers at the victim, at other ports all the time, and asks for attempts without end. It plays along
   * as far as the session through the hub, or nothing would be sent to the victim but a handshake now and then.
   */
  | { readonly do: 'redirect'; readonly victim: string; readonly other: PublicKey; readonly listenPort: number }
  /**
   * Was removed from the network and does not care: keeps the direct path to the other on its interface, answers its
   * pings, greets and pings it all the time, says that it is who it is, and invites it through the hub. `boot` is that of
   * the agent whose place it takes, in hexadecimal: nobody may notice.
   */
  | { readonly do: 'cling'; readonly other: PublicKey; readonly prefix: string; readonly boot: string };

/** An endpoint or a prefix; of the sender itself unless a subject is named. */
export interface ClaimText {
  readonly subject?: PublicKey;
  readonly endpoint?: string;
  readonly prefix?: string;
}

export class Hostile {
  readonly #program: Program;
  readonly #said: string[] = [];
  readonly #done: Promise<unknown>;

  private constructor(program: Program) {
    this.#program = program;
    const lines = createInterface({ input: program.stdout });
    lines.on('line', (line) => this.#said.push(line));
    createInterface({ input: program.stderr }).on('line', (line) => this.#said.push(line));
    this.#done = once(lines, 'close');
  }

  /** Puts the member where agents are, by hand, and lets the program loose. */
  static async unleash(member: Member, hub: Member, orders: Orders): Promise<Hostile> {
    const own = linkLocal(member.key);
    const entry = (await readDump(member.machine)).peers.find(({ publicKey }) => publicKey === hub.key);
    const allowed = [...(entry?.allowedIps ?? []), `${linkLocal(hub.key)}/128`];
    await member.machine.run('wg', ['set', INTERFACE, 'peer', hub.key, 'allowed-ips', allowed.join(',')]);
    await member.machine.ip(`addr replace ${own}/64 dev ${INTERFACE} nodad`);
    if (orders.do === 'redirect') {
      await member.machine.run('wg', ['set', INTERFACE, 'peer', orders.other, 'allowed-ips', linkLocal(orders.other)]);
      await member.machine.ip(`route replace ${linkLocal(orders.other)}/128 dev ${INTERFACE}`);
    }
    const setting = { key: member.key, hub: hub.key, interface: INTERFACE, ...orders };
    return new Hostile(member.machine.spawn(process.execPath, ['--import', TSX, PROGRAM, JSON.stringify(setting)]));
  }

  /** Waits until it has said all. */
  async done(): Promise<void> {
    await this.#done;
    if (!this.#said.includes('done')) throw new Error(`the hostile peer failed: ${this.#said.join('\n')}`);
  }

  get said(): readonly string[] {
    return this.#said;
  }

  stop(): void {
    this.#program.kill('SIGKILL');
  }
}
