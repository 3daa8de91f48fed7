import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import type { PeerView } from '../../src/core/views.js';
import { fakeAgent, type FakeAgent } from '../support/fake-agent.js';
import { aClaim, aHub, aSelf, aSpoke, SELF, without } from '../support/views.js';
import { BIN } from '../support/wirelink.js';

type Child = ChildProcessByStdio<null, Readable, Readable>;

let agent: FakeAgent | undefined;
let child: Child | undefined;

afterEach(async () => {
  child?.kill('SIGKILL');
  await agent?.close();
  agent = undefined;
});

/** Each look finds the next of these; the last stays. */
async function watchPeers(looks: readonly (readonly PeerView[])[], ...args: readonly string[]): Promise<Child> {
  let look = 0;
  agent = await fakeAgent({ peers: () => ({ self: aSelf(), peers: looks[Math.min(look++, looks.length - 1)] ?? [] }) });
  return start('peers', ...args);
}

function start(...args: readonly string[]): Child {
  child = spawn(process.execPath, [BIN, ...args, '--watch'], {
    env: { PATH: process.env['PATH'], WIRELINK_RUN_DIR: agent?.directory, TZ: 'UTC' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return child;
}

/** Reads until a line fits, and gives all up to it. */
async function linesUntil(lines: AsyncIterator<string>, last: RegExp): Promise<readonly string[]> {
  const read: string[] = [];
  for (let next = await lines.next(); next.done !== true; next = await lines.next()) {
    read.push(next.value);
    if (last.test(next.value)) return read;
  }
  throw new Error(`it ended without ${String(last)}:\n${read.join('\n')}`);
}

const linesOf = ({ stdout }: Child): AsyncIterator<string> => createInterface(stdout)[Symbol.asyncIterator]();

async function stop(running: Child): Promise<unknown> {
  running.kill('SIGINT');
  return (await once(running, 'close'))[0];
}

describe('--watch', () => {
  const relayed = [aHub(), aSpoke()];
  const counted = [aHub({ rxBytes: 9_999_999 }), aSpoke()];
  const direct = [aHub(), without(aSpoke({ path: 'direct' }), 'cause')];

  it('prints the whole again to a pipe when something has changed, and only then', async () => {
    const running = await watchPeers([relayed, counted, counted, direct]);
    const lines = linesOf(running);
    const first = await linesUntil(lines, /Next attempt/);
    expect(first[0]).toMatch(/^\d\d:\d\d:\d\d$/);
    expect(first[1]).toBe('wg0: 2 peers: 1 direct, 1 relayed');
    const second = await linesUntil(lines, /^laptop +direct/);
    expect(second.slice(0, 3)).toEqual(['', expect.stringMatching(/^\d\d:\d\d:\d\d$/), 'wg0: 2 peers: 2 direct']);
    expect([...first, ...second].join('')).not.toContain('\u001b');
    expect(await stop(running)).toBe(0);
  });

  it('prints with --json a line for each change', async () => {
    const running = await watchPeers([relayed, counted, [direct[1] ?? aSpoke()]], '--json');
    const lines = linesOf(running);
    const read = await linesUntil(lines, /"removed"/);
    const changes = read.map((line) => JSON.parse(line) as { at: string; what: string; peer: PeerView });
    expect(changes.map(({ what, peer }) => `${what} ${peer.name ?? ''} ${peer.path}`)).toEqual([
      'added hub direct',
      'added laptop relayed',
      'changed laptop direct',
      'removed hub direct',
    ]);
    for (const { at } of changes) expect(new Date(at).toISOString()).toBe(at);
    expect(await stop(running)).toBe(0);
  });

  it('shows facts as well, those that were asked for', async () => {
    agent = await fakeAgent({ facts: () => ({ self: SELF, facts: [aClaim()] }) });
    const running = start('facts', '--json', '--attribute', 'endpoint');
    const [line = ''] = await linesUntil(linesOf(running), /added/);
    expect(JSON.parse(line)).toMatchObject({ what: 'added', fact: aClaim() });
    expect(agent.requests[0]).toMatchObject({ params: { attribute: 'endpoint' } });
    expect(await stop(running)).toBe(0);
  });

  it('ends with the agent: with its error as one more line of JSON', async () => {
    const running = await watchPeers([relayed], '--json');
    const lines = linesOf(running);
    await linesUntil(lines, /laptop/);
    const closed = once(running, 'close');
    await agent?.close();
    const [line = ''] = await linesUntil(lines, /error/);
    expect(JSON.parse(line)).toMatchObject({ error: { code: 'agent-gone' } });
    expect((await closed)[0]).toBe(4);
  });
});
