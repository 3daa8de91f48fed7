/** Small engines with a script instead of a mind, to drive the simulator in its own tests. */
import type { Action, Event } from '../../src/core/events.js';
import type { EngineContract } from '../../src/core/contract.js';
import type { Instant } from '../../src/core/values/time.js';

export interface Script {
  readonly handle?: (event: Event, now: Instant) => readonly Action[];
  readonly wakeAt?: () => { readonly at: Instant; readonly why: string } | undefined;
}

/** An engine that answers as the script says, and says goodbye at once when told to stop. */
export function scripted({ handle, wakeAt }: Script): EngineContract {
  return {
    handle: (event, now) => [
      ...(handle?.(event, now) ?? []),
      ...(event.type === 'stop' ? [{ type: 'finished' } as const] : []),
    ],
    wakeAt: () => wakeAt?.(),
    self: () => undefined,
    peers: () => [],
    facts: () => [],
  };
}

export const idle = (): EngineContract => scripted({});
