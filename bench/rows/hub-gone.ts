/** The hub disappears under a pair that is direct: packets lost of a stream of 200 a second each way, past a rekey. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Experiment } from '../experiment.js';
import type { RowSpec } from '../row.js';
import { repeatInTrios } from '../trio.js';

const LOST: RowSpec = {
  id: 'lost-without-hub',
  what: 'lost of 200/s each way in 150 s without the hub, direct',
  unit: 'packets',
  targets: [{ of: 'max', limit: 0 }],
};

/** WireGuard makes new keys after 120 s. */
const GONE_MS = 150_000;
const SETTLED_MS = 2000;

/** Nothing gets into the hub, so nothing gets through it. */
const DEAF = `table inet gone {
  chain arriving {
    type filter hook input priority raw; policy drop;
  }
}
`;

const specs = [LOST];

export const hubGone: Experiment = {
  name: 'hub-gone',
  specs,
  measure: (options) =>
    repeatInTrios(options, specs, async (trio, sample) => {
      const { machine } = trio.scene.hub;
      await trio.becomeDirect();
      await sleep(SETTLED_MS);
      const flow = await trio.flow({ perSecond: 200 });
      await machine.nft(DEAF);
      await sleep(GONE_MS);
      const [there, back] = await flow.stop();
      await machine.run('nft', ['delete', 'table', 'inet', 'gone']);
      sample(LOST, there.lost + back.lost);
    }),
};
