/**
 * Counts packets and their bytes at a point of a machine, by a rule of nftables: exact, without a program that runs beside, and also
 * in a user namespace, where `tcpdump` refuses to give up a root it does not have.
 */
import type { Machine } from './machine.js';

/** Where in the kernel's way of a packet: arrived here, passing through, or leaving. */
export type Hook = 'input' | 'forward' | 'postrouting';

export class PacketCount {
  static #tables = 0;
  readonly #machine: Machine;
  readonly #table: string;

  private constructor(machine: Machine, table: string) {
    this.#machine = machine;
    this.#table = table;
  }

  /** From the moment this resolves. `match` is in the language of nftables: `oifname "wg0" udp dport 51820`. */
  static async start(machine: Machine, hook: Hook, match: string): Promise<PacketCount> {
    const table = `count${PacketCount.#tables++}`;
    await machine.nft(`table inet ${table} {
  chain seen {
    type filter hook ${hook} priority filter
    ${match} counter
  }
}
`);
    return new PacketCount(machine, table);
  }

  async packets(): Promise<number> {
    return (await this.#read()).packets;
  }

  /** With their IP headers, without what a link puts around them. */
  async bytes(): Promise<number> {
    return (await this.#read()).bytes;
  }

  async #read(): Promise<{ packets: number; bytes: number }> {
    const rules = await this.#machine.run('nft', ['list', 'table', 'inet', this.#table]);
    const [, packets, bytes] = /counter packets (\d+) bytes (\d+)/.exec(rules) ?? [];
    return { packets: Number(packets), bytes: Number(bytes) };
  }
}
