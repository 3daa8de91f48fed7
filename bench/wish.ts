/** What the user of the benchmark wants, read from its arguments. bench.ts's head says what each means. */
import { parseArgs } from 'node:util';
import type { BenchOptions, Experiment } from './experiment.js';

export interface Wish extends BenchOptions {
  /** Those to be made. */
  readonly experiments: readonly Experiment[];
  /** Files to take the samples from instead of making any. */
  readonly from: readonly string[];
  readonly output: 'table' | 'json' | 'markdown';
  readonly histogram: boolean;
  readonly timeline: boolean;
}

/** Throws with a sentence for the user. `all`: the experiments there are. */
export function readWish(args: readonly string[], all: readonly Experiment[]): Wish {
  const { values } = parseArgs({
    args: [...args],
    options: {
      runs: { type: 'string' },
      'at-once': { type: 'string', default: '4' },
      only: { type: 'string', multiple: true },
      'idle-minutes': { type: 'string', default: '5' },
      'sleep-minutes': { type: 'string', default: '10' },
      from: { type: 'string', multiple: true, default: [] },
      json: { type: 'boolean', default: false },
      markdown: { type: 'boolean', default: false },
      histogram: { type: 'boolean', default: false },
      timeline: { type: 'boolean', default: false },
    },
  });
  const names = all.map(({ name }) => name);
  const unknown = values.only?.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new Error(`There is no experiment “${unknown}”, only: ${names.join(', ')}`);
  if (values.json && values.markdown) throw new Error('--json and --markdown are two forms of one output: give one.');
  return {
    experiments: all.filter(({ name }) => values.only?.includes(name) ?? true),
    runs: Math.ceil(positive('--runs', values.runs ?? (values.timeline ? '1' : '20'))),
    atOnce: Math.ceil(positive('--at-once', values['at-once'])),
    idleMinutes: positive('--idle-minutes', values['idle-minutes']),
    sleepMinutes: positive('--sleep-minutes', values['sleep-minutes']),
    from: values.from,
    output: values.json ? 'json' : values.markdown ? 'markdown' : 'table',
    histogram: values.histogram,
    timeline: values.timeline,
    say: (line) => process.stderr.write(`${line}\n`),
  };
}

function positive(flag: string, text: string): number {
  const number = Number(text);
  if (number > 0 && Number.isFinite(number)) return number;
  throw new Error(`${flag} takes a number above 0, not “${text}”.`);
}
