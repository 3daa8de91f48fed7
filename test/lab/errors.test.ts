/**
 * What a user meets when something is not as it should be: on a real machine, by the executable, each with its code and
 * with nothing changed. What needs no real interface is in test/commands/failures.test.ts and test/agent.
 */
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Agent, command, EXECUTABLE, peersOf, viewOf } from '../../lab/agent.js';
import type { Machine } from '../../lab/machine.js';
import { pathOf } from '../../lab/observe.js';
import { patient } from '../../lab/patience.js';
import { twoHomes } from '../../lab/scenes.js';
import { buildStar, type Member } from '../../lab/star.js';
import { waitFor } from '../../lab/wait.js';
import { readState } from '../../lab/wireguard.js';
import { World } from '../../lab/world.js';
import { linkLocal } from '../../src/core/values/key.js';
import { enter } from './enter.js';
import { DIRECT_WITHIN_MS, Mesh } from './mesh.js';

const RUN_DIR = '/run/wirelink';

/** A hub and one spoke. */
const small = () =>
  World.build(async (world) => {
    const internet = await world.internet();
    const hub = await world.host('hub', internet);
    const host = await world.host('a', internet);
    const star = await buildStar(hub, [{ host }]);
    const [a] = star.spokes;
    if (a === undefined) throw new Error('bug: a star of one spoke has one');
    return { hub: star.hub, a };
  });

interface Failure {
  readonly code: string;
  readonly message: string;
  readonly help: string;
}

/** `wirelink up` that must fail, by whatever program starts it: its error, with the interface as it was. */
async function refusal(
  member: Member,
  how: { readonly interface?: string; readonly by?: readonly string[] } = {},
): Promise<Failure & { status: number | null }> {
  const before = await readState(member.machine);
  const up = [process.execPath, EXECUTABLE, 'up', how.interface ?? 'wg0', '--json'];
  const [program = '', ...rest] = [...(how.by ?? []), ...up];
  const { exitCode, stdout } = await member.machine.attempt(program, rest);
  expect(await readState(member.machine)).toEqual(before);
  const { error } = JSON.parse(stdout) as { error: Failure };
  expect(error.help).not.toBe('');
  return { status: exitCode, ...error };
}

describe('wirelink up', () => {
  it('misses an interface that is not there', async () => {
    const { a } = await enter(small());
    expect(await refusal(a, { interface: 'wg9' })).toMatchObject({
      status: 1,
      code: 'interface-missing',
      message: 'There is no WireGuard interface wg9.',
    });
  });

  it('says so without permission', async () => {
    const { a } = await enter(small());
    const by = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--inh-caps=-all'];
    expect(await refusal(a, { by })).toMatchObject({ status: 1, code: 'no-permission' });
  });

  it('names the tool that is missing, with its package', async () => {
    const { a } = await enter(small());
    await a.machine.run('mkdir', ['-p', '/run/few']);
    const by = ['env', 'PATH=/run/few'];
    expect(await refusal(a, { by })).toMatchObject({ status: 1, code: 'tool-missing' });
  });

  it('does not start a second agent', async () => {
    const { a } = await enter(small());
    await Agent.start(a);
    const greets = async (): Promise<boolean> => JSON.stringify((await readState(a.machine)).peers).includes('/128');
    await waitFor('the first one has begun', greets, (begun) => begun, { timeoutMs: 5000 });
    expect(await refusal(a)).toMatchObject({ status: 1, code: 'already-running' });
    expect((await peersOf(a)).self.publicKey).toBe(a.key);
  });

  it('says who has its port', async () => {
    const { a } = await enter(small());
    const address = linkLocal(a.key);
    await a.machine.ip(`addr add ${address}/64 dev wg0 nodad`);
    const script = `require('dgram').createSocket('udp6').bind(51821, '${address}%wg0', () => console.log('bound'))`;
    const squatter = a.machine.spawn(process.execPath, ['-e', script]);
    await new Promise((resolve) => squatter.stdout.once('data', resolve));
    expect(await refusal(a)).toMatchObject({ status: 1, code: 'port-taken' });
    const other = Agent.launch(a, { args: ['--port', '51900'] });
    await waitFor(
      'it starts on another port',
      () => command(a, ['peers']),
      ({ exitCode }) => exitCode === 0,
      { timeoutMs: 10_000 },
    );
    expect(await other.stop()).toBe(0);
  });

  it('says how to allow IPv6 where it is disabled', async () => {
    const { a } = await enter(small());
    await a.machine.sysctl('net.ipv6.conf.wg0.disable_ipv6=1');
    expect(await refusal(a)).toMatchObject({
      status: 1,
      code: 'ipv6-disabled',
      help: 'Allow it with: sysctl -w net.ipv6.conf.wg0.disable_ipv6=0',
    });
  });

  it('does not start where the journal has no room', async () => {
    const { a } = await enter(small());
    await fillRunDir(a.machine);
    expect(await refusal(a)).toMatchObject({ status: 1, code: 'disk-full' });
  });
});

describe('an agent', () => {
  it(
    'changes nothing while its journal has no room, and goes on when there is some',
    async () => {
      const scene = await enter(twoHomes());
      const { a, b, hub } = scene;
      const agents = [await Agent.start(hub), await Agent.start(a)];
      const [, agent] = agents;
      // A new disk in the place of the old one: what was written down is gone with it, and has to be written again.
      await fillRunDir(a.machine);
      await Agent.start(b);
      await waitFor(
        'a says that there is no room',
        () => agent?.story(),
        (story) => story?.includes('no room left') === true,
        { timeoutMs: 20_000 },
      );
      expect(await pathOf(a, b)).toBe('relayed');
      expect((await readState(a.machine)).peers.map(({ publicKey }) => publicKey)).toEqual([hub.key]);
      await a.machine.run('rm', [`${RUN_DIR}/filling`]);
      await waitFor(
        'they become direct',
        () => pathOf(a, b),
        (path) => path === 'direct',
        { timeoutMs: 60_000 },
      );
      expect(agent?.dead).toBe(false);
    },
    patient(120_000),
  );

  it('that is killed while a command waits is told as gone', async () => {
    const { hub, a, b } = await enter(twoHomes());
    const agent = await Agent.start(a);
    await Agent.start(hub);
    await waitFor(
      'a knows b',
      () => viewOf(a, b),
      (view) => view !== undefined,
      { timeoutMs: 10_000 },
    );
    const waiting = command(a, ['probe', b.key, '--count', '20', '--json']);
    await sleep(1500);
    await agent.kill();
    const { exitCode, stdout } = await waiting;
    expect(exitCode).toBe(4);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'agent-gone' } });
  });

  it('answers others while clients send garbage or never read', async () => {
    const { a } = await enter(small());
    const agent = await Agent.start(a);
    const path = a.machine.path(`${RUN_DIR}/wg0.sock`);
    const clients = Array.from({ length: 8 }, () => connect(path).on('error', () => undefined));
    for (const [at, client] of clients.entries()) {
      if (at % 2 === 0) client.write(Buffer.alloc(1 << 20, at));
      else for (let id = 1; id < 2000; id++) client.pause().write(`{"id":${id},"method":"peers","params":{}}\n`);
    }
    await sleep(500);
    expect((await peersOf(a)).self.publicKey).toBe(a.key);
    for (const client of clients) client.destroy();
    expect(agent.dead).toBe(false);
  });

  it('tells a command that is newer than itself what it does not understand', async () => {
    const { a } = await enter(small());
    await Agent.start(a);
    const client = connect(a.machine.path(`${RUN_DIR}/wg0.sock`));
    const answer = new Promise<string>((resolve) =>
      client.once('data', (bytes) => {
        resolve(bytes.toString());
      }),
    );
    client.write('{"id":1,"method":"teleport","params":{}}\n');
    expect(JSON.parse(await answer)).toMatchObject({
      id: 1,
      error: { code: 'bad-request', help: 'If command and agent are of different versions, start the agent again.' },
    });
    client.destroy();
  });

  it('says of a pair whose hub does not forward that this is what keeps it', async () => {
    const scene = await enter(twoHomes());
    await scene.hub.machine.sysctl('net.ipv4.ip_forward=0', 'net.ipv6.conf.all.forwarding=0');
    const mesh = await Mesh.start(scene);
    // The end that gives up first knows why; the other one knows that it gave up.
    const texts = async (): Promise<string> => {
      const views = [await viewOf(scene.a, scene.b), await viewOf(scene.b, scene.a)];
      return views.map((view) => view?.cause?.text ?? '').join('\n');
    };
    await mesh.telling(
      waitFor('an end says so', texts, (text) => text.includes('may not forward'), { timeoutMs: DIRECT_WITHIN_MS }),
    );
  });
});

/** Puts the run directory on a tiny disk that is full. */
async function fillRunDir(machine: Machine): Promise<void> {
  await machine.run('mkdir', ['-p', RUN_DIR]);
  await machine.run('mount', ['-t', 'tmpfs', '-o', 'size=32k', 'tmpfs', RUN_DIR]);
  await machine.attempt('dd', ['if=/dev/zero', `of=${RUN_DIR}/filling`, 'bs=1k', 'count=64']);
}
