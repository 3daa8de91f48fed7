/**
 * What the benchmark consists of: experiments, each of which fills some rows; how often one is made, and whether several
 * of its runs are made at once.
 */
import { rowOf, type Row, type RowSpec } from './row.js';
import { FAILED } from './statistics.js';

export interface BenchOptions {
  /** How often what takes seconds is done. */
  readonly runs: number;
  /** In how many scenes side by side those experiments are made whose figures do not depend on a quiet processor. */
  readonly atOnce: number;
  /** How long an agent is watched doing nothing. */
  readonly idleMinutes: number;
  /** How long a machine sleeps. */
  readonly sleepMinutes: number;
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
/** One run; `at` counts from 0 and is given once. */
export type Run = (sample: Sample, at: number) => Promise<void>;

/**
 * Makes the runs one after the other. A row for which a run noted nothing, because it threw before, gets a failed run;
 * why it threw is said, and the next run follows.
 */
export async function repeat(
  options: Pick<BenchOptions, 'runs' | 'say'>,
  specs: readonly RowSpec[],
  run: Run,
): Promise<readonly Row[]> {
  const runs = new Runs(options, specs);
  await runs.makeRest(run);
  return runs.rows();
}

/** Builds a scene, does the work in it, and takes it down. */
type InScene<Scene> = (work: (scene: Scene) => Promise<void>) => Promise<void>;

/**
 * As `repeat`, in up to `atOnce` scenes side by side, each of which takes the next run when it has made one. The scenes
 * are built one after the other. Throws what building one threw, when the runs of the others are made.
 */
export async function repeatAtOnce<Scene>(
  options: Pick<BenchOptions, 'runs' | 'atOnce' | 'say'>,
  specs: readonly RowSpec[],
  inScene: InScene<Scene>,
  run: (scene: Scene, ...args: Parameters<Run>) => Promise<void>,
): Promise<readonly Row[]> {
  const runs = new Runs(options, specs);
  const ends: Promise<void>[] = [];
  for (let scenes = 0; scenes < Math.min(options.atOnce, options.runs); scenes++) {
    await new Promise<void>((built) => {
      const work = (scene: Scene): Promise<void> => {
        built();
        return runs.makeRest((...args) => run(scene, ...args));
      };
      ends.push(inScene(work).finally(built));
    });
  }
  const failure = (await Promise.allSettled(ends)).find((end) => end.status === 'rejected');
  if (failure !== undefined) throw failure.reason;
  return runs.rows();
}

/** The runs of one experiment: how many are still to be made, and what those that were made have measured. */
class Runs {
  readonly #wanted: number;
  readonly #say: BenchOptions['say'];
  readonly #samples: ReadonlyMap<RowSpec, number[]>;
  #begun = 0;
  #made = 0;

  constructor({ runs, say }: Pick<BenchOptions, 'runs' | 'say'>, specs: readonly RowSpec[]) {
    this.#wanted = runs;
    this.#say = say;
    this.#samples = new Map(specs.map((spec) => [spec, []]));
  }

  /** One after the other, until all have begun, here or elsewhere. */
  async makeRest(run: Run): Promise<void> {
    while (this.#begun < this.#wanted) await this.#make(run, this.#begun++);
  }

  rows(): readonly Row[] {
    return [...this.#samples].map(([spec, values]) => rowOf(spec, values));
  }

  async #make(run: Run, at: number): Promise<void> {
    const noted = new Map<RowSpec, number>();
    let trouble = '';
    try {
      await run((spec, value) => noted.set(spec, value), at);
    } catch (error) {
      trouble = `  FAILED: ${messageOf(error)}`;
    }
    for (const [spec, values] of this.#samples) values.push(noted.get(spec) ?? FAILED);
    const told = [...this.#samples.keys()].map((spec) => `${spec.id} ${figure(noted.get(spec))}`).join(', ');
    this.#say(`  ${++this.#made}/${this.#wanted}  ${told}${trouble}`);
  }
}

const figure = (value: number | undefined): string =>
  value === undefined ? 'failed' : String(Math.round(value * 100) / 100);

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
