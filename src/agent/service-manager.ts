/**
 * The agent as a service of systemd: says when it is ready, how its peers are, that it is still alive, and that it
 * stops. Without systemd, which is told by NOTIFY_SOCKET, all of it does nothing. Node has no datagrams on Unix sockets,
 * so `systemd-notify` says it: one short process for each message, hence few of them.
 */
import { execFile } from 'node:child_process';
import type { PeerView } from '../core/views.js';
import type { Log } from './log.js';

export interface ServiceManager {
  /** Whether anybody listens. */
  readonly listens: boolean;
  ready(): void;
  /** One line for `systemctl status`. Told once it has held for a second, and only when it is another one. */
  status(text: string): void;
  /** Does the work between saying that settings are being read again and that they are. */
  reload<Result>(work: () => Result): Result;
  /** Asked to end. The process does not end before it is said. */
  stopping(): void;
  /** Nothing is said of its own accord any more. */
  close(): void;
}

/** Peers come and go in bunches. */
const STATUS_PAUSE_MS = 1000;
/** Two pings may be late or lost before the watchdog bites. */
const PINGS_PER_WATCHDOG = 3;
/** It takes milliseconds; one that hangs must not hold up the end of the agent. */
const NOTIFY_TIMEOUT_MS = 5000;

const NOBODY: ServiceManager = {
  listens: false,
  ready: () => undefined,
  status: () => undefined,
  reload: (work) => work(),
  stopping: () => undefined,
  close: () => undefined,
};

/** Takes what systemd set out of `environment`: no other program that the agent starts is meant by it. */
export function openServiceManager(environment: NodeJS.ProcessEnv, log: Log): ServiceManager {
  const { NOTIFY_SOCKET: socket, WATCHDOG_USEC: watchdog, WATCHDOG_PID: watched } = environment;
  for (const name of ['NOTIFY_SOCKET', 'WATCHDOG_USEC', 'WATCHDOG_PID']) Reflect.deleteProperty(environment, name);
  if (socket === undefined || socket === '') return NOBODY;
  const isWatched = watched === undefined || Number(watched) === process.pid;
  const limitMs = isWatched ? Number(watchdog ?? 0) / 1000 : 0;
  return new Systemd({ ...environment, NOTIFY_SOCKET: socket }, limitMs, log);
}

/** What the status line says of the peers. */
export function statusOf(peers: readonly PeerView[]): string {
  const count = (wanted: PeerView['path']): number => peers.filter(({ path }) => path === wanted).length;
  return `${count('direct')} direct, ${count('relayed') + count('connecting')} relayed`;
}

class Systemd implements ServiceManager {
  readonly listens = true;
  readonly #environment: NodeJS.ProcessEnv;
  readonly #watchdogMs: number;
  readonly #log: Log;
  /** Messages leave one after the other: a late status must not follow the end. */
  #last: Promise<void> = Promise.resolve();
  #failed = false;
  #status = '';
  #told = '';
  #statusTimer: NodeJS.Timeout | undefined;
  #watchdogTimer: NodeJS.Timeout | undefined;

  constructor(environment: NodeJS.ProcessEnv, watchdogMs: number, log: Log) {
    this.#environment = environment;
    this.#watchdogMs = watchdogMs;
    this.#log = log;
  }

  ready(): void {
    this.#say('READY=1');
    if (this.#watchdogMs <= 0) return;
    // An event loop that hangs does not get here.
    this.#watchdogTimer = setInterval(() => {
      this.#say('WATCHDOG=1');
    }, this.#watchdogMs / PINGS_PER_WATCHDOG).unref();
  }

  status(text: string): void {
    this.#status = text;
    this.#statusTimer ??= setTimeout(() => {
      this.#statusTimer = undefined;
      if (this.#status === this.#told) return;
      this.#told = this.#status;
      this.#say(`STATUS=${this.#told}`);
    }, STATUS_PAUSE_MS).unref();
  }

  reload<Result>(work: () => Result): Result {
    // Node's clock is the one systemd means: it tells which of several reloads has ended.
    this.#say('RELOADING=1', `MONOTONIC_USEC=${process.hrtime.bigint() / 1000n}`);
    try {
      return work();
    } finally {
      this.#say('READY=1');
    }
  }

  stopping(): void {
    this.close();
    this.#say('STOPPING=1');
  }

  close(): void {
    clearTimeout(this.#statusTimer);
    clearInterval(this.#watchdogTimer);
  }

  #say(...messages: readonly string[]): void {
    this.#last = this.#last.then(() => this.#run(messages));
  }

  #run(messages: readonly string[]): Promise<void> {
    return new Promise((resolve) => {
      const options = { env: this.#environment, timeout: NOTIFY_TIMEOUT_MS };
      execFile('systemd-notify', messages, options, (error) => {
        if (error !== null && !this.#failed) {
          this.#failed = true;
          this.#log.warn(`systemd could not be told ${messages.join(' ')} (${error.message.split('\n')[0] ?? ''})`);
        }
        resolve();
      });
    });
  }
}
