import { once } from 'node:events';
import { lstatSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Handlers } from '../../../src/agent/control/client.js';
import { openControlServer, type ControlServer, type ControlServerOptions } from '../../../src/agent/control/server.js';
import { groupIdOf } from '../../../src/agent/unix-socket.js';
import { UserError } from '../../../src/core/errors.js';
import type { ClaimView } from '../../../src/core/views.js';
import { aClaim, aSelf, SELF } from '../../support/views.js';
import { useRunDir } from '../../support/run-dir.js';
import { until } from '../../support/wait.js';
import { TestClient } from './client.js';

const runDir = useRunDir();
const bugs: unknown[] = [];
const clients: TestClient[] = [];
let path: string;
let server: ControlServer;
let answerPeers: () => Promise<void>;
let handlers: Handlers;

beforeEach(async () => {
  bugs.length = 0;
  clients.length = 0;
  answerPeers = () => Promise.resolve();
  path = join(runDir.path, 'wg0.sock');
  handlers = handlersFor();
  server = await open();
});
afterEach(() => {
  for (const client of clients) client.close();
  server.close();
});

describe('the socket', () => {
  it('is for its owner and group alone', () => {
    expect(lstatSync(path).isSocket()).toBe(true);
    expect(lstatSync(path).mode & 0o777).toBe(0o660);
  });

  it('is so from the moment it is there', async () => {
    const umask = process.umask(0);
    try {
      const other = join(runDir.path, 'wg1.sock');
      const opening = openControlServer({ path: other, group: 'no-such-group', onBug: () => undefined });
      expect(lstatSync(other).mode & 0o777).toBe(0o660);
      writeFileSync(join(runDir.path, 'other'), '', { mode: 0o666 });
      expect(lstatSync(join(runDir.path, 'other')).mode & 0o777).toBe(0o666);
      (await opening).close();
    } finally {
      process.umask(umask);
    }
  });

  it('replaces what a dead agent left, and is gone when the agent ends', async () => {
    server.close();
    expect(lstatSync(path, { throwIfNoEntry: false })).toBeUndefined();
    writeFileSync(path, '');
    server = await open();
    server.serve(handlers);
    expect(await (await client()).ask({ id: 1, method: 'peers', params: {} })).toHaveProperty('result');
  });

  it('belongs to the group wirelink where there is one', () => {
    const text = 'root:x:0:\nwire:x:7:\nwirelink:x:993:anna,otto\n';
    expect(groupIdOf('wirelink', text)).toBe(993);
    expect(groupIdOf('wirelink', 'root:x:0:\n')).toBeUndefined();
  });
});

describe('a request', () => {
  it('that comes before the agent is ready is answered when it is', async () => {
    const early = await client();
    const answer = early.ask({ id: 5, method: 'facts', params: { rejected: false } });
    server.serve(handlers);
    expect(await answer).toEqual({ id: 5, result: { self: SELF, facts: [] } });
  });

  it('may come in pieces, and several in one', async () => {
    server.serve(handlers);
    const slow = await client();
    slow.socket.write('{"id":1,"method":"fac');
    slow.socket.write('ts","params":{"rejected":false}}\n{"id":2,"method":"facts","params":{"rejected":false}}\n');
    expect([(await slow.reply()).id, (await slow.reply()).id]).toEqual([1, 2]);
  });

  it('of a client that has closed its own side is still answered', async () => {
    server.serve(handlers);
    const piped = await client();
    piped.socket.end('{"id":1,"method":"facts","params":{"rejected":false}}\n');
    expect(await piped.reply()).toHaveProperty('result');
    await piped.closed;
  });

  it.each([
    [{ id: 1, method: 'reboot', params: {} }, 'there is no method "reboot"'],
    [{ id: 1, method: 'toString', params: {} }, 'there is no method "toString"'],
    [{ id: 1, method: 'facts', params: {} }, 'facts: rejected: '],
    [{ id: 1, method: 'peers', params: { all: true } }, 'peers: all: '],
    [{ id: 1, method: 'probe', params: { peer: 'x', count: 1e9, intervalMs: 50, timeoutMs: 50 } }, 'probe: count: '],
    [{ id: 1, method: 'probe', params: { peer: 'x', count: 1, intervalMs: 0, timeoutMs: 50 } }, 'probe: intervalMs: '],
  ])('that asks for what there is not gets an error, and the client stays: %j', async (request, why) => {
    server.serve(handlers);
    const asking = await client();
    const reply = await asking.ask(request);
    expect(reply).toMatchObject({ id: 1, error: { code: 'bad-request' } });
    expect(JSON.stringify(reply)).toContain(JSON.stringify(why).slice(1, -1));
    expect(await asking.ask({ id: 2, method: 'peers', params: {} })).toHaveProperty('result');
  });

  it('whose handler fails gets an error that says so: with its code, or as a bug', async () => {
    server.serve(handlers);
    const asking = await client();
    answerPeers = () => Promise.reject(new UserError('unknown-peer', { peer: 'x' }));
    expect(await asking.ask({ id: 1, method: 'peers', params: {} })).toMatchObject({ error: { code: 'unknown-peer' } });
    expect(bugs).toEqual([]);
    answerPeers = () => Promise.reject(new TypeError('oh'));
    expect(await asking.ask({ id: 2, method: 'peers', params: {} })).toMatchObject({ error: { code: 'internal' } });
    expect(bugs).toEqual([new TypeError('oh')]);
  });
});

describe('a client', () => {
  it.each([
    ['no JSON', 'hello\n'],
    ['no request', '[1]\n'],
    ['no id', '{"method":"peers","params":{}}\n'],
    ['a line too long', ' '.repeat(65_537)],
  ])('that sends %s gets an error, and is closed', async (_what, text) => {
    server.serve(handlers);
    const broken = await client();
    broken.socket.write(text);
    expect(await broken.reply()).toMatchObject({ id: null, error: { code: 'bad-request' } });
    await broken.closed;
  });

  it('has at most eight requests under way; the next is refused, not kept', async () => {
    let finish: () => void = () => undefined;
    const finished = new Promise<void>((resolve) => (finish = resolve));
    answerPeers = () => finished;
    server.serve(handlers);
    const greedy = await client();
    for (let id = 1; id <= 9; id++) greedy.send({ id, method: 'peers', params: {} });
    expect(await greedy.reply()).toMatchObject({ id: 9, error: { code: 'agent-busy' } });
    finish();
    const ids = [];
    for (let count = 0; count < 8; count++) ids.push((await greedy.reply()).id);
    expect(ids).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('that reads gets what it asked for, however long, and also when it asked several times at once', async () => {
    server.serve(handlers);
    const reading = await client();
    for (let id = 1; id <= 8; id++) reading.send(longRequest(id));
    for (let id = 1; id <= 8; id++) {
      const { result } = (await reading.reply()) as { result: { facts: readonly ClaimView[] } };
      expect(result.facts[0]?.value).toHaveLength(LONG);
    }
  });

  it('that does not read can have no more than eight results waiting', async () => {
    server.serve(handlers);
    const deaf = await deafClient();
    for (let id = 1; id <= 20; id++) deaf.write(`${JSON.stringify(longRequest(id))}\n`);
    await once(deaf, 'readable');
    const late = new TestClient(deaf);
    const replies = [];
    for (let count = 0; count < 20; count++) replies.push(await late.reply());
    expect(replies.filter((reply) => 'result' in reply)).toHaveLength(8);
    expect(replies.filter((reply) => 'error' in reply)).toHaveLength(12);
  });

  it('that does not read is dropped when a megabyte of errors waits for it', async () => {
    server.serve(handlers);
    const deaf = await deafClient();
    deaf.write('{"id":1,"method":"reboot","params":{}}\n'.repeat(20_000));
    await droppedWhileDeaf(deaf);
    expect(deaf.bytesRead).toBeLessThan(1_000_000);
  });

  it('that does not take a result is dropped after a while; one that waits for its own is not', async () => {
    server.close();
    server = await open({ unreadPatienceMs: 50 });
    server.serve(handlers);
    let finish: () => void = () => undefined;
    answerPeers = () => new Promise((resolve) => (finish = resolve));
    const waiting = await client();
    waiting.send({ id: 1, method: 'peers', params: {} });
    const deaf = await deafClient();
    deaf.write(`${JSON.stringify(longRequest(1))}\n`);
    await droppedWhileDeaf(deaf);
    finish();
    expect(await waiting.reply()).toHaveProperty('result');
  });

  it('is one of thirty-two at most; one more is told so and closed', async () => {
    server.serve(handlers);
    for (let count = 0; count < 32; count++) await (await client()).ask({ id: 1, method: 'peers', params: {} });
    const late = await client();
    expect(await late.reply()).toMatchObject({ id: null, error: { code: 'agent-busy' } });
    await late.closed;
    clients[0]?.close();
    await clients[0]?.closed;
    const next = await client();
    expect(await next.ask({ id: 1, method: 'peers', params: {} })).toHaveProperty('result');
  });

  it('is let go when the agent ends', async () => {
    server.serve(handlers);
    const waiting = await client();
    await waiting.ask({ id: 1, method: 'peers', params: {} });
    server.close();
    await waiting.closed;
  });
});

const open = (different: Partial<ControlServerOptions> = {}): Promise<ControlServer> =>
  openControlServer({ path, group: 'no-such-group', onBug: (error) => bugs.push(error), ...different });

/** Longer than what may wait of steps and errors, and than what the kernel holds between two processes. */
const LONG = 1_500_000;

/** Answered by a result of that length. */
const LONG_CLAIM = aClaim({ value: 'x'.repeat(LONG) });
const longRequest = (id: number) => ({ id, method: 'facts', params: { rejected: true } });

/** Who does not read sees only by writing that the other end has gone. */
const droppedWhileDeaf = (deaf: Socket): Promise<boolean> =>
  until('the end of the connection', () => {
    deaf.write(' ');
    return deaf.destroyed || undefined;
  });

/** One that reads nothing until it is told to. */
async function deafClient(): Promise<Socket> {
  const deaf = connect(path);
  deaf.on('error', () => undefined);
  await once(deaf, 'connect');
  return deaf;
}

async function client(): Promise<TestClient> {
  const socket: Socket = connect(path);
  await once(socket, 'connect');
  const made = new TestClient(socket);
  clients.push(made);
  return made;
}

/** The methods that this test has no use for fail it. */
function handlersFor(): Handlers {
  const unused = () => Promise.reject(new Error('not asked for in this test'));
  return {
    status: unused,
    events: unused,
    connect: unused,
    probe: unused,
    reload: unused,
    facts: ({ rejected }) => ({ self: SELF, facts: rejected ? [LONG_CLAIM] : [] }),
    peers: async () => {
      await answerPeers();
      return { self: aSelf(), peers: [] };
    },
  };
}
