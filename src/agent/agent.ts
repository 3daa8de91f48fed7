/**
 * The life of one agent, from the first change to the interface to the last one undone. What the parts do is theirs; the
 * order is decided here: nothing is sent before clients can connect and "ready" is said, and however it ends, the
 * interface is put back first and the guardian dismissed after it.
 */
import type { Adopted } from '../core/device.js';
import type { EngineContract } from '../core/contract.js';
import type { ReloadResult } from '../core/control-api.js';
import { UserError } from '../core/errors.js';
import type { Notice } from '../core/notices.js';
import { linkLocal } from '../core/values/key.js';
import type { ReadyView } from '../core/views.js';
import type { ControlServer } from './control/server.js';
import type { Configuration } from './configuration.js';
import { createHandlers } from './control/handlers.js';
import { GivenEndpoints, type LookUp } from './given-endpoints.js';
import type { History } from './history.js';
import type { Guardian } from './guardian.js';
import type { Log } from './log.js';
import { Loop, type Ending } from './loop.js';
import { statusOf, type ServiceManager } from './service-manager.js';
import type { Clock, Device, Host, Journal, OpenTunnelSocket } from './ports.js';

export interface AgentParts {
  readonly interface: string;
  readonly port: number;
  readonly createEngine: (adopted: Adopted) => EngineContract;
  readonly device: Device;
  readonly host: Host;
  readonly incarnation: string;
  readonly journal: Journal;
  /** Puts everything back that the journal names. */
  readonly undo: () => Promise<unknown>;
  readonly openSocket: OpenTunnelSocket;
  readonly server: ControlServer;
  readonly startGuardian: () => Guardian;
  readonly clock: Clock;
  readonly log: Log;
  /** Called once, before anything is sent. */
  readonly onReady: (ready: ReadyView) => void;
  /** Told of every notice, before all others. */
  readonly onNotice: (notice: Notice) => void;
  readonly interruptions: Interruptions;
  readonly service: ServiceManager;
  readonly configuration: Pick<Configuration, 'file' | 'settings' | 'reread' | 'warnings'>;
  readonly history: History;
  readonly lookUp: LookUp;
}

/** What comes to an agent from outside, and ends it. */
export interface Interruptions {
  /** Somebody wants it to stop. */
  readonly stop: Promise<'stop'>;
  /** Calls back each time the configuration shall be read again, until the answer is called. */
  readonly onReload: (listener: () => void) => () => void;
  /** And now at once. */
  readonly hurry: Promise<'hurry'>;
  /** Rejects with what nobody caught: a bug. */
  readonly bug: Promise<never>;
}

/** The engine says goodbye within 300 ms; what takes longer hangs. */
const GOODBYE_MS = 1000;

/**
 * Resolves after a stop that was asked for. Throws `UserError`: `interface-deleted`, `key-changed`, `undo-failed` (the
 * guardian stays and tries again), and what stands in the way of starting.
 */
export async function liveAgent(parts: AgentParts): Promise<void> {
  const { interface: name, device, host, journal, log } = parts;
  const guardian = parts.startGuardian();
  let loop: Loop | undefined;
  let given: GivenEndpoints | undefined;
  let unlisten: () => unknown = () => undefined;
  let deleted = false;
  try {
    const before = await device.read();
    journal.observe(before);
    for (const warning of journal.warnings) log.warn(warning);
    const address = linkLocal(before.publicKey);
    if (!(await host.read()).tunnel.some((own) => own.address === address)) {
      journal.recordLinkLocal(address);
      await host.addLinkLocal(address);
    }
    const engine = parts.createEngine(journal.adopted());
    loop = await Loop.open({ ...parts, address, engine });
    loop.follow(parts.onNotice);
    const peers = loop.device.peers.length;
    parts.onReady({ ready: true, interface: name, linkLocal: address, port: parts.port, peers });
    await loop.start();
    given = giveEndpoints(loop, parts);
    const reload = reloader(loop, given, parts);
    serve(loop, engine, reload, parts);
    unlisten = parts.interruptions.onReload(reload);
    parts.service.ready();
    showStatus(loop, engine, parts);
    deleted = await untilEnd(loop, parts);
  } finally {
    unlisten();
    given?.close();
    await loop?.close();
    if (deleted) journal.clear();
    else await putBack(parts);
    guardian.dismiss();
  }
  if (deleted) throw new UserError('interface-deleted', { interface: name });
}

function serve(loop: Loop, engine: EngineContract, reload: () => ReloadResult, parts: AgentParts): void {
  const { interface: name, clock, server, history, configuration } = parts;
  server.serve(
    createHandlers({
      interface: name,
      clock,
      engine,
      handle: (event) => {
        loop.handle(event);
      },
      follow: (listener) => loop.follow(listener),
      history,
      reload,
      warnings: () => configuration.warnings(),
    }),
  );
}

function showStatus(loop: Loop, engine: EngineContract, { service, clock }: AgentParts): void {
  if (!service.listens) return;
  const show = (): void => {
    service.status(statusOf(engine.peers(clock.now())));
  };
  show();
  loop.follow(({ type }) => {
    if (type === 'path') show();
  });
}

function giveEndpoints(loop: Loop, { configuration, lookUp, log }: AgentParts): GivenEndpoints {
  const given = new GivenEndpoints({
    places: configuration.settings.endpoints,
    lookUp,
    log,
    tell: (peer, endpoints) => {
      loop.handle({ type: 'given', peer, endpoints });
    },
  });
  loop.follow((notice) => {
    given.hear(notice);
  });
  given.start();
  return given;
}

/**
 * What becomes different is the engine's to find out; a mistake changes nothing, and the log and the history tell it. Who
 * asks for it may have changed the interface, too.
 */
function reloader(loop: Loop, given: GivenEndpoints, parts: AgentParts): () => ReloadResult {
  const { service, configuration, log } = parts;
  return () =>
    service.reload(() => {
      const reread = configuration.reread();
      if (reread.outcome === 'applied') {
        const { policy, warnings, endpoints } = reread.settings;
        loop.handle({ type: 'policy', policy, warnings });
        given.replace(endpoints);
      }
      loop.look();
      const { outcome, message } = reread;
      log.notice({ type: 'reload', outcome, message });
      return { file: configuration.file, outcome, message };
    });
}

/** Whether the interface was deleted: then nothing is left to put back. */
async function untilEnd(loop: Loop, { interface: name, interruptions, service, log }: AgentParts): Promise<boolean> {
  const { stop, hurry, bug } = interruptions;
  let ending: Ending | 'stop' | 'hurry' = await Promise.race([loop.ended, stop, bug]);
  if (ending === 'stop') {
    log.info('stopping');
    service.stopping();
    loop.handle({ type: 'stop' });
    const limit = timeLimit(GOODBYE_MS);
    ending = await Promise.race([loop.ended, hurry, bug, limit.over]);
    limit.cancel();
  }
  switch (ending) {
    case 'finished':
    case 'hurry':
      return false;
    case 'interface-deleted':
      return true;
    case 'key-changed':
      throw new UserError('key-changed', { interface: name });
  }
}

async function putBack({ interface: name, undo }: AgentParts): Promise<void> {
  try {
    await undo();
  } catch (error) {
    throw new UserError('undo-failed', {
      interface: name,
      why: error instanceof Error ? error.message : String(error),
    });
  }
}

function timeLimit(milliseconds: number): { readonly over: Promise<'hurry'>; readonly cancel: () => void } {
  let cancel: () => void = () => undefined;
  const over = new Promise<'hurry'>((resolve) => {
    const timer = setTimeout(resolve, milliseconds, 'hurry');
    cancel = () => {
      clearTimeout(timer);
    };
  });
  return { over, cancel };
}
