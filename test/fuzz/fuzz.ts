/**
 * `npm run fuzz`: hostile input for the engine, a million datagrams unless told otherwise, life after life. A life that
 * goes wrong ends the run with the one line that repeats it.
 *
 *   npm run fuzz -- [--runs N] [--seed N]
 */
import { parseArgs } from 'node:util';
import { INPUTS_PER_LIFE, live, type Seen } from './life.js';
import { matrix } from './matrix.js';

const RUNS = 1_000_000;
const TELL_EVERY_MS = 10_000;

const { values } = parseArgs({ options: { runs: { type: 'string' }, seed: { type: 'string' } } });
const runs = whole(values.runs, RUNS, '--runs');
const first = whole(values.seed, Math.floor(Math.random() * 1e9), '--seed');

const seen: Seen = new Set();
const began = performance.now();
let told = began;
console.log(`${runs} inputs from seed ${first} on`);
for (let done = 0, seed = first; done < runs; done += INPUTS_PER_LIFE, seed++) {
  const inputs = Math.min(INPUTS_PER_LIFE, runs - done);
  try {
    live(seed, inputs, seen);
  } catch (error) {
    console.error(error);
    console.error(`\nagain with: npm run fuzz -- --seed ${seed} --runs ${inputs}`);
    process.exit(1);
  }
  if (performance.now() - told < TELL_EVERY_MS) continue;
  told = performance.now();
  console.log(`${done + inputs} inputs, ${Math.round((told - began) / 1000)} s`);
}
console.log(matrix(seen));
console.log(`${runs} inputs in ${Math.round((performance.now() - began) / 1000)} s; nothing went wrong`);

function whole(text: string | undefined, otherwise: number, option: string): number {
  const value = text === undefined ? otherwise : Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  console.error(`${option} is a whole number above 0`);
  process.exit(2);
}
