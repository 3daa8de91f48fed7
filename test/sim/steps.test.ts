/** What can happen to a world, each judged by pings and by what WireGuard shows. */
import { describe, expect, it } from 'vitest';
import {
  PORT_RESTRICTED,
  star,
  SYMMETRIC,
  UDP_BLOCKED,
  type SpokeOptions,
  type Step,
  type World,
} from '../../src/sim/index.js';
import { idle } from './engines.js';

const HOMES = [{}, {}];

describe('steps', () => {
  it('happen at their times', () => {
    const world = make(HOMES, [
      { ms: 5_000, do: { kind: 'cut', from: 's1', to: 'hub' } },
      { ms: 8_000, do: { kind: 'heal' } },
    ]);
    world.run(4_900);
    expect(world.pathOf('s1', 'hub')).toBe('direct');
    world.run(200);
    expect(world.pathOf('s1', 'hub')).toBe('none');
    world.run(8_000);
    expect(world.pathOf('s1', 'hub')).toBe('direct');
  });

  it('cut one direction only where that is said', () => {
    const world = make([{ nat: 'none' }, { nat: 'none' }]);
    world.cutDirect('s1', 'hub', true);
    const stream = world.stream('s1', 'hub', { perSecond: 50 });
    world.run(5_000);
    expect(stream.there.lost()).toBeGreaterThan(150);
    expect(stream.back.lost()).toBe(0);
  });

  it('part the world into sides that do not reach each other', () => {
    const world = make([{}, {}, {}]);
    world.do({ kind: 'partition', hosts: ['s1'] });
    expect(world.pathOf('s1', 's2')).toBe('none');
    expect(world.pathOf('s2', 's3')).toBe('relayed');
  });

  it('put a machine to sleep, which answers nothing until it wakes and then has new keys', () => {
    const world = make(HOMES);
    const before = world.device('s1').peers[0]?.handshakeAt ?? 0;
    world.do({ kind: 'sleep', host: 's1', forMs: 60_000 });
    expect(world.pathOf('s2', 's1')).toBe('none');
    world.run(60_000);
    expect(world.runUntil(() => (world.device('s1').peers[0]?.handshakeAt ?? 0) > before, 30_000)).toBeDefined();
    expect(world.pathOf('s2', 's1')).toBe('relayed');
  });

  it('reboot a machine, whose interface is then as configured', () => {
    const world = make(HOMES);
    world.host('s1').device.configure({ kind: 'set', publicKey: world.key('s2') });
    world.do({ kind: 'reboot', host: 's1', offMs: 20_000 });
    world.run(19_000);
    expect(world.pathOf('s2', 's1')).toBe('none');
    world.run(5_000);
    expect(world.device('s1').peers.map(({ publicKey }) => world.nameOf(publicKey))).toEqual(['hub']);
    expect(world.runUntil(() => world.pathOf('s1', 's2') === 'relayed', 30_000)).toBeDefined();
  });

  it('reboot a machine, for which sessions from before are worth nothing', () => {
    const world = make([...HOMES, {}]);
    const sent = ['s1', 's2', 's3'].map((spoke) => world.stream(spoke, 'hub', { perSecond: 20 }));
    world.do({ kind: 'reboot', host: 'hub', offMs: 1_000 });
    world.run(1_000);
    world.do({ kind: 'remove-peer', host: 'hub', peer: 's1' });
    // Whoever is not answered makes a new session within so long; all the while s1 speaks on in its old one.
    world.run(30_000);
    expect(['s1', 's2', 's3'].map((spoke) => world.pathOf(spoke, 'hub'))).toEqual(['none', 'direct', 'direct']);
    expect(world.pathOf('s2', 's3')).toBe('relayed');
    for (const stream of sent) stream.stop();
  });

  it('reboot a NAT, which gives the next packet another port where it draws them', () => {
    const world = make([{ nat: SYMMETRIC }, {}]);
    const seen = (): string | undefined =>
      world.device('hub').peers.find(({ publicKey }) => publicKey === world.key('s1'))?.endpoint;
    const before = seen();
    world.do({ kind: 'reboot-nat', nat: 'nat1' });
    world.ping('s1', 'hub');
    expect(seen()).not.toBe(before);
  });

  it('change cables: a lossy one loses about what it says', () => {
    const world = make(HOMES);
    world.do({ kind: 'link', host: 's1', link: { loss: 0.1 } });
    const stream = world.stream('s1', 'hub', { perSecond: 100 });
    world.run(20_000);
    expect(stream.there.lost() / stream.there.sent).toBeGreaterThan(0.06);
    expect(stream.there.lost() / stream.there.sent).toBeLessThan(0.14);
  });

  it('take a peer from an interface', () => {
    const world = make(HOMES);
    world.do({ kind: 'remove-peer', host: 'hub', peer: 's1' });
    expect(world.pathOf('s1', 's2')).toBe('none');
    world.do({ kind: 'set-peer', host: 'hub', peer: { host: 's1', allowedIps: ['10.9.0.2/32'] } });
    expect(world.runUntil(() => world.pathOf('s1', 's2') === 'relayed', 60_000)).toBeDefined();
  });
});

describe('places', () => {
  it('reach the hub from behind two NATs, one behind the other', () => {
    const world = make([{ carrier: SYMMETRIC }, { carrier: PORT_RESTRICTED }]);
    expect(world.pathOf('s1', 's2')).toBe('relayed');
    const seen = world
      .device('hub')
      .peers.map(({ endpoint }) => endpoint?.split(':')[0])
      .sort();
    expect(seen).toEqual(['203.0.0.2', '203.0.1.2']);
  });

  it('keep two hosts behind one NAT apart by their ports', () => {
    const world = make([{}, { nat: { with: 's1' } }]);
    const seen = world.device('hub').peers.map(({ endpoint }) => endpoint ?? '');
    expect(new Set(seen).size).toBe(2);
    expect(new Set(seen.map((endpoint) => endpoint.split(':')[0])).size).toBe(1);
    expect(world.pathOf('s1', 's2')).toBe('relayed');
  });

  it('are cut off where UDP is blocked', () => {
    const world = make([{ nat: UDP_BLOCKED }, {}]);
    expect(world.pathOf('s1', 'hub')).toBe('none');
  });
});

function make(spokes: readonly SpokeOptions[], at: readonly { ms: number; do: Step }[] = []): World {
  const world = star({ seed: 1, engine: idle, spokes, at });
  if (at.length === 0) world.run(1_000);
  return world;
}
