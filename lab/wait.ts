/** Waiting for what can only be seen from outside, by looking again and again for a bounded time. */
import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import { patient } from './patience.js';

export interface WaitOptions {
  /** For a machine of its own; an emulated one is given its factor more (patience.ts). */
  readonly timeoutMs: number;
  /** The pause between two looks, on a machine of its own. */
  readonly everyMs?: number;
}

/** Looks until `enough` says yes, and gives what it saw then. Throws with what it saw last when the time is over. */
export async function waitFor<Seen, Enough extends Seen>(
  description: string,
  look: () => Promise<Seen> | Seen,
  enough: (seen: Seen) => seen is Enough,
  options: WaitOptions,
): Promise<Enough>;
export async function waitFor<Seen>(
  description: string,
  look: () => Promise<Seen> | Seen,
  enough: (seen: Seen) => boolean,
  options: WaitOptions,
): Promise<Seen>;
export async function waitFor<Seen>(
  description: string,
  look: () => Promise<Seen> | Seen,
  enough: (seen: Seen) => boolean,
  { timeoutMs, everyMs = 100 }: WaitOptions,
): Promise<Seen> {
  const end = performance.now() + patient(timeoutMs);
  for (;;) {
    const seen = await look();
    if (enough(seen)) return seen;
    if (performance.now() > end) {
      const last = inspect(seen, { depth: 6, breakLength: 120 });
      throw new Error(`Waited ${patient(timeoutMs) / 1000} s in vain: ${description}. Last seen: ${last}`);
    }
    await sleep(patient(everyMs));
  }
}
