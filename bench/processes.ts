/** What a program costs its machine, with everything it started: read from /proc, which all namespaces share here. */
import { readdirSync, readFileSync } from 'node:fs';

/** USER_HZ: what /proc counts processor time in, the same on every Linux. */
const TICKS_PER_SECOND = 100;

export interface Cost {
  /** Resident, all processes together; what they share counts for each. */
  readonly bytes: number;
  /** Of one processor, since the program started. Processes that have ended meanwhile count, once they were waited for. */
  readonly seconds: number;
}

/** Throws when the program is gone. */
export function costOf(pid: number): Cost {
  const costs = [ownCost(pid), ...childrenOf(pid).map(costOf)];
  return {
    bytes: costs.reduce((sum, { bytes }) => sum + bytes, 0),
    seconds: costs.reduce((sum, { seconds }) => sum + seconds, 0),
  };
}

function ownCost(pid: number): Cost {
  const resident = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  // What stands before the last parenthesis is the program's name, with whatever it contains. Fields count from 3 there.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  const [user, system, childrensUser, childrensSystem] = fields.slice(14 - 3).map(Number);
  const ticks = (user ?? 0) + (system ?? 0) + (childrensUser ?? 0) + (childrensSystem ?? 0);
  return { bytes: Number(resident) * 1024, seconds: ticks / TICKS_PER_SECOND };
}

function childrenOf(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  );
}
