/**
 * One more spoke joins twenty that are there: how long from `wirelink up` until it is direct with all of them. Each is
 * pinged with requests that no router lets pass, and has to be answered directly, too.
 */
import { monotonic } from '../../lab/clock.js';
import { Crowd } from '../crowd.js';
import { repeat, type Experiment } from '../experiment.js';
import type { RowSpec } from '../row.js';

const OTHERS = 20;

const ALL_DIRECT: RowSpec = {
  id: 'up-to-all-direct',
  what: `wirelink up → direct with all of ${OTHERS} peers`,
  unit: 'ms',
  targets: [{ of: 'p95', limit: 3000 }],
};
const HALF_DIRECT: RowSpec = {
  id: 'up-to-half-direct',
  what: 'the same → direct with half of them',
  unit: 'ms',
  targets: [],
};

/** A run that takes longer has failed. */
const DIRECT_WITHIN_MS = 60_000;

const specs = [HALF_DIRECT, ALL_DIRECT];

export const crowd: Experiment = {
  name: 'peers-20',
  specs,
  measure: (options) =>
    Crowd.with(OTHERS, (scene) => {
      options.say(`  ${OTHERS} spokes have paths to each other`);
      return repeat(options, specs, async (sample) => {
        await scene.leave();
        const watched = scene.watch(DIRECT_WITHIN_MS);
        const launched = monotonic();
        scene.join();
        const took = (await watched).map((at) => at - launched).sort((one, other) => one - other);
        sample(HALF_DIRECT, took[OTHERS / 2 - 1] ?? Number.NaN);
        sample(ALL_DIRECT, took.at(-1) ?? Number.NaN);
      });
    }),
};
