/**
 * A world: machines, and the networks between them. It decides who is told to end, and in which order; what a machine
 * or a network is, they know themselves. Whatever happens to this process, its machines end with it (see machine.ts).
 */
import { Internet } from './internet.js';
import { Machine } from './machine.js';
import { Nat, type NatBehaviour } from './nat.js';
import type { Leg, Network, PlugOptions } from './network.js';

export interface Host {
  readonly machine: Machine;
  readonly leg: Leg;
}

export interface HostOptions extends PlugOptions {
  /** A firewall on the host itself that lets in only answers to what it sent, and answers to ping. */
  readonly firewall?: boolean;
}

const HOST_FIREWALL = `table inet lab {
  chain arriving {
    type filter hook input priority filter; policy drop
    iifname "lo" accept
    ct state established,related accept
    icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-advert, echo-request } accept
    icmp type echo-request accept
  }
}
`;

export class World {
  readonly #machines: Machine[] = [];
  #closing: Promise<void> | undefined;

  /** Builds something in a new world; what was built so far is taken down again when that fails. */
  static async build<Scene>(build: (world: World) => Promise<Scene>): Promise<Scene & { readonly world: World }> {
    const world = new World();
    try {
      return { ...(await build(world)), world };
    } catch (error) {
      await world.close();
      throw error;
    }
  }

  async machine(name: string): Promise<Machine> {
    const machine = await Machine.start(name);
    this.#machines.push(machine);
    return machine;
  }

  async internet(): Promise<Internet> {
    return Internet.create(await this.machine('internet'));
  }

  /** A machine on a network, with an address, a default route and an interface `eth0`. */
  async host(name: string, network: Network, options: HostOptions = {}): Promise<Host> {
    const machine = await this.machine(name);
    const leg = await network.plug(machine, 'eth0', options);
    if (options.firewall === true) await machine.nft(HOST_FIREWALL);
    return { machine, leg };
  }

  /** A router that translates addresses: one leg in `network`, and a LAN behind it. */
  async nat(name: string, network: Network, behaviour: NatBehaviour, options: PlugOptions = {}): Promise<Nat> {
    return Nat.create(await this.machine(name), network, behaviour, options);
  }

  /** Ends every program and every machine. */
  close(): Promise<void> {
    this.#closing ??= Promise.all(this.#machines.map((machine) => machine.close())).then(() => undefined);
    return this.#closing;
  }
}
