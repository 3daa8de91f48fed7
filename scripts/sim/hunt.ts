/**
 * `npm run sim:hunt`: world after world on all cores, for so long or so many; lists the seeds that failed. Exits with 1
 * when there are any, with 2 when the options are wrong.
 *
 *   npm run sim:hunt -- --minutes M | --worlds N [--seed N] [--hosts N]
 */
import { fork, type ChildProcess } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { huntOptions, UsageError, type HuntOptions } from './options.js';
import { again, type Choice } from './trial.js';

/** From hunter to one of its hounds: which world is next. Back: what was wrong in it, `undefined` for nothing. */
export interface Found {
  readonly choice: Choice;
  readonly wrong: string | undefined;
}

/** More failures than this are one bug, most likely. */
const MOST_FAILURES = 20;
const MOST_PROCESSES = 16;
const TELL_EVERY_MS = 15_000;

try {
  process.exitCode = await hunt(huntOptions(process.argv.slice(2)));
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}

async function hunt({ minutes = Infinity, worlds = Infinity, seed, hosts }: HuntOptions): Promise<number> {
  const first = seed ?? Math.floor(Math.random() * 1e9);
  const began = performance.now();
  const ends = began + minutes * 60_000;
  const failures: Found[] = [];
  let next = first;
  let done = 0;
  let told = began;
  console.log(`worlds from seed ${first} on`);
  const isOver = (): boolean => performance.now() >= ends || next - first >= worlds || failures.length >= MOST_FAILURES;
  const nextChoice = (): Choice | undefined => (isOver() ? undefined : { seed: next++, hosts });
  const take = (found: Found): void => {
    done++;
    if (found.wrong !== undefined) {
      failures.push(found);
      console.log(`${again(found.choice)}\n  ${found.wrong}`);
    }
    if (performance.now() - told < TELL_EVERY_MS) return;
    told = performance.now();
    console.log(`${done} worlds, ${failures.length} failed, ${Math.round((told - began) / 1000)} s`);
  };
  const count = Math.min(MOST_PROCESSES, availableParallelism());
  await Promise.all(Array.from({ length: count }, () => follow(nextChoice, take)));
  const tookS = Math.round((performance.now() - began) / 1000);
  console.log(`\n${done} worlds in ${tookS} s, ${failures.length} failed${failures.length > 0 ? ':' : ''}`);
  for (const { choice } of failures) console.log(again(choice));
  return failures.length > 0 ? 1 : 0;
}

/** Gives one process world after world until there is none left. */
function follow(next: () => Choice | undefined, take: (found: Found) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const hound: ChildProcess = fork(fileURLToPath(new URL('hound.ts', import.meta.url)));
    const send = (): void => {
      const choice = next();
      if (choice === undefined) hound.disconnect();
      else hound.send(choice);
    };
    hound.on('message', (found: Found) => {
      take(found);
      send();
    });
    hound.on('error', reject);
    hound.on('exit', (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`A process of the hunt ended with ${signal ?? String(code)}.`));
    });
    send();
  });
}
