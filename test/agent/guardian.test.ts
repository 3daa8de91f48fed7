import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, watch } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { restoreCommand } from '../../src/agent/guardian.js';

// Processes start slowly on a busy machine.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

const { SIGHUP, SIGINT } = constants.signals;

let folder: string;
let agent: ChildProcessByStdio<Writable, Readable, null>;
let output: Interface;
let guardian: number;

beforeEach(async () => {
  folder = join(mkdtempSync(join(tmpdir(), 'wirelink-guardian-')), "a folder's name");
  mkdirSync(folder);
  const standIn = new URL('support/guarded.ts', import.meta.url).pathname;
  agent = spawn(process.execPath, ['--import', 'tsx', standIn, folder], { stdio: ['pipe', 'pipe', 'inherit'] });
  output = createInterface(agent.stdout);
  await once(output, 'line');
  guardian = shellOf(agent.pid ?? 0);
});

afterEach(() => {
  agent.kill('SIGKILL');
  rmSync(dirname(folder), { recursive: true });
});

describe('the guardian', () => {
  it('has everything undone after the agent was killed', async () => {
    agent.kill('SIGKILL');
    await restored();
    expect(readFileSync(join(folder, 'restored'), 'utf8')).toBe('up wg0 --restore\n');
  });

  it('is in a session of its own, where neither Ctrl-C nor the end of the terminal reaches it', async () => {
    // Behind the name in parentheses: state, parent, process group, session.
    const [, , group, session] = statusOf(guardian);
    expect([group, session]).toEqual([String(guardian), String(guardian)]);
    await until(() => ignoredBy(guardian, SIGHUP) && ignoredBy(guardian, SIGINT));
    process.kill(guardian, 'SIGINT');
    process.kill(guardian, 'SIGHUP');
    agent.kill('SIGKILL');
    await restored();
  });

  it('ends and undoes nothing when the agent has said goodbye', async () => {
    agent.stdin.write('dismiss\n');
    const [line] = (await once(output, 'line')) as [string];
    expect(line).toBe('dismissed, nothing restored');
    agent.stdin.end();
    // The stand-in waits for its children no more than for its input: the guardian is let go, not held.
    await once(agent, 'exit');
    await until(() => isGone(guardian));
    expect(existsSync(join(folder, 'restored'))).toBe(false);
  });

  it('is missed by the agent when somebody else ends it', async () => {
    process.kill(guardian, 'SIGKILL');
    const [line] = (await once(output, 'line')) as [string];
    expect(line).toBe('lost SIGKILL');
  });
});

describe('the command that undoes', () => {
  it('is the very program that runs, with its options', () => {
    const [program, ...rest] = restoreCommand('wg0');
    expect(program).toBe(process.execPath);
    expect(rest).toEqual([...process.execArgv, process.argv[1], 'up', 'wg0', '--restore']);
  });
});

/** Resolves when the restore has written its file, which it moves into place when it is complete. */
async function restored(): Promise<void> {
  const watcher = watch(folder);
  try {
    while (!existsSync(join(folder, 'restored'))) await once(watcher, 'change');
  } finally {
    watcher.close();
  }
}

function shellOf(parent: number): number {
  return Number(readFileSync(`/proc/${parent}/task/${parent}/children`, 'utf8').trim().split(' ').at(-1));
}

function statusOf(process: number): string[] {
  return readFileSync(`/proc/${process}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
}

function ignoredBy(process: number, signal: number): boolean {
  const mask = /^SigIgn:\s*([0-9a-f]+)$/m.exec(readFileSync(`/proc/${process}/status`, 'utf8'))?.[1];
  return ((BigInt(`0x${mask ?? '0'}`) >> BigInt(signal - 1)) & 1n) === 1n;
}

const isGone = (process: number): boolean => !existsSync(`/proc/${process}/stat`) || statusOf(process)[0] === 'Z';

/** The kernel tells no stranger what becomes of a process, so this looks until it is so; the test's limit ends it. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}
