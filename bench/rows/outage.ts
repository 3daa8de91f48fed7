/**
 * A direct path dies under traffic, without a word: packets between the two NATs disappear on the internet. How long until
 * traffic flows again, both ways, on whatever path; and, once the path works again, how long until it is used again.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { monotonic } from '../../lab/clock.js';
import { repeat, type Experiment } from '../experiment.js';
import type { RowSpec } from '../row.js';
import { Trio } from '../trio.js';

const CUT: RowSpec = {
  id: 'cut-to-flowing',
  what: 'direct path cut under traffic → traffic flows again',
  unit: 'ms',
  targets: [{ of: 'p95', limit: 4000 }],
};
const HEALED: RowSpec = {
  id: 'healed-to-direct',
  what: 'the path heals → direct again',
  unit: 'ms',
  targets: [{ of: 'p95', limit: 15_000 }],
};

/** The path is used for a while before it dies, as a path is. */
const SETTLED_MS = 2000;
/** A run that takes longer than this has failed; several times the targets. */
const FLOWING_WITHIN_MS = 30_000;
const DIRECT_AGAIN_WITHIN_MS = 60_000;

/**
 * How long the path stays dead, for run `at` of `runs`: spread over several pauses between two attempts, so that the
 * runs do not all heal it at the same moment of such a pause.
 */
const deadForMs = (at: number, runs: number): number => 5000 + (10_000 * (at + 0.5)) / runs;

const specs = [CUT, HEALED];

export const outage: Experiment = {
  name: 'outage',
  specs,
  measure: (options) =>
    Trio.with((trio) =>
      repeat(options, specs, async (sample, at) => {
        const { internet, homeA, homeB } = trio.scene;
        await internet.heal();
        await trio.becomeDirect();
        const flow = await trio.flow({ perSecond: 200 });
        const tracer = await trio.trace();
        await sleep(SETTLED_MS);
        const cutBegun = monotonic();
        await internet.cut(homeA.wan.address, homeB.wan.address);
        sample(CUT, (await flow.arrivedAt(monotonic(), FLOWING_WITHIN_MS)) - cutBegun);
        await sleep(deadForMs(at, options.runs));
        const healing = monotonic();
        await internet.heal();
        sample(HEALED, (await tracer.arrivedAt(healing, DIRECT_AGAIN_WITHIN_MS)) - healing);
      }),
    ),
};
