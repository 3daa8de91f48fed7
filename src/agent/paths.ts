/** Where the agent keeps its files. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { runDirectory, socketIn } from '../core/run-dir.js';

export const runDir = (): string => runDirectory(process.env);

/** Creates the directory for the files; who may enter is decided by each file's own mode. */
export function makeRunDir(): void {
  mkdirSync(runDir(), { recursive: true, mode: 0o755 });
}

export const journalPath = (interfaceName: string): string => join(runDir(), `${interfaceName}.journal`);

/** The control socket. */
export const socketPath = (interfaceName: string): string => socketIn(runDir(), interfaceName);

/** Empty; who has the kernel's lock on it may change the interface. Stays when the agent ends, as such files must. */
export const lockPath = (interfaceName: string): string => join(runDir(), `${interfaceName}.lock`);

/** The same for commands that change who is a member. */
export const membersLockPath = (interfaceName: string): string => join(runDir(), `${interfaceName}.members.lock`);

/** Whether an error of the file system says that there is no room, or no more of it for us. */
export const isFull = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
