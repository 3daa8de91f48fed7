/** How a machine gets a leg in a network: a cable, an address, a default route. Which address, the network decides. */
import { Cable, type CableOptions } from './cable.js';
import type { Machine } from './machine.js';

/** Something with addresses to give: the internet, or the LAN behind a NAT. */
export interface Network {
  plug(machine: Machine, interfaceName: string, options?: PlugOptions): Promise<Leg>;
}

export interface PlugOptions {
  /** A cable that is slow, or bad; a good one costs nothing and cannot be changed later. */
  readonly cable?: CableOptions;
}

/** A machine's end of it. */
export interface Leg {
  readonly interface: string;
  readonly address: string;
  readonly gateway: string;
  /** Present when one was asked for. */
  readonly cable: Cable | undefined;
}

export interface Wiring {
  /** The machine that is the network, and the name of the new port on it. */
  readonly switchboard: Machine;
  readonly port: string;
  readonly machine: Machine;
  readonly interfaceName: string;
  /** The machine's address with its prefix length, `198.51.100.2/30`. */
  readonly address: string;
  readonly gateway: string;
}

/** Leads a cable from a port of the network to the machine. The port has no address yet and is down. */
export async function wire(wiring: Wiring, options: PlugOptions): Promise<Leg> {
  const { switchboard, port, machine, interfaceName, address, gateway } = wiring;
  const far = `peer name ${interfaceName} netns ${machine.pid}`;
  if (options.cable === undefined) await switchboard.ip(`link add ${port} type veth ${far}`);
  else await switchboard.ip(`link add ${port} type veth peer name ${port}-a`, `link add ${port}-b type veth ${far}`);
  const cable =
    options.cable === undefined
      ? undefined
      : await Cable.lay(switchboard, { near: `${port}-a`, far: `${port}-b` }, options.cable);
  await machine.ip(
    `addr add ${address} dev ${interfaceName}`,
    `link set ${interfaceName} up`,
    `route add default via ${gateway}`,
  );
  return { interface: interfaceName, address: address.replace(/\/.*/, ''), gateway, cable };
}
