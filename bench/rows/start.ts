/**
 * What the start of the agents costs the traffic that the hub relays: it must cost nothing. The agents are told not to
 * connect, so that no switch is in the way, and the stream is five times as dense as elsewhere.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { repeat, type Experiment } from '../experiment.js';
import type { RowSpec } from '../row.js';
import { Trio } from '../trio.js';

const AT_START: RowSpec = {
  id: 'lost-at-start',
  what: 'lost of 1000/s each way when the agents start, relayed',
  unit: 'packets',
  targets: [{ of: 'p95', limit: 0 }],
};

/** What an agent does to the interface at its start it does within milliseconds of being ready. */
const AFTER_MS = 1000;

const specs = [AT_START];

export const starting: Experiment = {
  name: 'start',
  specs,
  measure: (options) =>
    Trio.with((trio) =>
      repeat(options, specs, async (sample) => {
        await trio.reset();
        const flow = await trio.flow({ perSecond: 1000 });
        await trio.start({ args: ['--connect', 'manual'] });
        await sleep(AFTER_MS);
        const [there, back] = await flow.stop();
        sample(AT_START, there.lost + back.lost);
      }),
    ),
};
