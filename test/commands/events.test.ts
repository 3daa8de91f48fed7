import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, it } from 'vitest';
import { columnsOf } from '../../src/cli/render/text.js';
import type { EventView } from '../../src/core/happenings.js';
import { fakeAgent, rawAgent, type FakeAgent } from '../support/fake-agent.js';
import { aKey, anEndpoint, HUB, SPOKE } from '../support/views.js';
import { BIN, wirelink, type Outcome } from '../support/wirelink.js';

let agent: FakeAgent | undefined;
let child: ChildProcess | undefined;
afterEach(async () => {
  child?.kill('SIGKILL');
  await agent?.close();
  agent = undefined;
});

const lost = 'relayed through hub: Eight pings in a row went without an answer on the direct path.';
const EVENTS: readonly EventView[] = [
  { number: 1, at: '2026-11-22T22:00:01.000Z', type: 'start', text: 'the agent for wg0 starts' },
  {
    number: 2,
    at: '2026-11-22T22:00:02.000Z',
    type: 'path',
    peer: SPOKE,
    name: 'laptop',
    path: 'direct',
    was: 'relayed',
    endpoint: anEndpoint('192.0.2.9:51820'),
    text: 'direct, at 192.0.2.9:51820',
  },
  {
    number: 3,
    at: '2026-11-23T05:06:07.000Z',
    type: 'path',
    peer: SPOKE,
    name: 'laptop',
    path: 'relayed',
    was: 'direct',
    via: HUB,
    code: 'contact-lost',
    text: lost,
  },
  { number: 4, at: '2026-11-23T05:06:08.000Z', type: 'refused', peer: aKey(9), code: 'no-port', text: 'what it says' },
  { number: 5, at: '2026-11-23T05:06:09.000Z', type: 'warning', code: 'log', text: 'nas.example was not found' },
  { number: 6, at: '2026-11-23T05:06:10.000Z', type: 'reload', code: 'applied', text: 'configuration read again' },
];

async function serve(events: readonly EventView[] = EVENTS): Promise<Readonly<Record<string, string>>> {
  agent = await fakeAgent({ events: () => ({ events }) });
  return { WIRELINK_RUN_DIR: agent.directory, TZ: 'UTC' };
}

async function events(shown?: readonly EventView[], ...args: readonly string[]): Promise<Outcome> {
  return wirelink(['events', ...args], await serve(shown));
}

describe('wirelink events', () => {
  it('shows what happened, newest last, under the day on which it did', async () => {
    const { status, stdout, stderr } = await events();
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout.split('\n')).toEqual([
      '2026-11-22',
      '22:00:01  the agent for wg0 starts',
      '22:00:02  laptop: direct, at 192.0.2.9:51820',
      '',
      '2026-11-23',
      '05:06:07  laptop: was direct, now relayed through hub: Eight pings in a row went',
      '          without an answer on the direct path.',
      `05:06:08  ${aKey(9).slice(0, 8)}: not believed, what it says`,
      '05:06:09  warning: nas.example was not found',
      '05:06:10  configuration read again',
      '',
    ]);
  });

  it('says so when nothing has happened', async () => {
    expect(await events([])).toMatchObject({ status: 0, stdout: 'Nothing has happened yet.\n' });
  });

  it('prints one document with --json', async () => {
    const { stdout } = await events(EVENTS, '--json');
    expect(JSON.parse(stdout)).toEqual({ interface: 'wg0', events: EVENTS });
  });

  it('asks for one peer’s events when told to', async () => {
    await events(EVENTS, '--peer', 'laptop');
    expect(agent?.requests).toEqual([{ id: 1, method: 'events', params: { follow: false, peer: 'laptop' } }]);
  });

  it('escapes control characters in names and texts, and fits 80 columns', async () => {
    const evil: EventView = {
      number: 1,
      at: '2026-11-22T22:00:01.000Z',
      type: 'agent',
      peer: SPOKE,
      name: 'x\u001b[2J\u202e\ny',
      text: `be\u0007ware ${'x'.repeat(300)}`,
    };
    for (const { stdout } of [await events([evil]), await events([evil], '--json')]) {
      expect(stdout).not.toMatch(/[^\P{Cc}\n]|\u202e/u);
    }
    const { stdout } = await events([evil]);
    expect(Math.max(...stdout.split('\n').map(columnsOf))).toBeLessThanOrEqual(80);
  });
});

describe('wirelink events --follow', () => {
  const requests: unknown[] = [];

  async function follow(...args: readonly string[]) {
    // The agent has no result before the client is gone.
    agent = await rawAgent((line, socket) => {
      const { id, ...asked } = JSON.parse(line) as { id: number };
      requests.push(asked);
      for (const progress of EVENTS) socket.write(`${JSON.stringify({ id, progress })}\n`);
    });
    const running = spawn(process.execPath, [BIN, 'events', '--follow', ...args], {
      env: { PATH: process.env['PATH'], WIRELINK_RUN_DIR: agent.directory, TZ: 'UTC' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child = running;
    const lines = createInterface(running.stdout)[Symbol.asyncIterator]();
    return { running, next: async () => (await lines.next()).value as string };
  }

  it('shows each as it comes, and ends with Ctrl-C and status 0', async () => {
    const { running, next } = await follow();
    expect(await next()).toBe('2026-11-22');
    expect(await next()).toBe('22:00:01  the agent for wg0 starts');
    while (!(await next()).endsWith('configuration read again'));
    running.kill('SIGINT');
    expect((await once(running, 'close'))[0]).toBe(0);
    expect(requests).toEqual([{ method: 'events', params: { follow: true } }]);
  });

  it('prints with --json a line for each', async () => {
    const { next } = await follow('--json');
    for (const event of EVENTS) expect(JSON.parse(await next())).toEqual(event);
  });

  it('ends with the agent: with its error as one more line of JSON', async () => {
    const { running, next } = await follow('--json');
    for (const event of EVENTS) expect(JSON.parse(await next())).toEqual(event);
    const closed = once(running, 'close');
    await agent?.close();
    expect(JSON.parse(await next())).toMatchObject({ error: { code: 'agent-gone' } });
    expect((await closed)[0]).toBe(4);
  });
});
