import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { AgentClient } from '../../src/cli/client.js';
import { fakeAgent, rawAgent, Refusal, type FakeAgent } from '../support/fake-agent.js';
import { aHub, anEndpoint, aSelf, aSpoke } from '../support/views.js';

const agents: FakeAgent[] = [];

afterEach(async () => {
  await Promise.all(agents.splice(0).map((agent) => agent.close()));
});

async function clientOf(starting: Promise<FakeAgent>): Promise<AgentClient> {
  const agent = await starting;
  agents.push(agent);
  return AgentClient.open(join(agent.directory, 'wg0.sock'), 'wg0');
}

describe('a client of the control socket', () => {
  it('gets the result of the method it called', async () => {
    const client = await clientOf(fakeAgent({ peers: () => ({ self: aSelf(), peers: [aHub()] }) }));
    expect(await client.call('peers', {})).toEqual({ self: aSelf(), peers: [aHub()] });
    client.close();
  });

  it('gets progress before the result, in order', async () => {
    const reply = (sequence: number) => ({ sequence, rttMs: 1, path: 'direct' as const });
    const client = await clientOf(
      fakeAgent({
        probe: (_, progress) => {
          progress(reply(1));
          progress(reply(2));
          return { peer: aSpoke().publicKey, path: 'direct', sent: 2, received: 2, candidates: [] };
        },
      }),
    );
    const seen: number[] = [];
    const params = { peer: 'laptop', count: 2, intervalMs: 1, timeoutMs: 1 };
    const result = await client.call('probe', params, { onProgress: ({ sequence }) => seen.push(sequence) });
    expect(seen).toEqual([1, 2]);
    expect(result.received).toBe(2);
    client.close();
  });

  it('makes several calls on one connection, one after the other', async () => {
    const client = await clientOf(
      fakeAgent({
        peers: () => ({ self: aSelf(), peers: [] }),
        facts: () => ({ self: aSelf().publicKey, facts: [] }),
      }),
    );
    await client.call('peers', {});
    expect(await client.call('facts', { rejected: false })).toEqual({ self: aSelf().publicKey, facts: [] });
    client.close();
  });

  it('reads an answer that arrives in pieces, also in the middle of a character', async () => {
    const name = 'Bürogerät';
    const client = await clientOf(
      rawAgent((_, socket) => {
        const bytes = Buffer.from(`{"id":1,"result":{"self":{},"peers":["${name}"]}}\n`);
        let at = 0;
        const next = (): void => {
          if (at < bytes.length) socket.write(bytes.subarray(at, ++at), () => setImmediate(next));
        };
        next();
      }),
    );
    expect((await client.call('peers', {})).peers).toEqual([name]);
    client.close();
  });

  it('says no-agent where there is no socket, and where a dead agent left one', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'wirelink-test-'));
    // A file on which nobody listens refuses like the socket of a process that was killed.
    await writeFile(join(directory, 'dead.sock'), '');
    await expect(AgentClient.open(join(directory, 'wg0.sock'), 'wg0')).rejects.toMatchObject({
      code: 'no-agent',
      exit: 4,
    });
    await expect(AgentClient.open(join(directory, 'dead.sock'), 'dead')).rejects.toMatchObject({ code: 'no-agent' });
    await rm(directory, { recursive: true });
  });

  it('says agent-gone when the agent ends before it answers', async () => {
    const client = await clientOf(rawAgent((_, socket) => socket.destroy()));
    await expect(client.call('peers', {})).rejects.toMatchObject({ code: 'agent-gone', exit: 4 });
  });

  it('passes on the error of the agent with the exit status of its code', async () => {
    const error = { code: 'unknown-peer', message: 'No peer is called x.', help: 'List them.' };
    const client = await clientOf(
      fakeAgent({
        peers: () => {
          throw new Refusal(error);
        },
      }),
    );
    await expect(client.call('peers', {})).rejects.toMatchObject({ ...error, exit: 1 });
    client.close();
  });

  it('keeps an error code that it does not know, as exit status 1', async () => {
    const client = await clientOf(
      fakeAgent({
        peers: () => {
          throw new Refusal({ code: 'from-the-future', message: 'Something new.' });
        },
      }),
    );
    await expect(client.call('peers', {})).rejects.toMatchObject({ code: 'from-the-future', exit: 1, help: '' });
    client.close();
  });

  it('takes an error without its id for one about the connection', async () => {
    const client = await clientOf(
      rawAgent((_, socket) => socket.end('{"id":null,"error":{"code":"agent-busy","message":"Too many clients."}}\n')),
    );
    await expect(client.call('peers', {})).rejects.toMatchObject({ code: 'agent-busy' });
  });

  it.each([
    ['what is not JSON', 'hello\n'],
    ['what is no answer', '{"id":1}\n'],
    ['the answer to something else', '{"id":77,"result":{}}\n'],
    ['an error without a code', '{"id":1,"error":"no"}\n'],
    ['a line without end', 'x'.repeat(17 * 1024 * 1024)],
  ])('says agent-garbled to %s', async (_, text) => {
    const client = await clientOf(rawAgent((__, socket) => socket.write(text)));
    await expect(client.call('peers', {})).rejects.toMatchObject({ code: 'agent-garbled', exit: 1 });
  });

  it('gives up an agent that stays silent, and not one that makes progress', async () => {
    const silent = await clientOf(rawAgent(() => undefined));
    await expect(silent.call('peers', {}, { patienceMs: 50 })).rejects.toMatchObject({ code: 'agent-slow', exit: 1 });

    const step = { atMs: 1, step: { what: 'contact' as const, endpoint: anEndpoint('192.0.2.1:1'), rttMs: 1 } };
    const talking = await clientOf(
      rawAgent((_, socket) => {
        let sent = 0;
        const timer = setInterval(() => {
          const last = ++sent === 6;
          socket.write(
            `${JSON.stringify({ id: 1, ...(last ? { result: { outcome: 'direct' } } : { progress: step }) })}\n`,
          );
          if (last) clearInterval(timer);
        }, 100);
      }),
    );
    const params = { peer: 'laptop', endpoints: [], timeoutMs: 1, wait: true };
    // Six times 100 ms in all, each far below the patience: only silence counts.
    expect(await talking.call('connect', params, { patienceMs: 400 })).toEqual({ outcome: 'direct' });
    talking.close();
  });
});
