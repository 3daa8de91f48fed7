/**
 * The star that a user already runs: a hub with a public address that forwards, and spokes that know only the hub.
 * Plain WireGuard; what wirelink makes of it is for the tests to see.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { PublicKey } from '../src/core/values/key.js';
import type { Machine } from './machine.js';
import type { Host } from './world.js';
import {
  bringUp,
  newKeyPair,
  newPresharedKey,
  takeDown,
  INTERFACE,
  type PeerConfig,
  type TunnelConfig,
} from './wireguard.js';

const HUB_PORT = 51820;

/** A machine of the star and its interface. */
export interface Member {
  readonly name: string;
  readonly machine: Machine;
  readonly key: PublicKey;
  /** In the tunnel, `10.9.0.2`. */
  readonly address: string;
  readonly config: TunnelConfig;
}

export interface SpokePlace {
  readonly host: Host;
  /** A port of WireGuard's own choice when absent. */
  readonly listenPort?: number;
  /** A LAN behind the spoke that the whole star routes to it, `192.168.50.0/24`. */
  readonly lan?: string;
  /** Over what it reaches the hub; IPv4 when absent. */
  readonly hubOver?: 'ipv4' | 'ipv6';
}

export interface StarOptions {
  /** What a spoke has as AllowedIPs of the hub: the whole network (usual), or each other member's single address. */
  readonly hubEntry?: 'network' | 'addresses';
  readonly presharedKeys?: boolean;
}

export interface Star {
  readonly hub: Member;
  readonly spokes: readonly Member[];
}

export async function buildStar(hub: Host, places: readonly SpokePlace[], options: StarOptions = {}): Promise<Star> {
  const plan = planStar(hub, places, options);
  await hub.machine.sysctl('net.ipv4.ip_forward=1');
  // The hub first: a spoke whose first handshake finds nobody waits five seconds before it tries again.
  await bringUp(plan.hub.machine, plan.hub.config);
  await Promise.all(plan.spokes.map((spoke) => bringUp(spoke.machine, spoke.config)));
  return plan;
}

/** The machine's interface goes away and, `offMs` later, comes back with the configuration it began with: a reboot. */
export async function restart(member: Member, offMs = 0): Promise<void> {
  await takeDown(member.machine);
  await sleep(offMs);
  await bringUp(member.machine, member.config);
}

/** The hub forgets a spoke, as an administrator makes it do. */
export async function expel(hub: Member, spoke: Member): Promise<void> {
  await hub.machine.run('wg', ['set', INTERFACE, 'peer', spoke.key, 'remove']);
}

function planStar(hub: Host, places: readonly SpokePlace[], options: StarOptions): Star {
  const hubKeys = newKeyPair();
  const seats = places.map((place, at) => {
    const address = `10.9.0.${at + 2}`;
    const psk = options.presharedKeys === true ? { presharedKey: newPresharedKey() } : {};
    return { place, address, keys: newKeyPair(), psk, owns: [`${address}/32`, ...lansOf([place])] };
  });
  const hubPeers = seats.map(({ keys, owns, psk }): PeerConfig => ({
    publicKey: keys.publicKey,
    allowedIps: owns,
    ...psk,
  }));
  const spokes = seats.map(({ place, address, keys, psk }): Member => {
    const others = seats.filter((seat) => seat.place !== place);
    const routes = lansOf(others.map((other) => other.place));
    const singles = ['10.9.0.1/32', ...others.flatMap((other) => other.owns)];
    const hubPeer: PeerConfig = {
      publicKey: hubKeys.publicKey,
      allowedIps: options.hubEntry === 'addresses' ? singles : ['10.9.0.0/24', ...routes],
      endpoint: `${place.hubOver === 'ipv6' ? `[${hub.leg.address6}]` : hub.leg.address}:${HUB_PORT}`,
      keepalive: 25,
      ...psk,
    };
    const port = place.listenPort === undefined ? {} : { listenPort: place.listenPort };
    const config: TunnelConfig = { keys, address: `${address}/24`, peers: [hubPeer], routes, ...port };
    return { name: place.host.machine.name, machine: place.host.machine, key: keys.publicKey, address, config };
  });
  const config = {
    keys: hubKeys,
    address: '10.9.0.1/24',
    listenPort: HUB_PORT,
    peers: hubPeers,
    routes: lansOf(places),
  };
  const member = { name: hub.machine.name, machine: hub.machine, key: hubKeys.publicKey, address: '10.9.0.1', config };
  return { hub: member, spokes };
}

const lansOf = (places: readonly SpokePlace[]): string[] =>
  places.flatMap((place) => (place.lan === undefined ? [] : [place.lan]));
