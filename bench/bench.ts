/**
 * `npm run bench`: measures in the laboratory what wirelink promises, prints a table, and exits 1 when a target is missed.
 *
 *   --runs N            how often each (20)
 *   --only NAME         one experiment; may be given several times
 *   --idle-minutes N    how long agents are watched doing nothing (5)
 *   --json              a document with every single sample on stdout, instead of the table
 *   --timeline          instead of all that: where the time goes from the start to the direct path
 *
 * What it tells while it runs goes to stderr.
 */
import { parseArgs } from 'node:util';
import { perform, type BenchOptions, type Experiment } from './experiment.js';
import type { Row } from './row.js';
import { back } from './rows/back.js';
import { candidates } from './rows/candidates.js';
import { commands } from './rows/command.js';
import { direct } from './rows/direct.js';
import { hubGone } from './rows/hub-gone.js';
import { idle } from './rows/idle.js';
import { lines } from './rows/lines.js';
import { halfOutage, outage } from './rows/outage.js';
import { roam } from './rows/roam.js';
import { starting } from './rows/start.js';
import { switching } from './rows/switch.js';
import { resultTable } from './table.js';
import { timeline } from './timeline.js';

const EXPERIMENTS: readonly Experiment[] = [
  direct,
  candidates,
  switching,
  back,
  starting,
  outage,
  halfOutage,
  roam,
  hubGone,
  ...lines,
  commands,
  idle,
];

interface Wish extends BenchOptions {
  readonly experiments: readonly Experiment[];
  readonly json: boolean;
  readonly timeline: boolean;
}

/** Throws with a sentence for the user. */
function read(args: readonly string[]): Wish {
  const { values } = parseArgs({
    args: [...args],
    options: {
      runs: { type: 'string' },
      only: { type: 'string', multiple: true },
      'idle-minutes': { type: 'string', default: '5' },
      json: { type: 'boolean', default: false },
      timeline: { type: 'boolean', default: false },
    },
  });
  const names = EXPERIMENTS.map(({ name }) => name);
  const unknown = values.only?.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new Error(`There is no experiment “${unknown}”, only: ${names.join(', ')}`);
  return {
    experiments: EXPERIMENTS.filter(({ name }) => values.only?.includes(name) ?? true),
    runs: Math.ceil(positive('--runs', values.runs ?? (values.timeline ? '1' : '20'))),
    idleMinutes: positive('--idle-minutes', values['idle-minutes']),
    json: values.json,
    timeline: values.timeline,
    say: (line) => process.stderr.write(`${line}\n`),
  };
}

function positive(flag: string, text: string): number {
  const number = Number(text);
  if (number > 0 && Number.isFinite(number)) return number;
  throw new Error(`${flag} takes a number above 0, not “${text}”.`);
}

async function bench(wish: Wish): Promise<number> {
  const rows: Row[] = [];
  for (const experiment of wish.experiments) rows.push(...(await perform(experiment, wish)));
  // JSON has no infinity; a failed run is null there.
  console.log(wish.json ? JSON.stringify({ rows }, undefined, 2) : `\n${resultTable(rows)}`);
  return rows.some(({ verdict }) => verdict === 'missed') ? 1 : 0;
}

async function main(): Promise<number> {
  try {
    const wish = read(process.argv.slice(2));
    return wish.timeline ? await timeline(wish) : await bench(wish);
  } catch (error) {
    console.error(`The benchmark failed. ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  }
}

process.exit(await main());
