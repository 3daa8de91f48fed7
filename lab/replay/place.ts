/**
 * Builds the machines of the simulator's scenario out of namespaces. Names, tunnel addresses and behaviour are the
 * scenario's; the addresses outside are the laboratory's own, so an endpoint of the scenario is read as "that machine".
 * What the laboratory cannot make is an error, never something similar.
 */
import { keyOf } from '../../src/sim/build.js';
import type { HostSpec, Scenario, Uplink } from '../../src/sim/scenario.js';
import type { NatBehaviour as SimulatedNat } from '../../src/sim/network/nat.js';
import type { CableOptions } from '../cable.js';
import type { Internet } from '../internet.js';
import type { Nat, NatBehaviour } from '../nat.js';
import type { Network, PlugOptions } from '../network.js';
import type { Member } from '../star.js';
import { World, type Host } from '../world.js';
import { bringUp, newKeyPair, type KeyPair, type TunnelConfig } from '../wireguard.js';

export interface Place {
  readonly world: World;
  readonly internet: Internet;
  readonly members: ReadonlyMap<string, Member>;
  readonly nats: ReadonlyMap<string, Nat>;
  /** The address under which the internet sees each machine: its own, or that of the outermost NAT before it. */
  readonly seenAs: ReadonlyMap<string, string>;
}

/** The simulator's, for interfaces that are given none. */
const LISTEN_PORT = 51820;

/** Below this a cable is as good as none. */
const SHORTEST_DELAY_MS = 1;

export function place(scenario: Scenario): Promise<Place> {
  return World.build(async (world) => {
    if (scenario.segments.length > 0) throw new Error('The laboratory has no networks but the internet and LANs.');
    const internet = await world.internet();
    const networks = new Map<string, Network>([['internet', internet]]);
    const nats = new Map<string, Nat>();
    const outer = new Map<string, string>();
    // A NAT behind another one is plugged into it, so the outer ones come first.
    for (let left = [...scenario.nats]; left.length > 0;) {
      const spec = left.find(({ outside }) => networks.has(outside.segment));
      if (spec === undefined) throw new Error('A NAT of the scenario is behind one that is not there.');
      const outside = known(networks.get(spec.outside.segment), spec.outside.segment);
      const nat = await world.nat(spec.name, outside, behaviourOf(spec.behaviour), cableOf(spec.outside));
      nats.set(spec.name, nat);
      networks.set(spec.name, nat);
      outer.set(spec.name, outer.get(spec.outside.segment) ?? nat.wan.address);
      left = left.filter((other) => other !== spec);
    }
    const hosts = new Map<string, Host>();
    for (const spec of scenario.hosts) {
      const uplink = only(spec);
      const options = { ...cableOf(uplink), firewall: spec.firewall ?? false };
      hosts.set(spec.name, await world.host(spec.name, known(networks.get(uplink.segment), uplink.segment), options));
    }
    const seenAs = new Map(
      scenario.hosts.map((spec) => {
        const own = known(hosts.get(spec.name), spec.name).leg.address;
        return [spec.name, outer.get(only(spec).segment) ?? own];
      }),
    );
    return { internet, nats, seenAs, members: await raise(scenario, hosts, seenAs) };
  });
}

/** Who may be sent to without being asked comes first: whose first handshake finds nobody waits for five seconds. */
async function raise(
  scenario: Scenario,
  hosts: ReadonlyMap<string, Host>,
  seenAs: ReadonlyMap<string, string>,
): Promise<ReadonlyMap<string, Member>> {
  const keys = keysLike(scenario.hosts.map(({ name }) => name));
  const members = new Map<string, Member>();
  const passive = (spec: HostSpec): boolean => spec.peers.every(({ endpoint }) => endpoint === undefined);
  for (const spec of [...scenario.hosts].sort((one, other) => Number(passive(other)) - Number(passive(one)))) {
    const { machine } = known(hosts.get(spec.name), spec.name);
    const config = tunnelOf(spec, scenario, keys, seenAs);
    if (spec.forward === true) await machine.sysctl('net.ipv4.ip_forward=1');
    await bringUp(machine, config);
    const address = config.address.replace(/\/.*/, '');
    members.set(spec.name, { name: spec.name, machine, key: config.keys.publicKey, address, config });
  }
  return members;
}

/** Real keys in the order of the simulated ones: which end of a pair leads depends on it. */
function keysLike(names: readonly string[]): ReadonlyMap<string, KeyPair> {
  const real = names.map(newKeyPair).sort((one, other) => (one.publicKey < other.publicKey ? -1 : 1));
  const order = [...names].sort((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
  return new Map(order.map((name, at) => [name, known(real[at], name)]));
}

function tunnelOf(
  spec: HostSpec,
  scenario: Scenario,
  keys: ReadonlyMap<string, KeyPair>,
  seenAs: ReadonlyMap<string, string>,
): TunnelConfig {
  const [address, ...more] = spec.tunnel;
  if (address === undefined || more.length > 0 || spec.fwmark !== undefined || spec.mtu !== undefined)
    throw new Error(`${spec.name}: the laboratory gives an interface one address, no mark, and its usual MTU.`);
  const endpointOf = (text: string): string => {
    const [outside = '', port = ''] = text.split(':');
    const meant = scenario.hosts.find(({ uplinks }) => uplinks.some((uplink) => uplink.address === outside));
    return `${known(seenAs.get(meant?.name ?? ''), text)}:${port}`;
  };
  return {
    keys: known(keys.get(spec.name), spec.name),
    address,
    listenPort: spec.listenPort ?? LISTEN_PORT,
    routes: spec.routes ?? [],
    peers: spec.peers.map(({ host, allowedIps, endpoint, keepalive }) => ({
      publicKey: known(keys.get(host), host).publicKey,
      allowedIps,
      ...(endpoint === undefined ? {} : { endpoint: endpointOf(endpoint) }),
      ...(keepalive === undefined ? {} : { keepalive }),
    })),
  };
}

function behaviourOf({ mapping, filtering, hairpin, udp, unsolicited }: SimulatedNat): NatBehaviour {
  if (mapping === 'address-dependent' || filtering === 'address-dependent' || unsolicited !== 'dropped')
    throw new Error('The laboratory has no such NAT.');
  return { mapping, filtering, hairpin, ...(udp === 'blocked' ? { udpOnlyTo: [] } : {}) };
}

function cableOf({ link = {} }: Uplink): PlugOptions {
  const { latencyMs = 0, jitterMs = 0, loss = 0, duplicate = 0, reorder = 0, mtu = 1500 } = link;
  if (duplicate > 0 || reorder > 0 || mtu !== 1500)
    throw new Error('The laboratory has no cable that doubles packets, holds single ones back or cuts them short.');
  const cable: CableOptions = { delayMs: latencyMs, jitterMs, loss };
  return latencyMs < SHORTEST_DELAY_MS && jitterMs === 0 && loss === 0 ? {} : { cable };
}

/** Of all moves the laboratory makes one: a machine that stays where it is gets a line of IPv6 beside what it has. */
export async function addLine(
  { name, machine }: Member,
  internet: Internet,
  uplinks: readonly Uplink[],
): Promise<void> {
  const [, second, ...more] = uplinks;
  if (second?.segment !== 'internet' || !second.address.includes(':') || more.length > 0)
    throw new Error(`${name}: the laboratory moves no machine, it adds a line of IPv6.`);
  await internet.plug(machine, 'eth1', { ...cableOf(second), families: 'ipv6' });
}

function only({ name, uplinks }: HostSpec): Uplink {
  const [uplink, ...more] = uplinks;
  if (uplink === undefined || more.length > 0) throw new Error(`${name}: the laboratory plugs a machine in once.`);
  return uplink;
}

function known<Value>(value: Value | undefined, name: string): Value {
  if (value === undefined) throw new Error(`The scenario has no "${name}".`);
  return value;
}
