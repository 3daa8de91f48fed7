/**
 * `npm run sim:causes`: worlds in which a pair cannot be direct, and what both ends say why. Prints, for each reason, in
 * how many worlds they say nothing but the truth, and each world in which they do not with the line that repeats it. Ends
 * with 1 when that is less than 95 % of all. `--worlds N` for each reason, `--seed N` the first of them, `--only TEXT`
 * reasons with that text. `--write` makes docs/causes.md anew.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Engine } from '../src/core/engine.js';
import { askWhy, type Told } from '../src/sim/causes/ask.js';
import { drawCauseWorld, REASONS, type Reason } from '../src/sim/causes/draw.js';
import { causesPage, ENOUGH, PAGE, shareOf, type Row } from './causes-page.js';

const { values: given } = parseArgs({
  options: {
    worlds: { type: 'string', default: '40' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
    write: { type: 'boolean', default: false },
  },
});
const rows = REASONS.filter((reason) => reason.includes(given.only)).map(run);
const share = shareOf(rows);
console.log(`together: ${(100 * share).toFixed(1)} %`);
if (!(share >= ENOUGH)) process.exitCode = 1;
else if (given.write && rows.length === REASONS.length) writeFileSync(PAGE, await causesPage(rows));

function run(reason: Reason): Row {
  const worlds = Number(given.worlds);
  const seeds = Array.from({ length: worlds }, (_, at) => Number(given.seed) + at);
  const agreed = seeds.filter((seed) => agrees(reason, seed)).length;
  console.log(`${reason}: ${agreed} of ${worlds}`);
  return { reason, worlds, agreed };
}

function agrees(reason: Reason, seed: number): boolean {
  const world = drawCauseWorld(reason, seed);
  const wrong = askWhy(world, (options) => new Engine(options)).filter((told) => told.wrong !== undefined);
  for (const told of wrong) console.log(`${world.name}: ${sentence(told)}`);
  if (wrong.length > 0) console.log(`  npm run sim:causes -- --only '${reason}' --seed ${seed} --worlds 1`);
  return wrong.length === 0;
}

function sentence({ answer: { at, about, code, names }, codes, wrong }: Told): string {
  const truth = names === undefined ? code : `${code} ${names}`;
  return `${at} says ${codes.join(' and ')} of ${about}, not ${truth}: ${wrong ?? ''}`;
}
