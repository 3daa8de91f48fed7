/** Who belongs to the network is decided on the hub, by `wirelink invite` and `wirelink remove` or by `wg`, and holds. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Agent, command, EXECUTABLE, peersOf, viewOf } from '../../lab/agent.js';
import { Hostile } from '../../lab/hostile.js';
import type { Machine, Outcome } from '../../lab/machine.js';
import { pathOf, ping } from '../../lab/observe.js';
import { join } from '../../lab/quick.js';
import { twoHomes, type TwoHomes } from '../../lab/scenes.js';
import { expel, type Member } from '../../lab/star.js';
import { waitFor } from '../../lab/wait.js';
import { readDump, readState } from '../../lab/wireguard.js';
import { FACT_TTL } from '../../src/core/limits.js';
import type { ClaimView, InvitedView, RemovedView } from '../../src/core/views.js';
import { documented, fieldsOf } from '../support/documented.js';
import { enter } from './enter.js';
import { DIRECT_WITHIN_MS, Mesh } from './mesh.js';

/** Three seconds are promised; a laboratory on a busy machine is given more. */
const GONE_WITHIN_MS = 6000;
/** How long a removed peer is watched that tries to come back. */
const WATCHED_MS = 8000;
/** A program in TypeScript takes a second. */
const STARTED_MS = 4000;
/** After this long without an answer the hub's agent takes a spoke's for silent, and forgets what it told it. */
const FORGOTTEN_MS = 20_000;

const CONFIG = '/run/members.yaml';
const QUICK_FILE = '/etc/wireguard/wg0.conf';

describe('wirelink invite, on the hub', () => {
  it('makes a machine a member that becomes direct and is known to the others by its name', async () => {
    const scene = await enter(twoHomes());
    const { hub, a } = scene;
    const invited = await invite(hub, 'nas');
    expect(invited).toMatchObject({ name: 'nas', allowedIps: ['10.9.0.4/32'], namedIn: CONFIG, agent: false });
    const nas = await join(await scene.world.host('nas', scene.internet), hub, invited.configuration);
    expect(nas.key).toBe(invited.publicKey);
    await Promise.all([Agent.start(hub, { args: ['--config', CONFIG] }), Agent.start(a), Agent.start(nas)]);
    await waitFor(
      'a and the new one are direct',
      async () => [await pathOf(a, nas), await pathOf(nas, a)],
      (paths) => paths.every((path) => path === 'direct'),
      { timeoutMs: DIRECT_WITHIN_MS },
    );
    expect(await viewOf(a, nas)).toMatchObject({ name: 'nas', namedBy: 'router' });
    expect((await command(a, ['hosts'])).stdout).toMatch(/^10\.9\.0\.4 +nas$/m);
  }, 120_000);

  it('adds it while the agent runs, which tells others its name, and leaves it there when it ends', async () => {
    const { hub, a } = await enter(twoHomes());
    await hub.machine.run('sh', ['-c', `echo 'peers: []' > ${CONFIG}`]);
    const agents = [await Agent.start(hub, { args: ['--config', CONFIG] }), await Agent.start(a)];
    const invited = await invite(hub, 'nas');
    expect(invited).not.toHaveProperty('unread');
    const { publicKey } = invited;
    await waitFor(
      'a has heard of it',
      async () => (await peersOf(a)).peers.find((peer) => peer.publicKey === publicKey),
      (peer) => peer?.name === 'nas' && peer.namedBy === 'router',
      { timeoutMs: 10_000 },
    );
    expect((await peersOf(hub)).self.warnings).toEqual([]);
    for (const agent of agents) expect(await agent.stop()).toBe(0);
    expect((await readState(hub.machine)).peers.find((peer) => peer.publicKey === publicKey)).toEqual({
      publicKey,
      presharedKey: undefined,
      allowedIps: ['10.9.0.4/32'],
      keepalive: 0,
    });
  });

  it('writes it into wg-quick’s file with --save, and remove undoes all of it', async () => {
    const { hub } = await enter(twoHomes());
    const text = '# Ours\n[Interface]\nAddress = 10.9.0.1/24\n';
    await writeQuickFile(hub.machine, text, '640');
    const before = await readState(hub.machine);
    const first = await invite(hub, 'nas', '--save');
    expect(first).toMatchObject({ savedTo: QUICK_FILE });
    const second = await invite(hub, 'phone', '--save', '--public-key', 'jComtWFDmYdN3uoXCvbuQ0d6FvLVKyJGSx2rTW7oBjE=');
    expect(second.configuration).not.toMatch(/^PrivateKey/m);
    expect(await hub.machine.run('cat', [QUICK_FILE])).toBe(
      `${text}\n# nas\n[Peer]\nPublicKey = ${first.publicKey}\nAllowedIPs = 10.9.0.4/32\n` +
        `\n# phone\n[Peer]\nPublicKey = ${second.publicKey}\nAllowedIPs = 10.9.0.5/32\n`,
    );
    await remove(hub, 'nas', '--save');
    await remove(hub, second.publicKey.slice(0, 8), '--save');
    expect(await hub.machine.run('cat', [QUICK_FILE])).toBe(text);
    expect((await hub.machine.run('stat', ['-c', '%a', QUICK_FILE])).trim()).toBe('640');
    expect(await hub.machine.run('cat', [CONFIG])).toBe('peers: []\n');
    expect(await readState(hub.machine)).toEqual(before);
  });

  it('shows with --qr what qrencode makes of the configuration, and changes nothing where that is missing', async () => {
    const { hub } = await enter(twoHomes());
    await hub.machine.run('mount', ['-t', 'tmpfs', 'tmpfs', '/etc/wireguard']);
    const args = [EXECUTABLE, 'invite', 'phone', '--qr', '--config', CONFIG];
    const within = (path: string): Promise<Outcome> =>
      hub.machine.attempt('env', [`PATH=${path}`, process.execPath, ...args]);
    await hub.machine.run('sh', [
      '-c',
      'mkdir /run/bin && for each in wg ip flock; do ln -s "$(command -v $each)" /run/bin; done',
    ]);
    const before = await readState(hub.machine);
    expect(await within('/run/bin')).toMatchObject({
      exitCode: 1,
      stdout: '',
      stderr: expect.stringContaining('The program qrencode is not installed.') as string,
    });
    expect(await readState(hub.machine)).toEqual(before);
    const pretending = '#!/bin/sh\n[ "$1" = --version ] || { echo "code of $*"; /bin/cat; }\n';
    await hub.machine.run('sh', ['-c', 'cat > /run/bin/qrencode; chmod +x /run/bin/qrencode'], { input: pretending });
    const { exitCode, stdout, stderr } = await within('/run/bin');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(
      /^code of --type UTF8 --margin 2\n\[Interface\]\nPrivateKey = [^]*PersistentKeepalive = 25\n$/,
    );
    expect(stderr).toMatch(/^phone \(.{8}\) is on wg0 now, with 10\.9\.0\.4\/32\./);
    expect(stderr).toContain('warning: no agent runs here');
  });

  it('says as JSON what the documentation says', async () => {
    const { hub } = await enter(twoHomes());
    await writeQuickFile(hub.machine, '[Interface]\n', '600');
    await hub.machine.run('sh', ['-c', `echo 'peers: []' > ${CONFIG}`]);
    const agent = await Agent.start(hub, { args: ['--config', CONFIG] });
    const invited = await invite(hub, 'nas', '--save');
    const removed = JSON.parse(await remove(hub, 'nas', '--save')) as RemovedView;
    expect([fieldsOf(invited)]).toEqual(documented('invite').map((document) => fieldsOf(document)));
    expect([fieldsOf(removed)]).toEqual(documented('remove').map((document) => fieldsOf(document)));
    await agent.stop();
  });

  it('says that an agent with another configuration file does not know the name', async () => {
    const { hub } = await enter(twoHomes());
    const agent = await Agent.start(hub);
    const { unread } = await invite(hub, 'nas');
    expect(unread).toBe(`its file is /etc/wirelink/wg0.yaml, not ${CONFIG}`);
    await agent.stop();
  });

  it('gives addresses to several that are invited at the same time, each its own', async () => {
    const { hub } = await enter(twoHomes());
    const all = await Promise.all(['c', 'd', 'e'].map((name) => invite(hub, name)));
    expect(all.flatMap(({ allowedIps }) => allowedIps).sort()).toEqual(['10.9.0.4/32', '10.9.0.5/32', '10.9.0.6/32']);
    for (const { name } of all) expect(await hub.machine.run('cat', [CONFIG])).toContain(`name: ${name}\n`);
  });

  it.each([
    [['invite', 'nas', '--save'], 'quick-file-missing'],
    [['invite', 'nas', '--address', '10.9.0.3'], 'address-taken'],
    [['invite', 'nas', '--address', '10.8.0.3'], 'address-taken'],
    [['remove', 'nobody'], 'unknown-peer'],
  ])('changes nothing when it cannot be done: %j, %s', async (args, code) => {
    const { hub } = await enter(twoHomes());
    await hub.machine.run('mount', ['-t', 'tmpfs', 'tmpfs', '/etc/wireguard']);
    await expectRefusal(hub, args, code);
  });

  it('changes nothing for a name or a key that another one has, nor where wg-quick writes its file itself', async () => {
    const { hub, a } = await enter(twoHomes());
    await writeQuickFile(hub.machine, '[Interface]\nSaveConfig = true\n', '600');
    await invite(hub, 'nas');
    await expectRefusal(hub, ['invite', 'nas'], 'name-taken');
    await expectRefusal(hub, ['invite', 'phone', '--public-key', a.key], 'key-taken');
    await expectRefusal(hub, ['invite', 'phone', '--public-key', hub.key], 'key-taken');
    await expectRefusal(hub, ['invite', 'phone', '--save'], 'quick-file-saved');
  });

  it('leaves no trace when the last of its steps fails', async () => {
    const { hub } = await enter(twoHomes());
    await writeQuickFile(hub.machine, '[Interface]\n', '600');
    await hub.machine.run('mount', ['-o', 'remount,ro', '/etc/wireguard']);
    await expectRefusal(hub, ['invite', 'nas', '--save'], 'no-permission');
  });

  it('is for the hub alone', async () => {
    const { a, hub } = await enter(twoHomes());
    await expectRefusal(a, ['invite', 'nas'], 'not-the-hub');
    await expectRefusal(a, ['remove', hub.key], 'not-the-hub');
  });
});

describe('a peer that is removed from the hub', () => {
  it.each([
    ['wirelink remove', (hub: Member, b: Member) => remove(hub, b.key)],
    ['wg', expel],
  ])(
    'by %s has no direct path left, however it clings to it',
    async (_, removeFrom) => {
      const { scene, mesh, hostile } = await clingingPeer();
      const { hub, a, b } = scene;
      const began = performance.now();
      await removeFrom(hub, b);
      await mesh.telling(untilGone(a, b, GONE_WITHIN_MS));
      console.log(`gone ${((performance.now() - began) / 1000).toFixed(1)} s after it was removed`);
      const end = performance.now() + WATCHED_MS;
      while (performance.now() < end) {
        expect((await readDump(a.machine)).peers.map(({ publicKey }) => publicKey)).toEqual([hub.key]);
        expect(await ping(b.machine, a.address)).toBeUndefined();
      }
      expect(hostile.said).toEqual([]);
      expect((await peersOf(a)).peers.map(({ publicKey }) => publicKey)).toEqual([hub.key]);
    },
    120_000,
  );

  it('has none left on a spoke that was asleep, once that is awake, within the life of the facts', async () => {
    const { scene, mesh } = await clingingPeer();
    const { hub, a, b } = scene;
    // Nothing of what the hub says meanwhile reaches it, not even late.
    await scene.internet.cut(scene.homeA.wan.address, hubAddressOf(a));
    mesh.a.sleep();
    onTestFinished(() => {
      mesh.a.wakeUp();
    });
    await remove(hub, b.key);
    await sleep(FORGOTTEN_MS);
    // WireGuard itself was never asleep here: the path that nobody took away still carries.
    expect(await pathOf(b, a)).toBe('direct');
    await scene.internet.heal();
    mesh.a.wakeUp();
    const began = performance.now();
    await mesh.telling(untilGone(a, b, FACT_TTL));
    console.log(`gone ${((performance.now() - began) / 1000).toFixed(1)} s after the spoke woke up`);
    expect(await ping(b.machine, a.address)).toBeUndefined();
  }, 400_000);
});

/** a and b are direct; then b’s agent gives way to one that keeps to nothing. */
async function clingingPeer(): Promise<{ scene: TwoHomes; mesh: Mesh; hostile: Hostile }> {
  const scene = await enter(twoHomes());
  const mesh = await Mesh.start(scene);
  await mesh.until('direct', DIRECT_WITHIN_MS);
  const boot = await bootOf(scene.b);
  const orders = { do: 'cling', other: scene.a.key, prefix: `${scene.b.address}/32`, boot } as const;
  const hostile = await Hostile.unleash(scene.b, scene.hub, orders);
  onTestFinished(() => {
    hostile.stop();
  });
  // It waits for the agent's port, for it has to be there before a misses a pong.
  await sleep(STARTED_MS);
  await mesh.b.killWithGuardian();
  await sleep(2000);
  await mesh.until('direct', 1000);
  return { scene, mesh, hostile };
}

async function bootOf(member: Member): Promise<string> {
  const { stdout } = await command(member, ['facts', '--attribute', 'alive', '--subject', member.key, '--json']);
  const [fact] = (JSON.parse(stdout) as { facts: readonly ClaimView[] }).facts;
  return fact?.value ?? '';
}

const hubAddressOf = (spoke: Member): string => spoke.config.peers[0]?.endpoint?.replace(/:.*/, '') ?? '';

const untilGone = (from: Member, of: Member, timeoutMs: number): Promise<unknown> =>
  waitFor(
    `${of.name} is gone from ${from.name}`,
    async () => (await readDump(from.machine)).peers.map(({ publicKey }) => publicKey),
    (keys) => !keys.includes(of.key),
    { timeoutMs, everyMs: 50 },
  );

async function invite(hub: Member, name: string, ...more: readonly string[]): Promise<InvitedView> {
  return JSON.parse(await done(hub, ['invite', name, ...more])) as InvitedView;
}

const remove = (hub: Member, peer: string, ...more: readonly string[]): Promise<string> =>
  done(hub, ['remove', peer, ...more]);

async function done(hub: Member, args: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await command(hub, [...args, '--config', CONFIG, '--json']);
  expect({ exitCode, stdout, stderr }).toMatchObject({ exitCode: 0, stderr: '' });
  return stdout;
}

/** The command fails with that code, and interface and files are as before. */
async function expectRefusal(member: Member, args: readonly string[], code: string): Promise<void> {
  const files = `cat ${CONFIG} /etc/wireguard/* 2>&1; ls -A /etc/wireguard`;
  const look = async () => [await readState(member.machine), await member.machine.attempt('sh', ['-c', files])];
  const before = await look();
  const { exitCode, stdout } = await command(member, [...args, '--config', CONFIG, '--json']);
  expect({ exitCode, ...(JSON.parse(stdout) as object) }).toMatchObject({ exitCode: 1, error: { code } });
  expect(await look()).toEqual(before);
}

/** Over the machine's own directory, which is everybody's. */
async function writeQuickFile(machine: Machine, text: string, mode: string): Promise<void> {
  await machine.run('mount', ['-t', 'tmpfs', 'tmpfs', '/etc/wireguard']);
  await machine.run('sh', ['-c', `cat > ${QUICK_FILE} && chmod ${mode} ${QUICK_FILE}`], { input: text });
}
