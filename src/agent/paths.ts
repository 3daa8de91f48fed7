/** Where the agent keeps its files, and which names may stand for an interface in them. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** `/run/wirelink`, or what WIRELINK_RUN_DIR says: several laboratories on one machine need one each. */
export const runDir = (): string => process.env['WIRELINK_RUN_DIR'] ?? '/run/wirelink';

/** Creates the directory for the files; who may enter is decided by each file's own mode. */
export function makeRunDir(): void {
  mkdirSync(runDir(), { recursive: true, mode: 0o755 });
}

export const journalPath = (interfaceName: string): string => join(runDir(), `${interfaceName}.journal`);

/** The control socket. */
export const socketPath = (interfaceName: string): string => join(runDir(), `${interfaceName}.sock`);

/** Empty; who has the kernel's lock on it may change the interface. Stays when the agent ends, as such files must. */
export const lockPath = (interfaceName: string): string => join(runDir(), `${interfaceName}.lock`);

/**
 * Whether the kernel could call an interface so (at most 15 bytes, no slash, no space, no colon). What fails this must
 * neither become part of a path nor an argument; a leading dash is legal for the kernel but an option for every tool.
 */
export function isInterfaceName(text: string): boolean {
  return /^[^\s/:\p{Cc}-][^\s/:\p{Cc}]*$/u.test(text) && text !== '.' && text !== '..' && Buffer.byteLength(text) <= 15;
}
