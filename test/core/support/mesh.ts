/** Engines in the simulated world, and questions whose answers come from packets: the TTL of pings, and the interfaces. */
import type { DeviceSnapshot } from '../../../src/core/device.js';
import { Engine } from '../../../src/core/engine.js';
import type { Notice } from '../../../src/core/notices.js';
import type { CauseCode } from '../../../src/core/views.js';
import { star, type StarOptions, type World } from '../../../src/sim/index.js';
import type { SeenPath } from '../../../src/sim/traffic.js';

export const mesh = (options: Omit<StarOptions, 'engine' | 'seed'> & { readonly seed?: number }): World =>
  star({ seed: 1, wakeTwice: true, ...options, engine: (engineOptions) => new Engine(engineOptions) });

const PING_EVERY_MS = 20;

/** The milliseconds until a ping from `from` to `to` and its answer take that path; `undefined` when none does in time. */
export function pathWithin(
  world: World,
  from: string,
  to: string,
  path: SeenPath,
  limitMs: number,
): number | undefined {
  let seen = false;
  const begin = world.now;
  let nextAt = begin;
  return world.runUntil(() => {
    if (world.now >= nextAt) {
      nextAt = world.now + PING_EVERY_MS;
      world.sendPing(from, to, (echo) => (seen ||= echo.path === path));
    }
    return seen;
  }, limitMs);
}

/** A world of two spokes in which packets between them go straight, both ways. */
export function directMesh(options: Parameters<typeof mesh>[0]): World {
  const world = mesh(options);
  if (pathWithin(world, 's1', 's2', 'direct', 20_000) === undefined) throw new Error('the spokes never became direct');
  world.run(2000);
  return world;
}

export const causeAt = (world: World, from: string, to: string): CauseCode | undefined =>
  world.view(from, to)?.cause?.code;

/** What a person compares with `wg show`: everything but endpoints, counters and handshakes. */
export const configuration = (world: World, name: string): unknown => settings(world.device(name));

function settings({ listenPort, fwmark, peers }: DeviceSnapshot): unknown {
  return {
    listenPort,
    fwmark,
    peers: peers.map(({ publicKey, allowedIps, keepalive }) => ({ publicKey, allowedIps, keepalive })),
  };
}

/** The notices of one type that an agent told, since a time. */
export function told<Type extends Notice['type']>(
  world: World,
  name: string,
  type: Type,
  since = 0,
): Extract<Notice, { type: Type }>[] {
  return world
    .agent(name)
    .notices.filter(({ at }) => at >= since)
    .map(({ notice }) => notice)
    .filter((notice): notice is Extract<Notice, { type: Type }> => notice.type === type);
}
