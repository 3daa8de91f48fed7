/**
 * A spoke moves to another uplink under traffic: another LAN, another NAT, another address outside. How long until traffic
 * flows again, both ways, and until it goes directly.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { monotonic } from '../../lab/clock.js';
import { PORT_RESTRICTED, type Nat } from '../../lab/nat.js';
import { repeat, type Experiment } from '../experiment.js';
import type { RowSpec } from '../row.js';
import { Trio } from '../trio.js';

const FLOWS: RowSpec = {
  id: 'moved-to-flowing',
  what: 'a spoke moves to another uplink → traffic flows again',
  unit: 'ms',
  targets: [{ of: 'p95', limit: 1500 }],
};
const DIRECT: RowSpec = {
  id: 'moved-to-direct',
  what: 'the same → direct again',
  unit: 'ms',
  targets: [{ of: 'p95', limit: 3000 }],
};

const SETTLED_MS = 2000;
const WITHIN_MS = 60_000;
const CABLE = { cable: { delayMs: 25 } };

const specs = [FLOWS, DIRECT];

export const roam: Experiment = {
  name: 'roam',
  specs,
  measure: (options) =>
    Trio.with(async (trio) => {
      const { world, internet, homeA, a } = trio.scene;
      const second = await world.nat('home-a2', internet, PORT_RESTRICTED, CABLE);
      await a.machine.ip('link set eth0 down');
      await second.plug(a.machine, 'eth1');
      await moveTo(trio, 'eth0', homeA);
      return repeat(options, specs, async (sample) => {
        await moveTo(trio, 'eth0', homeA);
        await trio.becomeDirect();
        const flow = await trio.flow({ perSecond: 200 });
        const tracer = await trio.trace();
        await sleep(SETTLED_MS);
        await second.forget();
        const begun = monotonic();
        await moveTo(trio, 'eth1', second);
        const moved = monotonic();
        const [flows, direct] = await Promise.all([
          flow.arrivedAt(moved, WITHIN_MS),
          tracer.arrivedAt(moved, WITHIN_MS),
        ]);
        sample(FLOWS, flows - begun);
        sample(DIRECT, direct - begun);
      });
    }),
};

async function moveTo({ scene: { a } }: Trio, uplink: 'eth0' | 'eth1', { gateway }: Nat): Promise<void> {
  const other = uplink === 'eth0' ? 'eth1' : 'eth0';
  await a.machine.ip(`link set ${other} down`, `link set ${uplink} up`, `route replace default via ${gateway}`);
}
