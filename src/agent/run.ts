/**
 * `wirelink up`: puts the parts of an agent together on a real machine, or undoes what one left. The order of its start is
 * chosen so that a mistake is told before anything is touched, and nothing is touched without the lock.
 */
import { randomBytes, randomInt } from 'node:crypto';
import { rmSync } from 'node:fs';
import { Engine } from '../core/engine.js';
import { UserError } from '../core/errors.js';
import type { PublicKey } from '../core/values/key.js';
import type { ReadyView, RestoredView } from '../core/views.js';
import { liveAgent } from './agent.js';
import { systemClock } from './clock.js';
import { Configuration } from './configuration.js';
import { openControlServer } from './control/server.js';
import { openDevice } from './device/index.js';
import { systemLookUp } from './given-endpoints.js';
import { restoreCommand, startGuardian } from './guardian.js';
import { History } from './history.js';
import { linuxHost } from './host.js';
import { watchInterruptions } from './interruptions.js';
import { openJournal } from './journal.js';
import { takeLock, type Lock } from './lock.js';
import { createLog, type Log, type LogOptions } from './log.js';
import { remembering } from './log/remember.js';
import { exposition } from './metrics/exposition.js';
import { Metrics } from './metrics/metrics.js';
import type { MetricsServer } from './metrics/server.js';
import { Names } from './names.js';
import { isFull, lockPath, makeRunDir, runDir, socketPath } from './paths.js';
import { openServiceManager } from './service-manager.js';
import { checkName, configFile, readSettings, type GivenSettings, type Settings } from './settings.js';
import { openTunnelSocket } from './tunnel-socket.js';
import { restore as undoLeft, undo } from './undo.js';
import { VERSION } from './version.js';

export interface RunOptions extends GivenSettings {
  readonly log: Pick<LogOptions, 'level' | 'format'>;
  /** Called once, when clients may connect and before anything is sent. */
  readonly onReady: (ready: ReadyView) => void;
}

/** Its members may use the control socket. */
const GROUP = 'wirelink';

/**
 * Runs until SIGINT or SIGTERM, a second one of which hurries it. Throws `UserError`, for what stands in the way and what
 * ends it; anything else that it throws is a bug, and the interface is put back before that, too.
 */
export async function runAgent(options: RunOptions): Promise<void> {
  const name = options.interface;
  const configuration = new Configuration({ file: configFile(options), read: () => readSettings(options) });
  const { port, policy, warnings } = configuration.settings;
  surviveClosedOutput();
  const names = new Names(systemClock);
  const nameOf = (peer: PublicKey): string | undefined => names.of(peer);
  const history = new History({ now: () => new Date() });
  const printed = createLog({
    write: (line) => process.stderr.write(line),
    now: () => new Date(),
    level: options.log.level,
    format: options.log.format,
    nameOf,
  });
  const log = remembering(printed, history, nameOf);
  history.add({ type: 'start', text: `the agent for ${name} starts, wirelink ${VERSION}` });
  const metrics = new Metrics({
    clock: systemClock,
    isConfigurationCurrent: () => configuration.warnings().length === 0,
  });
  const service = openServiceManager(process.env, log);
  for (const { text } of warnings) log.warn(text);
  const interruptions = watchInterruptions();
  const device = await openDevice(name);
  try {
    await withLock(name, async () => {
      const server = await openControlServer({ path: socketPath(name), group: GROUP, onBug: bugLogger(log) });
      let served: MetricsServer | undefined;
      try {
        served = await openMetrics(configuration.settings);
        const host = linuxHost(name);
        const incarnation = await host.incarnation();
        const journal = openJournal(name, incarnation);
        await liveAgent({
          interface: name,
          port,
          device,
          host,
          incarnation,
          journal,
          server,
          log,
          interruptions,
          service,
          configuration,
          history,
          lookUp: systemLookUp,
          clock: systemClock,
          openSocket: metrics.counted(openTunnelSocket),
          onNotice: (notice) => {
            metrics.hear(notice);
          },
          createEngine: (adopted) => {
            const [bootId, seed] = [randomBytes(16), randomInt(2 ** 32)];
            const engine = new Engine({ adopted, port, policy, warnings, bootId, seed });
            names.askFrom(engine);
            served?.serve(() => exposition(metrics.families(engine)));
            return engine;
          },
          undo: () => undo(device, host, journal),
          startGuardian: () =>
            startGuardian({
              restore: restoreCommand(name),
              onLoss: (reason) => {
                log.warn(`the guardian that cleans up after a crash has ended (${reason})`);
              },
            }),
          onReady: options.onReady,
        });
      } finally {
        served?.close();
        server.close();
      }
    });
  } finally {
    service.close();
    device.close();
    interruptions.end();
  }
}

/**
 * Undoes what an agent that was killed left, and answers what was done. Throws `UserError`: `already-running` while one
 * runs, `undo-failed`, and as reaching the interface does.
 */
export async function restore(interfaceName: string): Promise<RestoredView> {
  checkName(interfaceName);
  return withLock(interfaceName, async () => {
    const undone = await undoLeft(interfaceName);
    // The lock says that nobody listens on it any more.
    rmSync(socketPath(interfaceName), { force: true });
    return { interface: interfaceName, ...undone };
  });
}

/** Loaded only where it is wanted: most agents serve no metrics. */
async function openMetrics({ metrics: place }: Settings): Promise<MetricsServer | undefined> {
  if (place === undefined) return undefined;
  const { openMetricsServer } = await import('./metrics/server.js');
  return openMetricsServer({ place, group: GROUP });
}

async function withLock<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
  let lock: Lock;
  try {
    makeRunDir();
    lock = await takeLock({ interface: name, lockPath: lockPath(name), socketPath: socketPath(name) });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
      throw new UserError('no-permission', { what: runDir() });
    }
    if (isFull(error)) throw new UserError('disk-full', { path: runDir() });
    throw error;
  }
  try {
    return await work();
  } finally {
    lock.release();
  }
}

const bugLogger =
  (log: Log) =>
  (error: unknown): void => {
    log.error(`a bug in wirelink: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  };

/** A terminal that is gone, or a reader that has seen enough, must not end the agent. */
function surviveClosedOutput(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
}
