/** A sample of the grid that `npm run sim:grid` runs whole: the real engine ends where the oracle says. */
import { describe, expect, it } from 'vitest';
import { Engine } from '../../../src/core/engine.js';
import { expectationOf, meets } from '../../../src/sim/grid/expect.js';
import { judge } from '../../../src/sim/grid/oracle/judge.js';
import { GRID, TABLE, type NamedCell } from '../../../src/sim/grid/pairs.js';
import { runCell } from '../../../src/sim/grid/run.js';
import { Random } from '../../../src/sim/random.js';

/** One for each thing that decides. */
const FIXED = [
  'EI/APD with EI/APD',
  'EI/APD with APD/APD',
  'EI/APD with remembers',
  'EI/EI with APD/APD',
  'AD/AD with APD/AD',
  'APD/AD with APD/AD',
  'APD/EI with APD/EI',
  'public, fw with home in APD/APD',
  'EI/APD with hub only',
  'EI/APD with blocked',
  'IPv6 with APD + IPv6',
  'public with IPv6',
  'one home behind APD/APD, no hairpinning',
  'homes EI/APD and EI/APD behind one carrier’s EI/APD, with hairpinning',
  'homes EI/APD and EI/APD behind one carrier’s EI/APD, no hairpinning',
];
const FRESH = 15;
const fresh = Math.floor(Math.random() * 1e9);

describe('the grid', () => {
  it('has no two cells of one name', () => {
    expect(new Set(GRID.map(({ name }) => name)).size).toBe(GRID.length);
  });

  it('has cells of every kind of verdict', () => {
    const kinds = new Set(GRID.map(({ cell }) => verdictOf(cell)));
    expect([...kinds].sort()).toEqual(
      ['nothing', 'one first', 'other first', 'together', 'no tunnel', 'blocked', 'no common family', 'no hairpin']
        .concat('unknown port', 'moving ports')
        .sort(),
    );
  });
});

describe('a cell ends as the oracle says', () => {
  it.each(FIXED.flatMap((name) => [0, 1].map((seed) => [name, seed] as const)))('%s, seed %i', (name, seed) => {
    endsAsItMust(cellNamed(name), seed);
  });

  it.each(drawn())(`%s, seed %i (drawn from ${fresh})`, (name, seed) => {
    endsAsItMust(cellNamed(name), seed);
  });
});

describe('the comparison', () => {
  it('is one that can fail: a pair that must be direct and is relayed, and one that must not be and is', () => {
    const possible = expectationOf({ possible: true, provided: 'one first' });
    expect(['direct', 'relayed', 'none'].map((path) => meets(path as 'direct', possible))).toEqual([
      true,
      false,
      false,
    ]);
    const impossible = expectationOf({ possible: false, why: 'unknown port' });
    expect(['direct', 'relayed', 'none'].map((path) => meets(path as 'direct', impossible))).toEqual([
      false,
      true,
      false,
    ]);
    const limit = expectationOf({ possible: true, provided: 'together' });
    expect(['direct', 'relayed', 'none'].map((path) => meets(path as 'direct', limit))).toEqual([true, true, false]);
  });
});

function endsAsItMust({ name, cell }: NamedCell, seed: number): void {
  const expected = expectationOf(judge(cell));
  const path = runCell(cell, name, { seed, engine: (options) => new Engine(options) });
  const repeat = `npm run sim:grid -- --only '${name}' --seed ${seed}`;
  expect(meets(path, expected), `${path} instead of ${expected.path}: ${repeat}`).toBe(true);
}

/** From the table: the others are much alike. */
function drawn(): readonly (readonly [string, number])[] {
  const random = new Random(fresh, 'cells');
  return Array.from({ length: FRESH }, () => [random.pick(TABLE).name, random.between(0, 1e6)] as const);
}

function cellNamed(name: string): NamedCell {
  const found = GRID.find((cell) => cell.name === name);
  if (found === undefined) throw new Error(`there is no cell ${name}`);
  return found;
}

function verdictOf(cell: NamedCell['cell']): string {
  const verdict = judge(cell);
  return verdict.possible ? verdict.provided : verdict.why;
}
