/**
 * Who may change an interface: one process at a time, the agent or a restore. The kernel's lock on a file decides that,
 * for it ends with its holder, however that ends; a socket's file, or a process id in one, can be stale, and two that
 * find it so at once would both take it over. Whether the holder is an agent, its control socket tells.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { connect } from 'node:net';
import { UserError } from '../core/errors.js';

export interface Lock {
  release(): void;
}

export interface LockOptions {
  readonly interface: string;
  readonly lockPath: string;
  /** The control socket an agent listens on once it has the lock. */
  readonly socketPath: string;
}

/** A restore, or an agent that is about to listen or to end, is done long before. */
const PATIENCE_MS = 10_000;
/** How soon a starting agent that finds the lock taken sees that the other one began to listen. */
const LOOK_AGAIN_MS = 200;

/** Waits for a restore to end. Throws `UserError('already-running')` as soon as it is an agent that holds the lock. */
export async function takeLock({ interface: name, lockPath, socketPath }: LockOptions): Promise<Lock> {
  const descriptor = openSync(lockPath, 'a', 0o600);
  try {
    for (let waited = 0; waited < PATIENCE_MS; waited += LOOK_AGAIN_MS) {
      if (await flock(descriptor, LOOK_AGAIN_MS / 1000)) {
        return {
          release: () => {
            closeSync(descriptor);
          },
        };
      }
      if (await answers(socketPath)) break;
    }
    throw new UserError('already-running', { interface: name });
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

/** For commands that must not do their work at the same time. Waits its turn; `undefined` when it does not come. */
export async function takeTurn(lockPath: string): Promise<Lock | undefined> {
  const descriptor = openSync(lockPath, 'a', 0o600);
  const release = (): void => {
    closeSync(descriptor);
  };
  try {
    if (await flock(descriptor, PATIENCE_MS / 1000)) return { release };
  } catch (error) {
    release();
    throw error;
  }
  release();
  return undefined;
}

/**
 * Node has no flock(2), but the lock belongs to the open file, which a child shares: the child takes it and ends, and
 * the lock stays with us. No other child inherits the file.
 */
async function flock(descriptor: number, seconds: number): Promise<boolean> {
  const child = spawn('flock', ['--exclusive', '--wait', String(seconds), '3'], {
    stdio: ['ignore', 'ignore', 'ignore', descriptor],
  });
  try {
    const [status] = (await once(child, 'exit')) as [number | null];
    return status === 0;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new UserError('tool-missing', { tool: 'flock', package: 'util-linux' });
  }
}

/** Whether somebody listens on the socket; a stale file of one that died refuses the connection. */
export async function answers(socketPath: string): Promise<boolean> {
  const socket = connect(socketPath);
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
