/** How two spokes become direct, judged by what a ping's answer has been through and by what `wg` shows. */
import { describe, expect, it } from 'vitest';
import { command, viewOf } from '../../lab/agent.js';
import { PacketCount } from '../../lab/packets.js';
import { FULL_CONE, PORT_RESTRICTED, SYMMETRIC } from '../../lab/nat.js';
import { pathOf } from '../../lab/observe.js';
import { patient } from '../../lab/patience.js';
import { oneHome, twoHomes } from '../../lab/scenes.js';
import type { Member } from '../../lab/star.js';
import { Stream } from '../../lab/udp.js';
import { waitFor } from '../../lab/wait.js';
import { readDump, type DumpPeer } from '../../lab/wireguard.js';
import { COMMIT_WAIT_MIN } from '../../src/core/limits.js';
import { enter } from './enter.js';
import { DIRECT_WITHIN_MS, Mesh } from './mesh.js';

/** How long a pair that must not become direct is watched: several attempts long. */
const WATCHED_MS = 15_000;

const entryOf = async (on: Member, of: Member): Promise<DumpPeer | undefined> =>
  (await readDump(on.machine)).peers.find((peer) => peer.publicKey === of.key);

describe('two spokes', () => {
  it('behind a NAT each become direct, and every agent says so', async () => {
    const scene = await enter(twoHomes());
    const mesh = await Mesh.start(scene);
    await mesh.until('direct', DIRECT_WITHIN_MS);
    expect((await entryOf(scene.a, scene.b))?.endpoint).toMatch(`${scene.homeB.wan.address}:`);
    expect((await entryOf(scene.b, scene.a))?.endpoint).toMatch(`${scene.homeA.wan.address}:`);
    expect(await viewOf(scene.a, scene.b)).toMatchObject({ path: 'direct', agent: true });
    expect(await viewOf(scene.b, scene.a)).toMatchObject({ path: 'direct', agent: true });
  });

  it('become direct 25 ms away from the hub, and a stream that runs meanwhile hardly pauses', async () => {
    const away = { cable: { delayMs: 25 } };
    const scene = await enter(twoHomes(away, away));
    await waitFor(
      'the hub relays',
      () => pathOf(scene.a, scene.b),
      (path) => path === 'relayed',
      { timeoutMs: 5000 },
    );
    const stream = await Stream.start(scene.a, scene.b, { perSecond: 200 });
    const mesh = await Mesh.start(scene);
    await mesh.until('direct', DIRECT_WITHIN_MS);
    // An end that moved alone would be silent until its COMMIT has timed out. What a move costs, the benchmark counts.
    expect((await stream.stop()).longestSilenceMs).toBeLessThan(patient(COMMIT_WAIT_MIN));
  });

  it('with firewalls of their own, a hub entry of single addresses and preshared keys become direct', async () => {
    const scene = await enter(
      twoHomes({ firewall: true }, { firewall: true }, { hubEntry: 'addresses', presharedKeys: true }),
    );
    const mesh = await Mesh.start(scene);
    await mesh.until('direct', DIRECT_WITHIN_MS);
  });

  it('behind a full cone and a symmetric NAT become direct', async () => {
    const mesh = await Mesh.start(await enter(twoHomes({ nat: FULL_CONE }, { nat: SYMMETRIC })));
    await mesh.until('direct', DIRECT_WITHIN_MS);
  });

  it('that have IPv6 too, behind firewalls that let in answers only, use it where IPv4 does not do', async () => {
    const home = { nat: SYMMETRIC, families: 'both', firewall: true } as const;
    const scene = await enter(twoHomes(home, home));
    const mesh = await Mesh.start(scene);
    await mesh.until('direct', DIRECT_WITHIN_MS);
    expect((await entryOf(scene.a, scene.b))?.endpoint).toMatch(/^\[2001:db8:/);
    expect((await entryOf(scene.b, scene.a))?.endpoint).toMatch(/^\[2001:db8:/);
  });

  it('that have both families become direct, over whichever', async () => {
    const mesh = await Mesh.start(await enter(twoHomes({ families: 'both' }, { families: 'both' })));
    await mesh.until('direct', DIRECT_WITHIN_MS);
  });

  it('on one LAN use their LAN addresses', async () => {
    const scene = await enter(oneHome());
    const mesh = await Mesh.start(scene);
    await mesh.until('direct', DIRECT_WITHIN_MS);
    const lan = new RegExp(`^${scene.home.gateway.replace(/\d+$/, '')}`);
    expect((await entryOf(scene.a, scene.b))?.endpoint).toMatch(lan);
    expect((await entryOf(scene.b, scene.a))?.endpoint).toMatch(lan);
  });

  it('behind a symmetric and a port-restricted NAT stay relayed, and are told why', async () => {
    const scene = await enter(twoHomes({ nat: SYMMETRIC }, { nat: PORT_RESTRICTED }));
    const mesh = await Mesh.start(scene);
    const end = performance.now() + WATCHED_MS;
    await mesh.until('relayed', DIRECT_WITHIN_MS);
    while (performance.now() < end) expect(await pathOf(scene.a, scene.b)).toBe('relayed');
    const view = await mesh.telling(
      waitFor(
        'an attempt has failed for a reason of the NATs',
        () => viewOf(scene.a, scene.b),
        (seen) => seen?.cause !== undefined && ['udp-blocked', 'mapping-varies'].includes(seen.cause.code),
        { timeoutMs: DIRECT_WITHIN_MS },
      ),
    );
    expect(view).toMatchObject({ path: 'relayed', via: scene.hub.key });
    expect(view?.cause?.text).not.toBe('');
    const { exitCode } = await command(scene.a, ['connect', scene.b.key, '--timeout', '5']);
    expect(exitCode).toBe(3);
  });

  it('of which one runs no agent stay as they are', async () => {
    const scene = await enter(twoHomes());
    const mesh = await Mesh.start(scene);
    expect(await mesh.b.stop()).toBe(0);
    const view = await mesh.telling(
      waitFor(
        'a knows b as plain',
        () => viewOf(scene.a, scene.b),
        (seen) => seen?.path === 'plain',
        {
          timeoutMs: 60_000,
        },
      ),
    );
    expect(view?.agent).toBe(false);
    expect(await pathOf(scene.a, scene.b)).toBe('relayed');
  });
});

describe('a host candidate in a LAN that is routed to its peer', () => {
  it('never becomes the peer’s endpoint, and no packet goes round', async () => {
    const scene = await enter(twoHomes({}, { sharesLan: true }));
    const round = `oifname "wg0" meta l4proto udp ip daddr ${scene.homeB.prefix}`;
    const nested = await PacketCount.start(scene.a.machine, 'postrouting', round);
    const mesh = await Mesh.start(scene);
    const endpoints = new Set<string>();
    const end = performance.now() + WATCHED_MS;
    while (performance.now() < end) endpoints.add((await entryOf(scene.a, scene.b))?.endpoint ?? 'none');
    await mesh.until('direct', DIRECT_WITHIN_MS);
    const lan = scene.homeB.gateway.replace(/\d+$/, '');
    expect([...endpoints].filter((endpoint) => endpoint.startsWith(lan))).toEqual([]);
    expect(await nested.packets()).toBe(0);
  });
});
