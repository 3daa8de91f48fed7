/**
 * `npm run sim:grid`: runs the cells of the NAT grid and compares how packets go in the end with what the oracle says.
 * Ends with 1 when one run does not end as it has to, and prints the line that repeats it. `--write` makes
 * docs/nat-grid.md anew, if all of them do. `--only TEXT` runs the cells with that text in their name, `--seed N` one
 * seed.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Engine } from '../src/core/engine.js';
import { expectationOf, meets } from '../src/sim/grid/expect.js';
import { judge } from '../src/sim/grid/oracle/judge.js';
import { GRID, PORTS, type NamedCell } from '../src/sim/grid/pairs.js';
import { runCell } from '../src/sim/grid/run.js';
import { gridPage, PAGE } from './nat-grid-page.js';

/** An even and an odd one put the ends in both places; where only ports differ, that is enough. */
const SEEDS = [0, 1, 2, 3];
const PORT_SEEDS = [0, 1];
const TELL_EVERY = 50;

const { values: given } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    seed: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
});
const cells = GRID.filter(({ name }) => name.includes(given.only));
let runs = 0;
const missed: string[] = [];
cells.forEach((cell, at) => {
  for (const seed of seedsOf(cell)) run(cell, seed);
  if ((at + 1) % TELL_EVERY === 0) console.log(`${at + 1} of ${cells.length} cells, ${missed.length} runs missed`);
});
console.log(`${cells.length} cells, ${runs} runs, ${missed.length} not as they have to be`);
if (missed.length > 0 || runs === 0) process.exitCode = 1;
else if (given.write) writeFileSync(PAGE, await gridPage());

function seedsOf(cell: NamedCell): readonly number[] {
  if (given.seed !== undefined) return [Number(given.seed)];
  return PORTS.includes(cell) ? PORT_SEEDS : SEEDS;
}

function run({ name, cell }: NamedCell, seed: number): void {
  const expected = expectationOf(judge(cell));
  const path = runCell(cell, name, { seed, engine: (options) => new Engine(options) });
  runs++;
  if (meets(path, expected)) return;
  missed.push(name);
  console.log(`${name}: ${path} instead of ${expected.path}`);
  console.log(`  npm run sim:grid -- --only '${name}' --seed ${seed}`);
}
