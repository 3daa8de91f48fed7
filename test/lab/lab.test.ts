/** The laboratory itself: cables, stars and worlds. */
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { describe, expect, it } from 'vitest';
import { PacketCount } from '../../lab/packets.js';
import { pathOf, ping } from '../../lab/observe.js';
import { oneHome, twoHomes } from '../../lab/scenes.js';
import { expel, restart } from '../../lab/star.js';
import { Stream, UdpSocket } from '../../lab/udp.js';
import { waitFor } from '../../lab/wait.js';
import { readDump, readState } from '../../lab/wireguard.js';
import { World } from '../../lab/world.js';
import { enter } from './enter.js';

describe('a cable', () => {
  it('of 25 ms adds 50 ms to every round trip through it, in the long run and from the first packet', async () => {
    const away = { cable: { delayMs: 25 } };
    const { a, b, hub, homeA, homeB } = await enter(twoHomes(away, away, { hub: away }));
    const first = await ping(homeA.machine, homeB.wan.gateway);
    expect(first?.rttMs).toBeGreaterThanOrEqual(50);
    await waitFor(
      'the hub relays',
      () => pathOf(a, b),
      (path) => path === 'relayed',
      { timeoutMs: 5000 },
    );
    const shortest = async (address: string): Promise<number> => {
      const trips = [];
      for (let count = 0; count < 5; count++) trips.push((await ping(a.machine, address))?.rttMs ?? Number.NaN);
      return Math.min(...trips);
    };
    // Never less than the cables take, never one passage more: the machine that carries it all may add some of its own.
    const toHub = await shortest(hub.address);
    expect(toHub).toBeGreaterThanOrEqual(100);
    expect(toHub).toBeLessThan(150);
    const toB = await shortest(b.address);
    expect(toB).toBeGreaterThanOrEqual(200);
    expect(toB).toBeLessThan(250);
  });

  it('can be cut one way, lose packets, and be mended', async () => {
    const { guest, host, cable } = await enter(
      World.build(async (building) => {
        const internet = await building.internet();
        const far = await building.host('far', internet, { cable: { delayMs: 1 } });
        const near = await building.host('near', internet);
        return { guest: far.leg, host: near.machine, cable: far.leg.cable };
      }),
    );
    expect(await ping(host, guest.address)).toBeDefined();
    const replies = await PacketCount.start(host, 'input', 'icmp type echo-reply');
    await cable?.change({ cut: 'up' });
    expect(await ping(host, guest.address)).toBeUndefined();
    await cable?.change({ cut: 'none', loss: 1 });
    expect(await ping(host, guest.address)).toBeUndefined();
    await cable?.change({ loss: 0 });
    expect(await ping(host, guest.address)).toBeDefined();
    expect(await replies.packets()).toBe(1);
  });

  it('carries more than a few packets', async () => {
    const { a, b } = await enter(twoHomes({ cable: { delayMs: 5 } }, { cable: { delayMs: 5 } }));
    await waitFor(
      'the way is open',
      () => pathOf(a, b),
      (path) => path === 'relayed',
      { timeoutMs: 5000 },
    );
    const stream = await Stream.start(a, b, { perSecond: 2000 });
    await waitFor(
      'some of it is through',
      () => readDump(b.machine),
      (dump) => (dump.peers[0]?.rxBytes ?? 0) > 400_000,
      {
        timeoutMs: 10_000,
      },
    );
    expect(await stream.stop()).toMatchObject({ lost: 0 });
  });
});

describe('a star', () => {
  it('of plain WireGuard relays between its spokes, over two NATs and in one LAN', async () => {
    const apart = await enter(twoHomes());
    expect(
      await waitFor(
        'a reaches b',
        () => pathOf(apart.a, apart.b),
        (path) => path !== 'none',
        { timeoutMs: 5000 },
      ),
    ).toBe('relayed');
    const together = await enter(oneHome());
    expect(
      await waitFor(
        'a reaches b',
        () => pathOf(together.a, together.b),
        (path) => path !== 'none',
        { timeoutMs: 5000 },
      ),
    ).toBe('relayed');
  });

  it('with firewalled spokes, single addresses in the hub’s entry and preshared keys relays as well', async () => {
    const { a, b, homeB } = await enter(
      twoHomes({ firewall: true }, { firewall: true, sharesLan: true }, { hubEntry: 'addresses', presharedKeys: true }),
    );
    expect(
      await waitFor(
        'a reaches b',
        () => pathOf(a, b),
        (path) => path !== 'none',
        { timeoutMs: 5000 },
      ),
    ).toBe('relayed');
    const [hubEntry] = (await readDump(a.machine)).peers;
    expect(hubEntry?.allowedIps).toEqual(['10.9.0.1/32', '10.9.0.3/32', homeB.prefix]);
    expect(hubEntry?.presharedKey).toBeDefined();
  });

  it('shows a direct path as direct, when its user makes one by hand', async () => {
    const { a, b, homeA, homeB } = await enter(twoHomes({ listenPort: 1111 }, { listenPort: 2222 }));
    const give = (from: typeof a, to: typeof b, endpoint: string): Promise<string> =>
      from.machine.run('wg', ['set', 'wg0', 'peer', to.key, 'endpoint', endpoint, 'allowed-ips', `${to.address}/32`, 'persistent-keepalive', '25']); // prettier-ignore
    await give(a, b, `${homeB.wan.address}:2222`);
    await give(b, a, `${homeA.wan.address}:1111`);
    expect(
      await waitFor(
        'they meet',
        () => pathOf(a, b),
        (path) => path !== 'none',
        { timeoutMs: 15_000 },
      ),
    ).toBe('direct');
    expect(await pathOf(b, a)).toBe('direct');
  });

  it('loses one direct path by a cut, one way or both, and gets it back by healing; the hub stays', async () => {
    const { a, b, hub, internet, homeA, homeB } = await enter(twoHomes());
    await waitFor(
      'a reaches b',
      () => pathOf(a, b),
      (path) => path === 'relayed',
      { timeoutMs: 5000 },
    );
    const [wanA, wanB] = [homeA.wan.address, homeB.wan.address];
    const mark = await UdpSocket.open(homeA.machine, 7000);
    const other = await UdpSocket.open(homeB.machine, 7000);
    await homeA.machine.nft('flush chain ip lab arriving');
    await homeB.machine.nft('flush chain ip lab arriving');
    const passes = async (from: UdpSocket, to: UdpSocket, address: string, text: string): Promise<boolean> => {
      await from.send(address, 7000, text);
      await ping(a.machine, hub.address);
      return to.received.some((datagram) => datagram.text === text);
    };
    await internet.cutOneWay(wanA, wanB);
    expect(await passes(mark, other, wanB, 'one')).toBe(false);
    expect(await passes(other, mark, wanA, 'two')).toBe(true);
    await internet.cut(wanA, wanB);
    expect(await passes(other, mark, wanA, 'three')).toBe(false);
    await internet.heal();
    expect(await passes(mark, other, wanB, 'four')).toBe(true);
    expect(await pathOf(a, b)).toBe('relayed');
  });

  it('comes back after a restart as it was, and forgets an expelled spoke', async () => {
    const { a, b, hub } = await enter(twoHomes({}, { sharesLan: true }));
    const before = await readState(a.machine);
    await restart(a);
    const after = await readState(a.machine);
    expect({ peers: after.peers, routes: after.routes }).toEqual({ peers: before.peers, routes: before.routes });
    await expel(hub, b);
    expect((await readDump(hub.machine)).peers.map((peer) => peer.publicKey)).toEqual([a.key]);
  });
});

describe('a world', () => {
  it('takes everything with it that runs in it', async () => {
    const { a, hub, world: whole } = await enter(twoHomes());
    const stray = a.machine.spawn('sh', ['-c', 'sleep 1000 & wait']);
    const gone = new Promise((resolve) => stray.once('exit', resolve));
    await whole.close();
    await gone;
    expect((await hub.machine.attempt('true', [])).exitCode).not.toBe(0);
  });
});

describe('a machine', () => {
  it('that is frozen does nothing until it is thawed, and can be taken down as it is', async () => {
    const { machine, world } = await enter(World.build(async (building) => ({ machine: await building.machine('m') })));
    const program = machine.spawn('sh', ['-c', 'while read -r line; do echo "$line"; done']);
    const answers = createInterface({ input: program.stdout });
    const answer = (): Promise<unknown> => once(answers, 'line');
    const stateOf = (): string | undefined => readFileSync(`/proc/${program.pid}/stat`, 'utf8').split(') ').at(-1)?.[0];
    program.stdin.write('once\n');
    expect(await answer()).toEqual(['once']);
    await machine.freeze();
    await waitFor('it stands still', stateOf, (state) => state === 'T', { timeoutMs: 5000, everyMs: 10 });
    program.stdin.write('twice\n');
    const late = answer();
    await machine.thaw();
    expect(await late).toEqual(['twice']);
    await machine.freeze();
    await world.close();
    expect(existsSync(`/proc/${machine.pid}`)).toBe(false);
  });
});
