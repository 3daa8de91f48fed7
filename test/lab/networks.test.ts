/**
 * Networks as people have them. Each becomes direct, or stays exactly as it was. What else there is stands elsewhere:
 * listen ports are of WireGuard's own choice in every scene that names none, firewalls on both spokes together with
 * preshared keys are in direct.test.ts, and so is a spoke without agent.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Agent, command, peersOf, viewOf } from '../../lab/agent.js';
import { PORT_RESTRICTED } from '../../lab/nat.js';
import { pathOf, ping } from '../../lab/observe.js';
import { quickUp, readRouting } from '../../lab/quick.js';
import { twoHomes } from '../../lab/scenes.js';
import type { Member } from '../../lab/star.js';
import { twoHubs, type TwoHubs } from '../../lab/two-hubs.js';
import { Stream } from '../../lab/udp.js';
import { waitFor } from '../../lab/wait.js';
import { INTERFACE, readDump, readState } from '../../lab/wireguard.js';
import type { ClaimView } from '../../src/core/views.js';
import { COMMIT_WAIT_MIN } from '../../src/core/limits.js';
import { enter } from './enter.js';
import { DIRECT_WITHIN_MS, Mesh } from './mesh.js';

/** How long a pair that must not become direct is watched: several attempts long. */
const WATCHED_MS = 15_000;

const relays = (from: Member, to: Member, timeoutMs = 10_000) =>
  waitFor(
    'the hub relays',
    () => pathOf(from, to),
    (path) => path === 'relayed',
    { timeoutMs },
  );

describe('a full-tunnel client as wg-quick makes it', () => {
  it.each([
    ['with the network’s prefix', '10.9.0.2/24', ['0.0.0.0/0']],
    ['with a single address', '10.9.0.2/32', ['0.0.0.0/0', '::/0']],
  ])('%s becomes direct, and has its routing back afterwards', async (_, address, allowedIps) => {
    const scene = await enter(twoHomes());
    await quickUp(scene.a, { address, allowedIps });
    await relays(scene.a, scene.b);
    const before = { routing: await readRouting(scene.a), state: await readState(scene.a.machine) };
    const mesh = await Mesh.start(scene);
    await mesh.until('direct', DIRECT_WITHIN_MS);
    const holder = (await readDump(scene.a.machine)).peers.find(({ publicKey }) => publicKey === scene.b.key);
    expect(holder?.allowedIps).toContain(`${scene.b.address}/32`);
    expect(holder?.allowedIps).not.toContain('0.0.0.0/0');
    expect(await mesh.a.stop()).toBe(0);
    expect(await readRouting(scene.a)).toBe(before.routing);
    expect(await readState(scene.a.machine)).toEqual(before.state);
  });
});

describe('a LAN that is routed to a spoke', () => {
  it('reaches the other spoke before, while and after the two become direct', async () => {
    const scene = await enter(twoHomes({}, { sharesLan: true }));
    const { a, b, homeB, world } = scene;
    const { machine, leg } = await world.host('printer', homeB);
    const [, lanOfB = ''] =
      /inet ([\d.]+)/.exec(await b.machine.run('ip', ['-4', 'addr', 'show', 'dev', 'eth0'])) ?? [];
    await b.machine.sysctl('net.ipv4.ip_forward=1');
    await machine.ip(`route add 10.9.0.0/24 via ${lanOfB}`);
    const printer: Member = { ...b, name: 'printer', machine, address: leg.address };
    await waitFor(
      'a reaches the printer',
      () => ping(a.machine, printer.address),
      (echo) => echo !== undefined,
      { timeoutMs: 10_000 },
    );
    const relayed = await ping(a.machine, printer.address);
    const streams = [
      await Stream.start(a, printer, { perSecond: 100 }),
      await Stream.start(printer, a, { perSecond: 100 }),
    ];
    const mesh = await Mesh.start(scene);
    await mesh.until('direct', DIRECT_WITHIN_MS);
    const direct = await waitFor(
      'a reaches the printer directly',
      () => ping(a.machine, printer.address),
      (echo) => echo !== undefined && echo.ttl > (relayed?.ttl ?? 0),
      { timeoutMs: 5000 },
    );
    expect(direct?.ttl).toBe((relayed?.ttl ?? 0) + 1);
    for (const stream of streams) expect((await stream.stop()).longestSilenceMs).toBeLessThan(COMMIT_WAIT_MIN);
    await mesh.a.stop();
    await waitFor(
      'back through the hub',
      () => ping(a.machine, printer.address),
      (echo) => echo?.ttl === relayed?.ttl,
      { timeoutMs: 5000 },
    );
  });
});

describe('spokes whose hub runs no agent', () => {
  it('stay as they are, and say why', async () => {
    const { a, b, hub } = await enter(twoHomes());
    await relays(a, b);
    const before = (await readState(hub.machine)).peers;
    const agents = [await Agent.start(a), await Agent.start(b)];
    const end = performance.now() + WATCHED_MS;
    while (performance.now() < end) {
      expect(await pathOf(a, b)).toBe('relayed');
      expect((await readDump(a.machine)).peers.map(({ publicKey }) => publicKey)).toEqual([hub.key]);
      await sleep(500);
    }
    expect((await peersOf(a)).self.warnings).not.toEqual([]);
    expect((await readState(hub.machine)).peers).toEqual(before);
    for (const agent of agents) expect(await agent.stop()).toBe(0);
  });
});

describe('a spoke with peers that are switched off', () => {
  // wireguard-go alone goes on sending from the old address for 15 s, unless chance has it look at the hub first.
  const GOES_ON_WITHIN_MS = 5000;
  const OFF = Array.from({ length: 20 }, (_, at) => [
    ...['peer', Buffer.alloc(32, at + 1).toString('base64')],
    ...['endpoint', `198.51.100.99:${1000 + at}`, 'allowed-ips', `10.9.1.${at}/32`],
  ]);

  it('that moves to another uplink goes on by way of its hub', async () => {
    const scene = await enter(twoHomes());
    const { a, b, world, internet } = scene;
    const second = await world.nat('home-a2', internet, PORT_RESTRICTED);
    await relays(a, b);
    await a.machine.run('wg', ['set', INTERFACE, ...OFF.flat()]);
    const agent = await Agent.start(a);
    await a.machine.ip('link set eth0 down');
    await second.plug(a.machine, 'eth1');
    await relays(a, b, GOES_ON_WITHIN_MS);
    expect(await agent.stop()).toBe(0);
  });
});

describe('two spokes with two hubs', () => {
  const everywhere = ({ hubs, a, b }: TwoHubs) => Promise.all([...hubs, a, b].map((member) => Agent.start(member)));
  const far = (from: Member, address: string) => ping(from.machine, address).then((echo) => echo?.ttl);

  it('become direct in both networks at once', async () => {
    const scene = await enter(twoHubs());
    await everywhere(scene);
    await waitFor(
      'both networks are direct, both ways',
      async () => [
        await far(scene.a, '10.1.0.3'),
        await far(scene.a, '10.2.0.3'),
        await far(scene.b, '10.1.0.2'),
        await far(scene.b, '10.2.0.2'),
      ],
      (ttls) => ttls.every((ttl) => ttl === 64),
      { timeoutMs: 30_000 },
    );
  });

  it('that disagree about a prefix leave it where it is', async () => {
    const scene = await enter(twoHubs());
    const { hubs, a, b } = scene;
    // The second hub has an old entry, under which b's address in the first one's network is somebody else's.
    const stranger = 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=';
    await hubs[1].machine.run('wg', ['set', 'wg0', 'peer', stranger, 'allowed-ips', '10.1.0.3/32']);
    await everywhere(scene);
    await waitFor(
      'a knows that something of b’s has to stay',
      () => viewOf(a, b),
      (seen) => seen?.cause?.code === 'prefix-withheld',
      { timeoutMs: 30_000 },
    );
    const { facts } = JSON.parse((await command(a, ['facts', '--rejected', '--json'])).stdout) as {
      facts: ClaimView[];
    };
    expect(facts.filter(({ value }) => value === '10.1.0.3/32').map(({ rejected }) => rejected)).toContainEqual(
      expect.stringMatching(/^routers grant it to .+ and to /),
    );
    const end = performance.now() + WATCHED_MS;
    while (performance.now() < end) {
      expect(await far(a, '10.1.0.3')).toBe(63);
      const holders = (await readDump(a.machine)).peers.filter(({ allowedIps }) => allowedIps.includes('10.1.0.3/32'));
      expect(holders).toEqual([]);
      await sleep(500);
    }
  });
});
