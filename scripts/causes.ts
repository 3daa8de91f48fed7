/**
 * `npm run sim:causes`: worlds in which a pair cannot be direct, and what both ends say why. Prints, for each reason, in
 * how many worlds they say nothing but the truth, and each world in which they do not with the line that repeats it. Ends
 * with 1 when that is less than 95 % of all, with 2 when the command line is wrong. `--worlds N` for each reason, `--seed N`
 * the first of them, `--only TEXT` reasons with that text, `--evenly` to draw each cell of the grid as likely as any.
 * `--write` makes docs/causes.md anew.
 */
import { writeFileSync } from 'node:fs';
import { Engine } from '../src/core/engine.js';
import { askWhy, type Told } from '../src/sim/causes/ask.js';
import type { Share } from '../src/sim/causes/cells.js';
import { drawCauseWorld, type Reason } from '../src/sim/causes/draw.js';
import { causesPage, ENOUGH, EVENLY_TOO, PAGE, shareOf, type Row } from './causes-page.js';
import { causesOptions, UsageError, type CausesOptions } from './sim/options.js';

try {
  process.exitCode = await main(causesOptions(process.argv.slice(2)));
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}

/** Answers the exit status. */
async function main(options: CausesOptions): Promise<number> {
  const rows = options.reasons.map((reason) => run(reason, options.evenly ? 'evenly' : 'as met', options));
  const share = shareOf(rows);
  console.log(`together: ${(100 * share).toFixed(1)} %`);
  if (options.write) {
    const evenly = EVENLY_TOO.map((reason) => run(reason, 'evenly', options));
    writeFileSync(PAGE, await causesPage(rows, evenly));
  }
  return share >= ENOUGH ? 0 : 1;
}

function run(reason: Reason, nats: Share, { worlds, seed: first }: CausesOptions): Row {
  const seeds = Array.from({ length: worlds }, (_, at) => first + at);
  const agreed = seeds.filter((seed) => agrees(reason, seed, nats)).length;
  console.log(`${reason}, ${nats}: ${agreed} of ${worlds}`);
  return { reason, worlds, agreed };
}

function agrees(reason: Reason, seed: number, nats: Share): boolean {
  const world = drawCauseWorld(reason, seed, nats);
  const wrong = askWhy(world, (options) => new Engine(options)).filter((told) => told.wrong !== undefined);
  for (const told of wrong) console.log(`${world.name}: ${sentence(told)}`);
  const evenly = nats === 'evenly' ? ' --evenly' : '';
  if (wrong.length > 0) console.log(`  npm run sim:causes -- --only '${reason}' --seed ${seed} --worlds 1${evenly}`);
  return wrong.length === 0;
}

function sentence({ answer: { at, about, code, names }, codes, wrong }: Told): string {
  const truth = names === undefined ? code : `${code} ${names}`;
  return `${at} says ${codes.join(' and ')} of ${about}, not ${truth}: ${wrong ?? ''}`;
}
