/**
 * The first direct packet where both spokes have eight addresses that lead nowhere: networks of virtual machines and of
 * other tunnels, with names that tell nothing, and dead IPv6.
 */
import type { Member } from '../../lab/star.js';
import { repeat, type Experiment } from '../experiment.js';
import type { RowSpec } from '../row.js';
import { DIRECT_WITHIN_MS, Trio } from '../trio.js';

const CROWDED: RowSpec = {
  id: 'crowded-to-direct',
  what: 'the same with eight useless candidates at each end',
  unit: 'ms',
  targets: [{ of: 'p95', limit: 1500 }],
};

/** Four of each family; the same at both ends, as container networks are, so that some lead back to the sender itself. */
const USELESS = ['172.17.0.1/16', '172.18.0.1/16', '10.88.0.1/16', '192.168.122.1/24'].concat([
  'fd00:1::1/64',
  'fd00:2::1/64',
  '2001:db8:1::1/64',
  '2001:db8:2::1/64',
]);

const specs = [CROWDED];

export const candidates: Experiment = {
  name: 'candidates',
  specs,
  measure: (options) =>
    Trio.with(async (trio) => {
      await Promise.all([trio.scene.a, trio.scene.b].map(addUseless));
      return repeat(options, specs, async (sample) => {
        await trio.reset();
        const tracer = await trio.trace();
        const { startedAt, readyAt } = await trio.start();
        sample(CROWDED, (await tracer.arrivedAt(startedAt, DIRECT_WITHIN_MS)) - readyAt);
      });
    }),
};

/** A bridge without ports is as good an interface as any, and no kernel lacks it. */
function addUseless({ machine }: Member): Promise<void> {
  return machine.ip(
    ...USELESS.flatMap((address, at) => [
      `link add net${at} type bridge`,
      `link set net${at} up`,
      `addr add ${address} dev net${at}${address.includes(':') ? ' nodad' : ''}`,
    ]),
  );
}
