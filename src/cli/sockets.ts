/**
 * Which agent a command talks to: the one of `--interface`, else the only one that runs. The directory is
 * `/run/wirelink`, or what WIRELINK_RUN_DIR says (agents that run without root, and tests).
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../core/errors.js';
import { AgentClient } from './client.js';

const SUFFIX = '.sock';

const runDirectory = (): string => process.env['WIRELINK_RUN_DIR'] ?? '/run/wirelink';

/** Rejects with `no-agent`, `socket-permission`, or `several-agents`. */
export async function openAgent(interfaceName: string | undefined): Promise<AgentClient> {
  if (interfaceName !== undefined) return open(interfaceName);
  const [first, ...others] = await interfacesWithSocket();
  if (first === undefined) throw new UserError('no-agent');
  return others.length === 0 ? openOnly(first) : openOneOf([first, ...others]);
}

const open = (interfaceName: string): Promise<AgentClient> =>
  AgentClient.open(join(runDirectory(), `${interfaceName}${SUFFIX}`), interfaceName);

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

async function interfacesWithSocket(): Promise<readonly string[]> {
  try {
    const names = await readdir(runDirectory());
    return names
      .filter((name) => name.endsWith(SUFFIX))
      .map((name) => name.slice(0, -SUFFIX.length))
      .sort();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'EACCES') throw new UserError('socket-permission', { path: runDirectory() });
    if (code === 'ENOENT' || code === 'ENOTDIR') throw new UserError('no-agent');
    throw error;
  }
}

const isNoAgent = (error: unknown): boolean => error instanceof UserError && error.code === 'no-agent';
