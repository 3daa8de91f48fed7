/**
 * A spoke sleeps and wakes up: how long until packets go directly again, both ways. Its agent stands still meanwhile, its
 * line is dead, and its NAT has forgotten it; the others go on, and give it up. Its WireGuard has no sessions left when
 * it wakes, as the kernel's has none after a suspend.
 *
 * What a real suspend does besides: userspace WireGuard, whose clock stands still in it, takes its old sessions for young
 * ones; and a line may come back later than its machine, by which time WireGuard has begun a handshake in vain and waits
 * 5 s. Here time goes on, and the line is there first.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { monotonic } from '../../lab/clock.js';
import { ping } from '../../lab/observe.js';
import { waitFor } from '../../lab/wait.js';
import type { Experiment } from '../experiment.js';
import type { RowSpec } from '../row.js';
import { repeatInTrios, type Trio } from '../trio.js';
import { Turns } from '../turns.js';

const AWAKE: RowSpec = {
  id: 'woken-to-direct',
  what: 'a spoke wakes up after 10 minutes → direct again',
  unit: 'ms',
  targets: [{ of: 'p95', limit: 3000 }],
};

/** The first facts have been renewed by then. */
const SETTLED_MS = 15_000;
/**
 * In the end everything stands still. Not from the beginning: wireguard-go forgets its sessions 9 minutes after they were
 * made, and would do so at the moment of waking, together with the handshake that it has just begun.
 */
const ALL_STILL_MS = 60_000;
const LINE_WITHIN_MS = 5000;
const DIRECT_WITHIN_MS = 60_000;
const MINUTE_MS = 60_000;

const specs = [AWAKE];

export const asleep: Experiment = {
  name: 'sleep',
  specs,
  measure: (options) => {
    // The ten minutes may pass anywhere at once; what is measured in one scene must not disturb the others.
    const turns = new Turns();
    return repeatInTrios(options, specs, async (trio, sample) => {
      await turns.take(() => trio.becomeDirect());
      await sleep(SETTLED_MS);
      await sleepFor(trio, options.sleepMinutes * MINUTE_MS);
      await turns.take(async () => {
        const tracer = await trio.trace();
        await mendLine(trio);
        const woken = monotonic();
        await trio.scene.a.machine.thaw();
        sample(AWAKE, (await tracer.arrivedAt(woken, DIRECT_WITHIN_MS)) - woken);
        tracer.close();
      });
    });
  },
};

async function sleepFor(trio: Trio, ms: number): Promise<void> {
  const { a, homeA } = trio.scene;
  trio.agents[1]?.sleep();
  await homeA.wan.cable?.change({ cut: 'both' });
  await homeA.forget();
  await sleep(Math.max(0, ms - ALL_STILL_MS));
  await a.machine.freeze();
  await sleep(Math.min(ms, ALL_STILL_MS));
}

/** Before anything wakes: WireGuard sends the first packet of a handshake once in 5 s, whether there is a line or not. */
async function mendLine({ scene: { homeA } }: Trio): Promise<void> {
  await homeA.wan.cable?.change({ cut: 'none' });
  await waitFor(
    'the line is back',
    () => ping(homeA.machine, homeA.wan.gateway),
    (echo) => echo !== undefined,
    { timeoutMs: LINE_WITHIN_MS, everyMs: 10 },
  );
}
