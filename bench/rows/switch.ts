/**
 * What the switch from the hub to the direct path costs: packets lost of a stream of 200 a second each way, both
 * directions together. Packets of the same streams that are lost far from the switch are counted apart.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { repeat, type Experiment } from '../experiment.js';
import type { RowSpec } from '../row.js';
import { DIRECT_WITHIN_MS, ROUND_TRIP_LOST, Trio } from '../trio.js';

const AT_SWITCH: RowSpec = {
  id: 'lost-at-switch',
  what: 'lost of 200/s each way at the switch to direct',
  unit: 'packets',
  targets: [{ of: 'p95', limit: ROUND_TRIP_LOST }],
};
const ELSEWHERE: RowSpec = {
  id: 'lost-besides',
  what: 'lost of the same streams before and after it',
  unit: 'packets',
  targets: [],
};

/** Ten round trips: both ends move within one or two, and what a failed move costs belongs to the switch as well. */
const AROUND_MS = 1000;

const specs = [AT_SWITCH, ELSEWHERE];

export const switching: Experiment = {
  name: 'switch',
  specs,
  measure: (options) =>
    Trio.with((trio) =>
      repeat(options, specs, async (sample) => {
        await trio.reset();
        const tracer = await trio.trace();
        const flow = await trio.flow({ perSecond: 200 });
        const { startedAt } = await trio.start();
        const directAt = await tracer.arrivedAt(startedAt, DIRECT_WITHIN_MS);
        await sleep(2 * AROUND_MS);
        const lostAt = (await flow.stop()).flatMap((report) => report.lostAt);
        const near = lostAt.filter((at) => Math.abs(at - directAt) <= AROUND_MS).length;
        sample(AT_SWITCH, near);
        sample(ELSEWHERE, lostAt.length - near);
      }),
    ),
};
