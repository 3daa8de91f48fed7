/** What the benchmark consists of: experiments, each of which fills some rows; and how often one is made. */
import { rowOf, type Row, type RowSpec } from './row.js';
import { FAILED } from './statistics.js';

export interface BenchOptions {
  /** How often what takes seconds is done. */
  readonly runs: number;
  /** How long an agent is watched doing nothing. */
  readonly idleMinutes: number;
  /** One line about what is going on. */
  readonly say: (line: string) => void;
}

export interface Experiment {
  /** For `--only`. */
  readonly name: string;
  /** What it fills. */
  readonly specs: readonly RowSpec[];
  /** Throws when it could not even begin. */
  readonly measure: (options: BenchOptions) => Promise<readonly Row[]>;
}

/** The rows of an experiment; when it could not be made, each has one failed run. */
export async function perform({ name, specs, measure }: Experiment, options: BenchOptions): Promise<readonly Row[]> {
  options.say(name);
  try {
    return await measure(options);
  } catch (error) {
    options.say(`  FAILED: ${messageOf(error)}`);
    return specs.map((spec) => rowOf(spec, [FAILED]));
  }
}

/** Notes what one run measured for a row. */
export type Sample = (spec: RowSpec, value: number) => void;

/**
 * Makes the runs one after the other. A row for which a run noted nothing, because it threw before, gets a failed run;
 * why it threw is said, and the next run follows.
 */
export async function repeat(
  { runs, say }: Pick<BenchOptions, 'runs' | 'say'>,
  specs: readonly RowSpec[],
  run: (sample: Sample, at: number) => Promise<void>,
): Promise<readonly Row[]> {
  const samples = new Map<RowSpec, number[]>(specs.map((spec) => [spec, []]));
  for (let at = 0; at < runs; at++) {
    const noted = new Map<RowSpec, number>();
    let trouble = '';
    try {
      await run((spec, value) => noted.set(spec, value), at);
    } catch (error) {
      trouble = `  FAILED: ${messageOf(error)}`;
    }
    for (const [spec, values] of samples) values.push(noted.get(spec) ?? FAILED);
    const told = specs.map((spec) => `${spec.id} ${figure(noted.get(spec))}`).join(', ');
    say(`  ${at + 1}/${runs}  ${told}${trouble}`);
  }
  return specs.map((spec) => rowOf(spec, samples.get(spec) ?? []));
}

const figure = (value: number | undefined): string =>
  value === undefined ? 'failed' : String(Math.round(value * 100) / 100);

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
