/** A working path and one with another round trip: two lines of each machine, of IPv4 and of IPv6, with other delays. */
import { describe, expect, it } from 'vitest';
import type { World } from '../../../src/sim/index.js';
import type { Link } from '../../../src/sim/network/segment.js';
import type { Uplink } from '../../../src/sim/scenario.js';
import { directMesh, mesh, told } from '../support/mesh.js';

const SPOKES = ['s1', 's2'] as const;
type Spoke = (typeof SPOKES)[number];

/** The lines that a star gives them: 25 ms each, so 100 ms from one to the other and back. */
const SITE = { s1: '203.0.0', s2: '203.0.1' };
const SLOW = { latencyMs: 25 };
const FAST = { latencyMs: 10 };

const lineOf = (name: Spoke, link: Partial<Link>): Uplink => ({
  segment: 'internet',
  address: `${SITE[name]}.2`,
  network: `${SITE[name]}.0/24`,
  link,
});

const secondLineOf = (name: Spoke, link: Partial<Link>, segment = 'internet'): Uplink => ({
  segment,
  address: `2a10:${name === 's1' ? 1 : 2}::10`,
  network: `2a10:${name === 's1' ? 1 : 2}::/64`,
  link,
});

/** Both have the second line beside the first one from now on. */
function getSecondLine(world: World, second: Partial<Link>, first: Partial<Link> = SLOW): void {
  for (const name of SPOKES) world.move(name, [lineOf(name, first), secondLineOf(name, second)]);
}

/** Direct over IPv4, and quiet. */
function quiet(options: Partial<Parameters<typeof directMesh>[0]> = {}): World {
  const world = directMesh({ spokes: [{ nat: 'none' }, { nat: 'none' }], ...options });
  world.run(20_000);
  return world;
}

const other = (name: Spoke): Spoke => (name === 's1' ? 's2' : 's1');
const endpointAt = (world: World, name: Spoke): string => world.view(name, other(name))?.endpoint ?? '';
const onIpv6 = (endpoint: string): boolean => endpoint.startsWith('[');
const bothOnIpv6 = (world: World): boolean => SPOKES.every((name) => onIpv6(endpointAt(world, name)));

/** Where the device sends, whatever its agent shows. */
const onDevice = (world: World, name: Spoke): string =>
  world.device(name).peers.find(({ publicKey }) => publicKey === world.key(other(name)))?.endpoint ?? '';

/** When since then a machine's device was told to send somewhere. */
const changesOf = (world: World, name: Spoke, since: number): number[] =>
  world.trace.entries
    .filter((entry) => entry.kind === 'note' && entry.where === name && /^configure .*"endpoint"/.test(entry.text))
    .map(({ at }) => at)
    .filter((at) => at >= since);

/** How often the endpoint that an agent shows becomes another in that time. */
function countMoves(world: World, name: Spoke, ms: number): number {
  const end = world.now + ms;
  let moves = 0;
  let before = endpointAt(world, name);
  while (world.now < end) {
    world.run(100);
    if (endpointAt(world, name) !== before) moves++;
    before = endpointAt(world, name);
  }
  return moves;
}

describe('a quiet path and a second line', () => {
  it('that is clearly quicker: both ends move to it, and are never relayed', () => {
    const world = quiet();
    const begin = world.now;
    getSecondLine(world, FAST);
    expect(world.runUntil(() => bothOnIpv6(world), 30_000)).toBeDefined();
    world.run(10_000);
    expect(bothOnIpv6(world)).toBe(true);
    expect(world.view('s1', 's2')?.rttMs).toBeLessThan(50);
    for (const name of SPOKES)
      expect(told(world, name, 'path', begin).map(({ path }) => path)).not.toContain('relayed');
    expect(world.pathOf('s1', 's2')).toBe('direct');
    expect(world.trace.faults).toEqual([]);
  });

  it.each([
    ['as quick', SLOW],
    ['slower', { latencyMs: 80 }],
    ['hardly quicker', { latencyMs: 22 }],
    ['quicker, and too narrow for data', { ...FAST, mtu: 1300 }],
  ])('that is %s: both ends stay', (_, second) => {
    const world = quiet({ trace: true });
    const before = SPOKES.map((name) => endpointAt(world, name));
    getSecondLine(world, second);
    expect(world.runUntil(() => SPOKES.some((name) => onIpv6(onDevice(world, name))), 30_000)).toBeDefined();
    world.run(60_000);
    const settled = world.now;
    world.run(600_000);
    expect(SPOKES.map((name) => endpointAt(world, name))).toEqual(before);
    expect(SPOKES.map((name) => onDevice(world, name))).toEqual(before);
    expect(world.pathOf('s1', 's2')).toBe('direct');
    // Tried once at each end, and then no more.
    for (const name of SPOKES) expect(changesOf(world, name, settled)).toEqual([]);
    expect(world.trace.faults).toEqual([]);
  });

  it('is tried by one end after the other, each once it is done with it', () => {
    const world = quiet({ trace: true });
    const begin = world.now;
    getSecondLine(world, { latencyMs: 80 });
    world.run(60_000);
    const changes = SPOKES.flatMap((name) => changesOf(world, name, begin).map((at) => ({ name, at })));
    const inOrder = changes.sort((one, next) => one.at - next.at).map(({ name }) => name);
    const turns = inOrder.filter((name, at) => name !== inOrder[at - 1]);
    expect([...turns].sort()).toEqual(['s1', 's2']);
  });
});

describe('a quiet path and a slower line', () => {
  // A third agent that greets them shifts when an interface is read: also while a late ping has taken it to that line.
  it.each(Array.from({ length: 24 }, (_, step) => 50 * step))(
    'are told apart whenever interfaces are read (%i ms)',
    (ms) => {
      const world = quiet({ spokes: [{ nat: 'none' }, { nat: 'none' }, { nat: 'none', agent: false }] });
      const before = SPOKES.map((name) => endpointAt(world, name));
      getSecondLine(world, { latencyMs: 60 });
      const begin = world.now;
      world.run(ms);
      world.startAgent('s3');
      expect(world.runUntil(() => SPOKES.every((name) => onIpv6(onDevice(world, name))), 10_000)).toBeDefined();
      world.run(60_000);
      expect(SPOKES.map((name) => onDevice(world, name))).toEqual(before);
      for (const name of SPOKES)
        expect(told(world, name, 'path', begin).filter(({ peer }) => peer === world.key(other(name)))).toEqual([]);
    },
  );
});

/** Both interfaces have stood at the second line: a try's ping was answered, and the answer may be on its way still. */
function tried(world: World): void {
  const left = new Set<string>();
  const sent = (): boolean => {
    for (const name of SPOKES) if (onIpv6(onDevice(world, name))) left.add(name);
    return left.size === SPOKES.length;
  };
  expect(world.runUntil(sent, 10_000)).toBeDefined();
}

describe('an end that gets another address right after a slower line was tried', () => {
  it.each(SPOKES)('takes the path along as ever (%s)', (name) => {
    const world = quiet();
    getSecondLine(world, { latencyMs: 60 });
    tried(world);
    const renumbered = { ...lineOf(name, SLOW), address: '203.0.9.2', network: '203.0.9.0/24' };
    world.move(name, [renumbered, secondLineOf(name, { latencyMs: 60 })]);
    const stream = world.stream('s1', 's2', { perSecond: 100 });
    world.run(10_000);
    expect(stream.lost(0)).toBeLessThanOrEqual(30);
    expect(world.pathOf('s1', 's2')).toBe('direct');
    expect(world.trace.faults).toEqual([]);
  });
});

describe('traffic that begins in the middle of a try', () => {
  // So dense that there always is a packet on either line, and each draws the next: then nothing brings them back.
  it.each([0, 30, 60, 90, 120, 150])('costs no packet, and is on the quicker line after it paused (%i ms)', (later) => {
    const world = quiet();
    const before = SPOKES.map((name) => endpointAt(world, name));
    getSecondLine(world, { latencyMs: 60 });
    tried(world);
    world.run(later);
    const stream = world.stream('s1', 's2', { perSecond: 50 });
    world.run(20_000);
    stream.stop();
    world.run(90_000);
    expect(stream.lost(0)).toBe(0);
    expect(SPOKES.map((name) => onDevice(world, name))).toEqual(before);
    expect(SPOKES.map((name) => endpointAt(world, name))).toEqual(before);
  });
});

describe('a line that was there from the beginning', () => {
  it('and answered after another one is moved to once the path is quiet, if it is clearly quicker', () => {
    const world = mesh({ spokes: [{ nat: 'none' }, { nat: 'none' }], started: false });
    // Answered before the next candidate is tried: 20 ms.
    getSecondLine(world, { latencyMs: 2 }, { latencyMs: 4.5 });
    for (const name of ['hub', ...SPOKES]) world.startAgent(name);
    expect(world.runUntil(() => SPOKES.every((name) => endpointAt(world, name) !== ''), 20_000)).toBeDefined();
    expect(world.runUntil(() => world.view('s1', 's2')?.path === 'direct', 20_000)).toBeDefined();
    expect(bothOnIpv6(world)).toBe(false);
    expect(world.runUntil(() => bothOnIpv6(world), 60_000)).toBeDefined();
    expect(world.trace.faults).toEqual([]);
  });
});

describe('a candidate that does not answer', () => {
  it('takes the device off the path for some milliseconds, one time at each end', () => {
    const world = quiet({ spokes: [{ nat: 'none' }, { nat: 'none' }, { agent: false }], trace: true });
    // Another network than the one that the other end's second line leads to.
    world.move('s1', [lineOf('s1', SLOW), secondLineOf('s1', FAST)]);
    world.move('s2', [lineOf('s2', SLOW), secondLineOf('s2', FAST, 'nat3')]);
    for (const name of SPOKES) {
      expect(world.runUntil(() => onIpv6(onDevice(world, name)), 30_000)).toBeDefined();
      expect(world.runUntil(() => !onIpv6(onDevice(world, name)), 1_000)).toBeLessThanOrEqual(30);
    }
    world.run(60_000);
    const settled = world.now;
    world.run(3_600_000);
    for (const name of SPOKES) expect(changesOf(world, name, settled)).toEqual([]);
    expect(world.pathOf('s1', 's2')).toBe('direct');
    expect(world.trace.faults).toEqual([]);
  });
});

describe('two lines alike that are bad', () => {
  it.each([1, 2, 3, 4, 5])('do not take turns, though there is news every minute (seed %i)', (seed) => {
    const bad = { ...SLOW, jitterMs: 20, loss: 0.05, reorder: 0.1 };
    const world = quiet({ seed });
    let moves = 0;
    for (let minute = 0; minute < 20; minute++) {
      const third = { ...secondLineOf('s1', bad), address: '2a10:9::10', network: '2a10:9::/64' };
      const lines = [lineOf('s1', bad), secondLineOf('s1', bad)];
      world.move('s1', minute % 2 === 0 ? lines : [...lines, third]);
      if (minute === 0) world.move('s2', [lineOf('s2', bad), secondLineOf('s2', bad)]);
      moves += countMoves(world, 's1', 61_000);
    }
    expect(moves).toBeLessThanOrEqual(5);
    expect(world.pathOf('s1', 's2', 10)).toBe('direct');
    expect(world.trace.faults).toEqual([]);
  });
});
