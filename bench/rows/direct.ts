/**
 * How long it takes until the first packet has gone directly, both ways: from the moment both spokes' agents are ready,
 * and from the moment both were started. Judged by datagrams that no router lets pass, sent every 5 ms.
 */
import { repeat, type Experiment } from '../experiment.js';
import type { RowSpec } from '../row.js';
import { DIRECT_WITHIN_MS, Trio } from '../trio.js';

const READY: RowSpec = {
  id: 'ready-to-direct',
  what: 'both agents ready → first packet direct, both ways',
  unit: 'ms',
  targets: [
    { of: 'p50', limit: 500 },
    { of: 'p95', limit: 1000 },
  ],
};
const STARTED: RowSpec = {
  id: 'started-to-direct',
  what: 'both processes started → first packet direct, both ways',
  unit: 'ms',
  targets: [],
};

const specs = [READY, STARTED];

export const direct: Experiment = {
  name: 'direct',
  specs,
  measure: (options) =>
    Trio.with((trio) =>
      repeat(options, specs, async (sample) => {
        await trio.reset();
        const tracer = await trio.trace();
        const { startedAt, readyAt } = await trio.start();
        const directAt = await tracer.arrivedAt(startedAt, DIRECT_WITHIN_MS);
        sample(READY, directAt - readyAt);
        sample(STARTED, directAt - startedAt);
      }),
    ),
};
