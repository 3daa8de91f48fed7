/** Two spokes of a star whose interfaces a test sets by hand, without any agent. */
import { expect } from 'vitest';
import type { PeerChange } from '../../../src/core/device.js';
import { parseEndpoint, type Endpoint } from '../../../src/core/values/endpoint.js';
import { linkLocal } from '../../../src/core/values/key.js';
import { hostPrefix, parsePrefix, type Prefix } from '../../../src/core/values/prefix.js';
import { INITIAL_TTL, udpSize } from '../../../src/sim/network/packet.js';
import { star, type SpokeOptions, type World } from '../../../src/sim/index.js';
import { idle } from '../engines.js';

export const OVERLAY = { s1: '10.9.0.2:51820', s2: '10.9.0.3:51820' } as const;
export const PUBLIC = { s1: '203.0.0.2:51820', s2: '203.0.1.2:51820' } as const;
export type Spoke = keyof typeof OVERLAY;
export const SPOKES = ['s1', 's2'] as const;
export const other = (spoke: Spoke): Spoke => (spoke === 's1' ? 's2' : 's1');

/** A star whose spokes have sessions with the hub. */
export function settled(
  spokes: readonly SpokeOptions[],
  seed = 1,
  hubEntry: 'covering' | 'single' = 'covering',
): World {
  const world = star({ seed, engine: idle, spokes, hubEntry, trace: true, started: false });
  for (const name of world.hostNames) world.host(name).addLinkLocal(linkLocal(world.key(name)));
  world.run(1_000);
  return world;
}

/** Two spokes with a session through the hub. */
export function throughHub(spokes: readonly SpokeOptions[], seed = 1): World {
  const world = settled(spokes, seed);
  meet(world, 's2');
  meet(world, 's1', OVERLAY.s2, 25);
  world.run(500);
  expect(linked(world)).toBe(true);
  return world;
}

/** Two spokes that talk straight to each other. */
export function direct(spokes: readonly SpokeOptions[]): World {
  const world = throughHub(spokes);
  for (const spoke of SPOKES) probe(world, spoke, PUBLIC[other(spoke)]);
  world.run(200);
  for (const spoke of SPOKES) set(world, spoke, { allowedIps: full(world, other(spoke)) });
  expect(world.pathOf('s1', 's2')).toBe('direct');
  return world;
}

/** Gives a spoke the other one as peer, with its link-local address and what else is said. */
export function meet(world: World, spoke: Spoke, endpoint?: string, keepalive?: number): void {
  set(world, spoke, {
    allowedIps: own(world, other(spoke)),
    ...(endpoint === undefined ? {} : { endpoint: at(endpoint) }),
    ...(keepalive === undefined ? {} : { keepalive }),
  });
}

export function set(
  world: World,
  spoke: Spoke,
  change: Omit<Extract<PeerChange, { kind: 'set' }>, 'kind' | 'publicKey'>,
): void {
  world.host(spoke).device.configure({ kind: 'set', publicKey: world.key(other(spoke)), ...change });
}

export function probe(world: World, spoke: Spoke, endpoint: string): void {
  set(world, spoke, { keepalive: 0, endpoint: at(endpoint) });
  set(world, spoke, { keepalive: 25 });
}

export function own(world: World, spoke: Spoke): Prefix[] {
  return [hostPrefix(linkLocal(world.key(spoke)))];
}

export function full(world: World, spoke: Spoke): Prefix[] {
  return [...own(world, spoke), prefix(`${OVERLAY[spoke].split(':')[0] ?? ''}/32`)];
}

export function peer(
  world: World,
  spoke: Spoke,
): { readonly endpoint: Endpoint | undefined; readonly handshakeAt: number | undefined; readonly txBytes: number } {
  const found = world.device(spoke).peers.find(({ publicKey }) => publicKey === world.key(other(spoke)));
  if (found === undefined) throw new Error(`${spoke} does not know the other one`);
  return found;
}

export const tx = (world: World, spoke: Spoke): number => peer(world, spoke).txBytes;
export const handshake = (world: World, spoke: Spoke): number | undefined => peer(world, spoke).handshakeAt;
export const linked = (world: World): boolean =>
  handshake(world, 's1') !== undefined && handshake(world, 's2') !== undefined;

export function sendAgentPacket(world: World, from: Spoke, bytes = 40): void {
  const to = linkLocal(world.key(other(from)));
  const payload = { kind: 'agent', bytes: new Uint8Array(bytes) } as const;
  world
    .host(from)
    .send({ to, fromPort: 51821, toPort: 51821, ttl: INITIAL_TTL, size: udpSize(to, bytes), depth: 0, payload });
}

export function agentPacketArrives(world: World, from: Spoke, bytes = 40): boolean {
  let arrived = false;
  world.host(other(from)).listen('agent', () => {
    arrived = true;
  });
  sendAgentPacket(world, from, bytes);
  world.run(300);
  return arrived;
}

/** Link-local packets both ways, one each `intervalMs`, until it is stopped. */
export function agentTraffic(world: World, intervalMs: number): () => void {
  let running = true;
  const next = (): void => {
    if (!running) return;
    sendAgentPacket(world, 's1');
    sendAgentPacket(world, 's2');
    world.scheduler.after(intervalMs, next);
  };
  next();
  world.run(300);
  return () => {
    running = false;
  };
}

export function at(text: string): Endpoint {
  const endpoint = parseEndpoint(text);
  if (endpoint === undefined) throw new Error(`${text} is no endpoint`);
  return endpoint;
}

export function prefix(text: string): Prefix {
  const parsed = parsePrefix(text);
  if (parsed === undefined) throw new Error(`${text} is no prefix`);
  return parsed;
}
