/**
 * One more spoke joins some that are there: how long from `wirelink up` until it is direct with all of them. Each is
 * pinged with requests that no router lets pass, and has to be answered directly, too. The processors of one machine do
 * the work of all: twenty are too many for two of them, and ten are not.
 */
import { monotonic } from '../../lab/clock.js';
import { Crowd } from '../crowd.js';
import { repeat, type Experiment } from '../experiment.js';
import type { RowSpec } from '../row.js';

/** A run that takes longer has failed. */
const DIRECT_WITHIN_MS = 60_000;

export const crowds: readonly Experiment[] = [10, 20].map((others) => {
  const all: RowSpec = {
    id: `up-to-all-direct-${others}`,
    what: `wirelink up → direct with all of ${others} peers`,
    unit: 'ms',
    targets: [{ of: 'p95', limit: 3000 }],
  };
  const half: RowSpec = {
    id: `up-to-half-direct-${others}`,
    what: `the same → direct with ${others / 2} of them`,
    unit: 'ms',
    targets: [],
  };
  const specs = [all, half];
  return {
    name: `peers-${others}`,
    specs,
    measure: (options) =>
      Crowd.with(others, (scene) => {
        options.say(`  ${others} spokes have paths to each other`);
        return repeat(options, specs, async (sample) => {
          await scene.leave();
          const watched = scene.watch(DIRECT_WITHIN_MS);
          const launched = monotonic();
          scene.join();
          const took = (await watched).map((at) => at - launched).sort((one, other) => one - other);
          sample(half, took[others / 2 - 1] ?? Number.NaN);
          sample(all, took.at(-1) ?? Number.NaN);
        });
      }),
  };
});
