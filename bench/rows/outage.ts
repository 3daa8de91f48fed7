/**
 * A direct path dies under traffic, without a word: packets between the two NATs disappear on the internet, in both
 * directions or in one. How long until traffic flows again, both ways, on whatever path; and, once the path works again,
 * how long until it is used again.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { monotonic } from '../../lab/clock.js';
import { repeat, type Experiment } from '../experiment.js';
import type { RowSpec } from '../row.js';
import { Trio } from '../trio.js';

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

export const outage = dying('outage', 'direct path cut under traffic', 'both');
export const halfOutage = dying('half-outage', 'one direction of the direct path cut under traffic', 'one');

function dying(name: string, what: string, directions: 'both' | 'one'): Experiment {
  const cut: RowSpec = {
    id: `${name}-to-flowing`,
    what: `${what} → traffic flows again`,
    unit: 'ms',
    targets: [
      { of: 'p50', limit: 1500 },
      { of: 'p95', limit: 2500 },
    ],
  };
  const healed: RowSpec = {
    id: `${name}-healed-to-direct`,
    what: `${directions === 'both' ? 'the path' : 'that direction'} heals → direct again`,
    unit: 'ms',
    targets: [{ of: 'p95', limit: 5000 }],
  };
  const specs = [cut, healed];
  return {
    name,
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
          if (directions === 'both') await internet.cut(homeA.wan.address, homeB.wan.address);
          else await internet.cutOneWay(homeA.wan.address, homeB.wan.address);
          sample(cut, (await flow.arrivedAt(monotonic(), FLOWING_WITHIN_MS)) - cutBegun);
          await sleep(deadForMs(at, options.runs));
          const healing = monotonic();
          await internet.heal();
          sample(healed, (await tracer.arrivedAt(healing, DIRECT_AGAIN_WITHIN_MS)) - healing);
        }),
      ),
  };
}
