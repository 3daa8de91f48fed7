/** How direct paths end and come back: cut lines, hubs and agents that stop, die and start again. */
import { describe, expect, it } from 'vitest';
import type { SpokeOptions } from '../../src/sim/index.js';
import { causeAt, configuration, directMesh, mesh, pathWithin, told } from './support/mesh.js';

const PAIR: readonly SpokeOptions[] = [{}, {}];
const ENTRIES = ['covering', 'single'] as const;
/** Eight pings in doubt, and what a fall back takes. */
const BACK_MS = 4000;

describe.each(ENTRIES)('a direct path (the hub’s entry is %s)', (hubEntry) => {
  it.each([
    ['both directions', false],
    ['one direction', true],
  ])('that dies in %s gives its traffic to the hub within 4 s, and comes back within 15 s', (_, oneWay) => {
    const world = directMesh({ spokes: PAIR, hubEntry });
    const stream = world.stream('s1', 's2', { perSecond: 50 });
    world.run(3000);
    const cut = world.now;
    world.cutDirect('s1', 's2', oneWay);
    world.run(10_000);
    expect(Math.max(stream.there.longestGap(cut), stream.back.longestGap(cut))).toBeLessThanOrEqual(BACK_MS);
    expect(world.pathOf('s1', 's2')).toBe('relayed');
    world.heal();
    expect(pathWithin(world, 's1', 's2', 'direct', 15_000)).toBeDefined();
    expect(world.trace.faults).toEqual([]);
  });

  it('that died without traffic gives it to the hub soon after the first packet', () => {
    const world = directMesh({ spokes: PAIR, hubEntry });
    world.run(60_000);
    world.cutDirect('s1', 's2');
    world.run(60_000);
    const begin = world.now;
    const stream = world.stream('s1', 's2', { perSecond: 50 });
    world.run(10_000);
    expect(Math.max(stream.there.longestGap(begin), stream.back.longestGap(begin))).toBeLessThanOrEqual(5000);
    expect(world.pathOf('s1', 's2')).toBe('relayed');
  });

  it('outlives a restart of the hub’s agent, by signal or by kill -9, without losing a packet', () => {
    for (const end of ['stop', 'kill'] as const) {
      const world = directMesh({ spokes: PAIR, hubEntry });
      const stream = world.stream('s1', 's2', { perSecond: 50 });
      const begin = world.now;
      world[end]('hub');
      world.run(2000);
      world.startAgent('hub');
      world.run(20_000);
      expect(stream.lost(begin)).toBe(0);
      expect(stream.there.paths(begin).relayed).toBe(0);
      expect(told(world, 's1', 'path', begin).filter(({ peer }) => peer === world.key('s2'))).toEqual([]);
    }
  });

  it('stays while the hub’s agent stays away, longer than any fact lives', () => {
    const world = directMesh({ spokes: PAIR, hubEntry });
    const stream = world.stream('s1', 's2', { perSecond: 2 });
    const begin = world.now;
    world.stop('hub');
    world.run(600_000);
    expect(stream.there.paths(begin).relayed + stream.lost(begin)).toBe(0);
    expect(world.pathOf('s1', 's2')).toBe('direct');
  });

  it('ends within seconds when the hub removes the peer, and leaves nothing of it behind', () => {
    const world = directMesh({ spokes: PAIR, hubEntry });
    const before = world.agent('s1').before;
    world.removePeer('hub', 's2');
    const gone = (): boolean => !world.device('s1').peers.some(({ publicKey }) => publicKey === world.key('s2'));
    expect(world.runUntil(gone, 5000)).toBeDefined();
    world.run(10_000);
    expect(gone()).toBe(true);
    expect(before?.peers.map(({ allowedIps }) => allowedIps).flat()).toEqual(
      world.device('s1').peers.flatMap(({ allowedIps }) => allowedIps.filter((ip) => !ip.startsWith('fe80'))),
    );
  });

  it('ends in order when one agent stops: the other knows, and both interfaces are as before', () => {
    const world = mesh({ spokes: PAIR, hubEntry, started: false });
    world.run(1000);
    const names = ['hub', 's1', 's2'];
    const before = names.map((name) => configuration(world, name));
    for (const name of names) world.startAgent(name);
    expect(pathWithin(world, 's1', 's2', 'direct', 5000)).toBeDefined();
    world.run(2000);
    const stream = world.stream('s1', 's2', { perSecond: 50 });
    world.run(1000);
    const begin = world.now;
    world.stop('s1');
    world.run(3000);
    expect(configuration(world, 's1')).toEqual(before[1]);
    expect(stream.lost(begin)).toBeLessThanOrEqual(50);
    expect(world.pathOf('s1', 's2')).toBe('relayed');
    expect(causeAt(world, 's2', 's1')).toBe('no-agent');
    world.stop('s2');
    world.stop('hub');
    world.run(1000);
    expect(names.map((name) => configuration(world, name))).toEqual(before);
    expect(world.trace.faults).toEqual([]);
  });

  it('of a killed agent is undone by the guardian, and traffic flows again', () => {
    const world = mesh({ spokes: PAIR, hubEntry, started: false });
    world.run(1000);
    const before = configuration(world, 's1');
    for (const name of ['hub', 's1', 's2']) world.startAgent(name);
    expect(pathWithin(world, 's1', 's2', 'direct', 5000)).toBeDefined();
    world.run(2000);
    const stream = world.stream('s1', 's2', { perSecond: 50 });
    const begin = world.now;
    world.cutDirect('s1', 's2');
    world.kill('s1');
    world.run(10_000);
    expect(configuration(world, 's1')).toEqual(before);
    expect(Math.max(stream.there.longestGap(begin), stream.back.longestGap(begin))).toBeLessThanOrEqual(BACK_MS);
    expect(world.pathOf('s1', 's2')).toBe('relayed');
  });

  it('of a killed agent that is started again at once is adopted without losing a packet', () => {
    const world = directMesh({ spokes: PAIR, hubEntry });
    const stream = world.stream('s1', 's2', { perSecond: 50 });
    world.run(1000);
    const begin = world.now;
    world.kill('s1');
    world.run(1000);
    world.startAgent('s1');
    world.run(30_000);
    expect(stream.lost(begin)).toBe(0);
    expect(stream.there.paths(begin).relayed + stream.back.paths(begin).relayed).toBe(0);
    expect(world.trace.faults).toEqual([]);
  });

  it('of a killed agent that is started again just before the guardian acts is direct again within seconds', () => {
    const world = directMesh({ spokes: PAIR, hubEntry });
    const stream = world.stream('s1', 's2', { perSecond: 50 });
    world.run(1000);
    const begin = world.now;
    world.kill('s1');
    world.run(2900);
    world.startAgent('s1');
    world.run(10_000);
    expect(world.pathOf('s1', 's2')).toBe('direct');
    expect(Math.max(stream.there.longestGap(begin), stream.back.longestGap(begin))).toBeLessThanOrEqual(BACK_MS);
  });
});

describe('a hub that holds single addresses', () => {
  it('has its prefixes back at the spoke after a loss', () => {
    const world = directMesh({ spokes: PAIR, hubEntry: 'single' });
    const held = (): readonly string[] | undefined =>
      world.device('s1').peers.find(({ publicKey }) => publicKey === world.key('hub'))?.allowedIps;
    expect(held()).not.toContain('10.9.0.3/32');
    world.stream('s1', 's2', { perSecond: 50 });
    world.cutDirect('s1', 's2');
    expect(world.runUntil(() => held()?.includes('10.9.0.3/32') === true, BACK_MS)).toBeDefined();
  });
});
