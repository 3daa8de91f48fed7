/** What becomes of a direct pair when its path, its hub, its peer or its agent goes away. */
import { describe, expect, it } from 'vitest';
import { Agent } from '../../lab/agent.js';
import { pathOf } from '../../lab/observe.js';
import { patient } from '../../lab/patience.js';
import { twoHomes, type TwoHomes } from '../../lab/scenes.js';
import { expel, restart } from '../../lab/star.js';
import { Stream } from '../../lab/udp.js';
import { waitFor } from '../../lab/wait.js';
import { readDump } from '../../lab/wireguard.js';
import { enter } from './enter.js';
import { BACK_WITHIN_MS, DIRECT_WITHIN_MS, Mesh } from './mesh.js';

/**
 * An agent that stops tells the other, and both move back at once. Had nobody told it, the other would find out by missed
 * pings, which takes over a second. How many packets it costs, the benchmark counts.
 */
const TOLD_WITHIN_MS = 900;
/** A withdrawal travels at once; the other agent then has one change to make. */
const GONE_WITHIN_MS = 5000;

async function directPair(): Promise<{ scene: TwoHomes; mesh: Mesh }> {
  const scene = await enter(twoHomes());
  const mesh = await Mesh.start(scene);
  await mesh.until('direct', DIRECT_WITHIN_MS);
  return { scene, mesh };
}

describe('a direct pair whose path', () => {
  it(
    'is cut has its traffic back through the hub, and is direct again once the path heals',
    async () => {
      const { scene, mesh } = await directPair();
      const stream = await Stream.start(scene.a, scene.b, { perSecond: 100 });
      await scene.internet.cut(scene.homeA.wan.address, scene.homeB.wan.address);
      await mesh.until('relayed', BACK_WITHIN_MS);
      expect((await stream.stop()).longestSilenceMs).toBeLessThan(patient(BACK_WITHIN_MS));
      await scene.internet.heal();
      // Nothing tells the agents that it healed: they try again after pauses that have grown meanwhile.
      await mesh.until('direct', 60_000);
    },
    patient(120_000),
  );

  it('is cut in one direction has its traffic back through the hub', async () => {
    const { scene, mesh } = await directPair();
    const streams = [
      await Stream.start(scene.a, scene.b, { perSecond: 100 }),
      await Stream.start(scene.b, scene.a, { perSecond: 100 }),
    ];
    await scene.internet.cutOneWay(scene.homeA.wan.address, scene.homeB.wan.address);
    await mesh.until('relayed', BACK_WITHIN_MS);
    for (const stream of streams) expect((await stream.stop()).longestSilenceMs).toBeLessThan(patient(BACK_WITHIN_MS));
  });

  it('is cut while an agent is killed has its traffic back through the hub', async () => {
    const { scene, mesh } = await directPair();
    const ended = mesh.a.kill();
    await scene.internet.cut(scene.homeA.wan.address, scene.homeB.wan.address);
    await ended;
    await mesh.until('relayed', BACK_WITHIN_MS);
  });
});

describe('a direct pair', () => {
  it('stays direct while its hub restarts, and without a hub', async () => {
    const { scene, mesh } = await directPair();
    const stream = await Stream.start(scene.a, scene.b, { perSecond: 100 });
    await mesh.hub.kill();
    await restart(scene.hub);
    await Agent.start(scene.hub);
    await waitFor(
      'the hub is back',
      () => pathOf(scene.a, scene.hub),
      (path) => path === 'direct',
      { timeoutMs: 30_000 },
    );
    expect(await pathOf(scene.a, scene.b)).toBe('direct');
    expect(await pathOf(scene.b, scene.a)).toBe('direct');
    expect((await stream.stop()).lost).toBe(0);
  });

  it('loses the peer that its hub expels, at once', async () => {
    const { scene, mesh } = await directPair();
    await expel(scene.hub, scene.b);
    await mesh.telling(
      waitFor(
        'b is gone from a',
        async () => (await readDump(scene.a.machine)).peers.map((peer) => peer.publicKey),
        (keys) => !keys.includes(scene.b.key),
        { timeoutMs: GONE_WITHIN_MS },
      ),
    );
    expect(await pathOf(scene.a, scene.b)).toBe('none');
  });

  it('of which one agent stops goes back to the hub without waiting for missed pings', async () => {
    const { scene, mesh } = await directPair();
    const stream = await Stream.start(scene.a, scene.b, { perSecond: 100 });
    expect(await mesh.a.stop()).toBe(0);
    await mesh.until('relayed', BACK_WITHIN_MS);
    expect((await stream.stop()).longestSilenceMs).toBeLessThan(patient(TOLD_WITHIN_MS));
  });
});
