/** Which agent a command talks to: the one of `--interface`, else the only one that runs. */
import { readdir } from 'node:fs/promises';
import { UserError } from '../core/errors.js';
import { interfaceOfSocket, runDirectory, socketIn } from '../core/run-dir.js';
import { AgentClient } from './client.js';

/** Rejects with `no-agent`, `socket-permission`, or `several-agents`. */
export async function openAgent(interfaceName: string | undefined): Promise<AgentClient> {
  if (interfaceName !== undefined) return open(interfaceName);
  const [first, ...others] = await interfacesWithSocket();
  if (first === undefined) throw new UserError('no-agent');
  return others.length === 0 ? openOnly(first) : openOneOf([first, ...others]);
}

const open = (interfaceName: string): Promise<AgentClient> =>
  AgentClient.open(socketIn(runDirectory(process.env), interfaceName), interfaceName);

/** The one socket there is may be a leftover; then no agent runs at all, and its name would mislead. */
async function openOnly(interfaceName: string): Promise<AgentClient> {
  try {
    return await open(interfaceName);
  } catch (error) {
    throw isNoAgent(error) ? new UserError('no-agent') : error;
  }
}

/** Several sockets lie there: leftovers do not count, those we may not ask do. */
async function openOneOf(interfaces: readonly string[]): Promise<AgentClient> {
  const tried = await Promise.allSettled(interfaces.map(open));
  const live = tried.flatMap((outcome, at) =>
    outcome.status === 'rejected' && isNoAgent(outcome.reason) ? [] : [{ name: interfaces[at] ?? '', outcome }],
  );
  const [only, ...others] = live;
  if (only === undefined) throw new UserError('no-agent');
  if (others.length > 0) {
    for (const { outcome } of live) if (outcome.status === 'fulfilled') outcome.value.close();
    throw new UserError('several-agents', { interfaces: live.map(({ name }) => name).join(', ') });
  }
  if (only.outcome.status === 'rejected') throw only.outcome.reason;
  return only.outcome.value;
}

export async function interfacesWithSocket(): Promise<readonly string[]> {
  const directory = runDirectory(process.env);
  try {
    const files = await readdir(directory);
    return files.flatMap((file) => interfaceOfSocket(file) ?? []).sort();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'EACCES') throw new UserError('socket-permission', { path: directory });
    if (code === 'ENOENT' || code === 'ENOTDIR') throw new UserError('no-agent');
    throw error;
  }
}

const isNoAgent = (error: unknown): boolean => error instanceof UserError && error.code === 'no-agent';
