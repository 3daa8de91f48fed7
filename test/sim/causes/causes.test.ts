/**
 * A sample of what `npm run sim:causes` runs: agents say why a pair is not direct, and say nothing else. In some worlds they
 * cannot know, so the share is one of worlds that are always the same; of those drawn anew each time, no end may be at a loss.
 */
import { describe, expect, it } from 'vitest';
import { ENOUGH } from '../../../scripts/causes-page.js';
import { Engine } from '../../../src/core/engine.js';
import { askWhy, type Told } from '../../../src/sim/causes/ask.js';
import { CAUSES, drawCauseWorld, REASONS, type CauseWorld, type Reason } from '../../../src/sim/causes/draw.js';

const FIXED = [1, 2, 3, 4];
const fresh = Math.floor(Math.random() * 1e9);
const PATIENCE_MS = 240_000;

const ask = (world: CauseWorld): readonly Told[] => askWhy(world, (options) => new Engine(options));

interface Asked {
  readonly repeat: string;
  readonly told: readonly Told[];
}

const asked = new Map<string, Asked>();

function worldsOf(reason: Reason, seeds: readonly number[]): readonly Asked[] {
  return seeds.map((seed) => {
    const repeat = `npm run sim:causes -- --only '${reason}' --seed ${seed} --worlds 1`;
    const known = asked.get(repeat) ?? { repeat, told: ask(drawCauseWorld(reason, seed)) };
    asked.set(repeat, known);
    return known;
  });
}

describe(`in a world where a pair cannot be direct (one of each drawn from ${fresh})`, () => {
  it.each(REASONS)(
    '%s: no end is without a cause',
    (reason) => {
      for (const { repeat, told } of worldsOf(reason, [...FIXED, fresh])) {
        expect(told.length, repeat).toBeGreaterThan(0);
        for (const { codes } of told) {
          expect(codes.length, repeat).toBeGreaterThan(0);
          expect(codes, repeat).not.toContain('nothing');
          expect(codes, repeat).not.toContain('waiting');
        }
      }
    },
    PATIENCE_MS,
  );

  it(
    'both ends say that cause and no second one, in 95 % of worlds',
    () => {
      const worlds = REASONS.flatMap((reason) => worldsOf(reason, FIXED));
      const wrong = worlds.filter(({ told }) => told.some((each) => each.wrong !== undefined));
      const share = 1 - wrong.length / worlds.length;
      const what = wrong.map(({ repeat, told }) => `${repeat}: ${told.map(({ codes }) => codes.join()).join(' and ')}`);
      expect(share, what.join('\n')).toBeGreaterThanOrEqual(ENOUGH);
    },
    PATIENCE_MS,
  );
});

describe('the comparison', () => {
  it('is one that can fail: by another cause, by blaming the other end, and by none', () => {
    const world = drawCauseWorld('no common family', 1);
    const [here, there] = world.answers;
    if (here === undefined || there === undefined) throw new Error('both ends are asked');
    const told = ask({
      ...world,
      answers: [
        { ...here, code: 'udp-blocked' },
        { ...there, names: 'there' },
        { ...here, about: 'hub' },
      ],
    });
    expect(told.map(({ codes }) => codes)).toEqual([['no-common-family'], ['no-common-family'], ['nothing']]);
    expect(told.filter(({ wrong }) => wrong !== undefined)).toHaveLength(3);
  });

  it('asks of each reason for the causes that the page names, at one end or at both', () => {
    for (const reason of REASONS) {
      const codes = FIXED.flatMap((seed) => drawCauseWorld(reason, seed).answers.map(({ code }) => code));
      expect([...new Set(codes)].sort(), reason).toEqual([...CAUSES[reason].codes].sort());
    }
  });
});
