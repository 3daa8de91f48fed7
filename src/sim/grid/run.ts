/** One run of a cell: the real engine in the simulator, and how packets between the two ends go in the end. */
import type { EngineFactory } from '../agent/agent.js';
import type { SeenPath } from '../traffic.js';
import { World } from '../world.js';
import type { Cell } from './cell.js';
import { cellScenario } from './scenario.js';

export interface RunOptions {
  readonly seed: number;
  readonly engine: EngineFactory;
}

/**
 * Attempts that fail come after pauses of 2, 5, 10, 30 and 60 s: four of them at least, and one after a pause that is
 * longer than NATs remember a packet.
 */
const PATIENCE_MS = 150_000;
/** A path counts once it has been idle for some time: when exactly it came to be does not matter. */
const LOOK_EVERY_MS = 100;
/** Twice as long as a NAT here keeps a mapping: a path that only lasted as long as its first packets is gone by then. */
const IDLE_MS = 65_000;

export function runCell(cell: Cell, name: string, { seed, engine }: RunOptions): SeenPath | 'none' {
  const world = new World(cellScenario(cell, name, seed), { seed, engine });
  const startedAt = Math.max(...world.scenario.at.map(({ ms }) => ms));
  world.run(startedAt);
  const isDirect = (): boolean =>
    world.view('s1', 's2')?.path === 'direct' && world.view('s2', 's1')?.path === 'direct';
  // Not `runUntil`, which asks after every packet.
  const end = world.now + PATIENCE_MS;
  while (!isDirect() && world.now < end) world.run(LOOK_EVERY_MS);
  if (isDirect()) world.run(IDLE_MS);
  return world.pathOf('s1', 's2', 3);
}
