/** What can be seen of a path without asking any agent: the TTL a ping's answer arrives with. */
import type { Machine } from './machine.js';
import type { Member } from './star.js';

/** As the wire shows it. `relayed`: one machine between the two lowered the TTL. */
export type SeenPath = 'direct' | 'relayed' | 'none';

export interface Echo {
  readonly ttl: number;
  readonly rttMs: number;
}

/** What Linux sends with; the hub takes one off. */
const FULL_TTL = 64;

/** One ping; `undefined` when no answer came within a second, or nothing leads there. */
export async function ping(machine: Machine, address: string): Promise<Echo | undefined> {
  const { stdout } = await machine.attempt('ping', ['-n', '-c', '1', '-W', '1', address]);
  return echoIn(stdout);
}

/** The echo that a line of ping's output tells of. */
export function echoIn(line: string): Echo | undefined {
  const seen = /ttl=(\d+) time=([\d.]+) ms/.exec(line);
  return seen === null ? undefined : { ttl: Number(seen[1]), rttMs: Number(seen[2]) };
}

/** Which way a packet and its answer take between two members, right now. */
export async function pathOf(from: Member, to: Member): Promise<SeenPath> {
  return pathFrom(await ping(from.machine, to.address));
}

export function pathFrom(echo: Echo | undefined): SeenPath {
  if (echo === undefined) return 'none';
  return echo.ttl === FULL_TTL ? 'direct' : 'relayed';
}
