/** A working path and a better one: a laptop that comes home, and two homes whose networks have the same number. */
import { describe, expect, it } from 'vitest';
import { nat, type World } from '../../../src/sim/index.js';
import { directMesh, told } from '../support/mesh.js';

/** Turns packets round and lets anybody in, so that a path by its outside address outlives the move. */
const TURNING = nat('endpoint-independent', 'endpoint-independent', { hairpin: true });
const AT_HOME = { segment: 'nat2', address: '192.168.2.77', network: '192.168.2.0/24', link: { latencyMs: 0.2 } };
const LAN = /^192\.168\.2\./;

const endpoints = (world: World): readonly (string | undefined)[] => [
  world.view('s1', 's2')?.endpoint,
  world.view('s2', 's1')?.endpoint,
];
const onLan = (world: World): boolean => endpoints(world).every((endpoint) => LAN.test(endpoint ?? ''));

/** Where the device of `s1` sends, whatever its agent shows. */
const onDevice = (world: World): string | undefined =>
  world.device('s1').peers.find(({ publicKey }) => publicKey === world.key('s2'))?.endpoint;

/** Both away from home and quiet; `s2` is at home. */
function away(): World {
  const world = directMesh({ spokes: [{ nat: 'none' }, { nat: TURNING }] });
  world.run(20_000);
  return world;
}

describe('a laptop that comes home while its path over the internet goes on', () => {
  it('meets the other machine on the LAN, at both ends, and is never relayed in between', () => {
    const world = away();
    expect(onLan(world)).toBe(false);
    world.move('s1', [AT_HOME]);
    const begin = world.now;
    expect(world.runUntil(() => onLan(world), 30_000)).toBeDefined();
    expect(told(world, 's1', 'path', begin).map(({ path }) => path)).not.toContain('relayed');
    expect(told(world, 's2', 'path', begin).map(({ path }) => path)).not.toContain('relayed');
    expect(world.pathOf('s1', 's2')).toBe('direct');
    expect(world.view('s1', 's2')?.rttMs).toBeLessThan(5);
    expect(world.trace.faults).toEqual([]);
  });

  it('stays on the path that carries traffic, and changes when it has become quiet', () => {
    const world = away();
    const stream = world.stream('s1', 's2', { perSecond: 50 });
    world.run(5_000);
    world.move('s1', [AT_HOME]);
    world.run(30_000);
    expect(onLan(world)).toBe(false);
    const lost = stream.lost(world.now - 20_000);
    expect(lost).toBe(0);
    stream.stop();
    expect(world.runUntil(() => onLan(world), 60_000)).toBeDefined();
  });

  it('does so where the hosts have firewalls of their own', () => {
    const world = directMesh({
      spokes: [
        { nat: 'none', firewall: true },
        { nat: TURNING, firewall: true },
      ],
    });
    world.run(20_000);
    world.move('s1', [AT_HOME]);
    expect(world.runUntil(() => onLan(world), 90_000)).toBeDefined();
  });
});

describe('an address that looks as if it were on the LAN and is not', () => {
  it('costs a working path nothing: both ends stay where they are, and nothing is told', () => {
    const world = directMesh({ spokes: [{ nat: 'none' }, { nat: TURNING }, { agent: false }] });
    world.run(20_000);
    // Another network with the same number, and nobody there.
    const elsewhere = { segment: 'internet', address: '203.9.9.9', network: '203.9.9.0/24', link: { latencyMs: 20 } };
    world.move('s1', [elsewhere, { ...AT_HOME, segment: 'nat3', address: '192.168.2.78' }]);
    expect(world.runUntil(() => world.view('s2', 's1')?.endpoint === '203.9.9.9:51820', 10_000)).toBeDefined();
    const before = endpoints(world);
    const begin = world.now;
    expect(world.runUntil(() => onDevice(world) === '192.168.2.11:51820', 10_000)).toBeDefined();
    world.run(100_000);
    expect(endpoints(world)).toEqual(before);
    expect([...told(world, 's1', 'path', begin), ...told(world, 's2', 'path', begin)]).toEqual([]);
    expect(world.pathOf('s1', 's2')).toBe('direct');
    expect(world.trace.faults).toEqual([]);
  });
});
