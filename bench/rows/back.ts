/** What the switch back to the hub costs when somebody stops an agent: packets lost of a stream of 200 a second each way. */
import { setTimeout as sleep } from 'node:timers/promises';
import { repeat, type Experiment } from '../experiment.js';
import type { RowSpec } from '../row.js';
import { ROUND_TRIP_LOST, Trio } from '../trio.js';

const LOST: RowSpec = {
  id: 'lost-at-switch-back',
  what: 'lost of 200/s each way when one agent is stopped',
  unit: 'packets',
  targets: [{ of: 'p95', limit: ROUND_TRIP_LOST }],
};

/** The stream runs on the direct path before, and on the relayed one after it. */
const AROUND_MS = 2000;

const specs = [LOST];

export const back: Experiment = {
  name: 'back',
  specs,
  measure: (options) =>
    Trio.with((trio) =>
      repeat(options, specs, async (sample, at) => {
        await trio.becomeDirect();
        const flow = await trio.flow({ perSecond: 200 });
        await sleep(AROUND_MS);
        // The one that stops leads the way back; each spoke does so in turn.
        await trio.agents[1 + (at % 2)]?.stop();
        await sleep(AROUND_MS);
        const [there, thence] = await flow.stop();
        sample(LOST, there.lost + thence.lost);
      }),
    ),
};
