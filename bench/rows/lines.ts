/**
 * Direct paths over bad lines: whether they come about at all, and how often a pair changes its path within a minute of
 * traffic. A line of loss loses that share each way; a ping and its answer pass four.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { CableOptions } from '../../lab/cable.js';
import { monotonic } from '../../lab/clock.js';
import { pathOf } from '../../lab/observe.js';
import type { Experiment } from '../experiment.js';
import type { RowSpec } from '../row.js';
import { repeatInTrios, type Trio } from '../trio.js';
import { Turns } from '../turns.js';

const LINES: readonly (readonly [id: string, what: string, CableOptions])[] = [
  ['loss-5', '5 % loss on each line', { delayMs: 25, loss: 0.05 }],
  ['loss-20', '20 % loss on each line', { delayMs: 25, loss: 0.2 }],
  ['slow', 'round trips of 300 ms', { delayMs: 75 }],
  ['reordering', 'packets that overtake each other', { delayMs: 25, jitterMs: 30 }],
];

/** The minute in which a path may change once. */
const WATCHED_MS = 60_000;
/** Between two pings, whose answers' TTL tells the path. */
const LOOK_EVERY_MS = 500;
const DIRECT_WITHIN_MS = 120_000;

export const lines: readonly Experiment[] = LINES.map(([id, what, cable]) => {
  const changes: RowSpec = {
    id: `changes-${id}`,
    what: `${what}: changes of path within a minute`,
    unit: 'times',
    targets: [{ of: 'max', limit: 1 }],
  };
  const took: RowSpec = { id: `direct-${id}`, what: `${what}: both ready → direct`, unit: 'ms', targets: [] };
  const specs = [took, changes];
  return {
    name: id,
    specs,
    measure: (options) => {
      // The minute may pass anywhere at once; agents that start in one scene must not wait for those of the others.
      const turns = new Turns();
      return repeatInTrios(
        options,
        specs,
        async (trio, sample) => {
          await trio.reset();
          await trio.flow({ perSecond: 50 });
          await turns.take(async () => {
            const tracer = await trio.trace();
            const { startedAt, readyAt } = await trio.start();
            sample(took, (await tracer.arrivedAt(startedAt, DIRECT_WITHIN_MS)) - readyAt);
            tracer.close();
          });
          sample(changes, await changesOfPath(trio));
        },
        { cable },
      );
    },
  };
});

/** How often the path was seen to be another than before; a ping that gets no answer shows nothing. */
async function changesOfPath({ scene: { a, b } }: Trio): Promise<number> {
  const begun = monotonic();
  let [changes, last] = [0, 'direct'];
  while (monotonic() - begun < WATCHED_MS) {
    const seen = await pathOf(a, b);
    if (seen !== 'none' && seen !== last) changes++;
    if (seen !== 'none') last = seen;
    await sleep(LOOK_EVERY_MS);
  }
  return changes;
}
