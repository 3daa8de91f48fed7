/** What each method of the control socket does. Those that only look are here; those that take time have their own files. */
import type { SelfView } from '../../core/views.js';
import { VERSION } from '../version.js';
import { selectClaims } from './claims.js';
import type { Handlers } from './client.js';
import { connectHandler } from './connect.js';
import { eventsHandler } from './events.js';
import { probeHandler } from './probe.js';
import type { Served } from './served.js';

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
