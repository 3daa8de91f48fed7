/** Second lines of all kinds, beside first ones of all kinds: whatever is tried, the pair stays direct, and both ends agree. */
import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/sim/random.js';
import type { Link } from '../../../src/sim/network/segment.js';
import type { World } from '../../../src/sim/index.js';
import { directMesh, told } from '../support/mesh.js';

const SPOKES = ['s1', 's2'] as const;
type Spoke = (typeof SPOKES)[number];

/** How much the round trip is shorter, of which nobody could say that it is not clearly so. */
const CLEARLY_MS = 20;
const CLEARLY_SHARE = 0.7;

interface Lines {
  readonly homes: boolean;
  readonly firewall: boolean;
  /** One way, both ends' lines together. */
  readonly firstMs: number;
  readonly secondMs: number;
  readonly bad: Partial<Link>;
}

function draw(random: Random): Lines {
  const latencies = [1, 5, 10, 25, 50, 80];
  return {
    homes: random.chance(0.5),
    firewall: random.chance(0.5),
    firstMs: random.pick(latencies),
    secondMs: random.pick(latencies),
    bad: random.pick([{}, {}, { jitterMs: 10 }, { loss: 0.02 }, { reorder: 0.1, jitterMs: 10 }]),
  };
}

function build(seed: number, { homes, firewall, firstMs, secondMs, bad }: Lines): World {
  const spoke = homes ? { firewall } : { firewall, nat: 'none' as const };
  const world = directMesh({ seed, spokes: [spoke, spoke], latencyMs: firstMs, line: bad });
  world.run(15_000);
  for (const [at, name] of SPOKES.entries()) {
    const site = homes ? `192.168.${at + 1}` : `203.0.${at}`;
    const first = homes
      ? { segment: `nat${at + 1}`, address: `${site}.${10 + at}`, link: { latencyMs: 0.2 } }
      : { segment: 'internet', address: `${site}.2`, link: { latencyMs: firstMs, ...bad } };
    const network = `2a10:${at + 1}::/64`;
    const second = { address: `2a10:${at + 1}::10`, network, link: { latencyMs: secondMs, ...bad } };
    world.move(name, [
      { ...first, network: `${site}.0/24` },
      { segment: 'internet', ...second },
    ]);
  }
  return world;
}

const isSecond = (world: World, name: Spoke): boolean =>
  world.view(name, name === 's1' ? 's2' : 's1')?.endpoint?.startsWith('[') === true;

describe('a quiet pair that gets second lines', () => {
  it.each(Array.from({ length: 40 }, (_, at) => at + 1))('stays direct and takes the better one (seed %i)', (seed) => {
    const lines = draw(new Random(seed, 'second lines'));
    const world = build(seed, lines);
    const begin = world.now;
    world.run(180_000);
    for (const name of SPOKES)
      expect(told(world, name, 'path', begin).map(({ path }) => path)).not.toContain('relayed');
    const seconds = SPOKES.map((name) => isSecond(world, name));
    expect(new Set(seconds).size).toBe(1);
    for (const [from, to] of [SPOKES, SPOKES.toReversed()] as [Spoke, Spoke][])
      expect(world.pathOf(from, to, 5)).toBe('direct');
    const [first, second] = [4 * lines.firstMs, 4 * lines.secondMs];
    const even = Object.keys(lines.bad).length === 0;
    if (even && first - second >= CLEARLY_MS && second <= first * CLEARLY_SHARE) expect(seconds).toEqual([true, true]);
    if (even && second >= first) expect(seconds).toEqual([false, false]);
    expect(world.trace.faults).toEqual([]);
  });
});
