/** What each method of the control socket does. Those that only look are here; those that take time have their own files. */
import type { EngineContract } from '../../core/contract.js';
import type { ReloadResult } from '../../core/control-api.js';
import type { Event } from '../../core/events.js';
import type { Notice } from '../../core/notices.js';
import type { Cause, SelfView } from '../../core/views.js';
import type { History } from '../history.js';
import type { Clock } from '../ports.js';
import { VERSION } from '../version.js';
import { selectClaims } from './claims.js';
import type { Handlers } from './client.js';
import { connectHandler } from './connect.js';
import { eventsHandler } from './events.js';
import { probeHandler } from './probe.js';

/** What the handlers need of a running agent. */
export interface Served {
  readonly interface: string;
  readonly clock: Clock;
  readonly engine: Pick<EngineContract, 'self' | 'peers' | 'facts'>;
  readonly handle: (event: Event) => void;
  /** Calls back for every notice until the answer is called. */
  readonly follow: (listener: (notice: Notice) => void) => () => void;
  readonly history: Pick<History, 'since' | 'follow'>;
  /** Has the configuration and the interface read again. */
  readonly reload: () => ReloadResult;
  /** What is amiss beside what the engine knows of. */
  readonly warnings: () => readonly Cause[];
}

export function createHandlers(served: Served): Handlers {
  const { clock, engine } = served;
  const startedAt = clock.now();
  const self = (): SelfView => {
    const view = engine.self(clock.now());
    if (view === undefined) throw new Error('clients are served before the interface was read');
    return { ...view, warnings: [...served.warnings(), ...view.warnings] };
  };
  return {
    status: () => ({
      version: VERSION,
      interface: served.interface,
      pid: process.pid,
      uptimeMs: Math.round(clock.now() - startedAt),
      self: self(),
    }),
    facts: (params) => ({ self: self().publicKey, facts: selectClaims(params, self(), served) }),
    peers: () => ({ self: self(), peers: engine.peers(clock.now()) }),
    events: eventsHandler(served),
    connect: connectHandler(served),
    reload: () => served.reload(),
    probe: probeHandler(served),
  };
}
