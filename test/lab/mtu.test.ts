/** A direct path that carries pings and not data: the internet between two homes drops long packets without a word. */
import { describe, expect, it } from 'vitest';
import { viewOf } from '../../lab/agent.js';
import { Flow } from '../../lab/flow.js';
import { pathOf } from '../../lab/observe.js';
import { twoHomes } from '../../lab/scenes.js';
import { waitFor } from '../../lab/wait.js';
import { enter } from './enter.js';
import { DIRECT_WITHIN_MS, Mesh } from './mesh.js';

const TOLD_WITHIN_MS = 30_000;

describe('a direct path that drops long packets', () => {
  it('is not used, and the cause is told', async () => {
    const scene = await enter(twoHomes());
    await scene.internet.narrow(scene.homeA.wan.address, scene.homeB.wan.address);
    await Mesh.start(scene);
    const seen = await waitFor(
      'the cause is told',
      () => viewOf(scene.a, scene.b),
      (view) => view?.cause?.code === 'mtu',
      { timeoutMs: TOLD_WITHIN_MS },
    );
    expect(seen?.cause?.text).toContain('1420 bytes');
    expect(await pathOf(scene.a, scene.b)).toBe('relayed');
  });

  it('is left when it begins to do so under traffic, and taken again afterwards', async () => {
    const scene = await enter(twoHomes());
    const mesh = await Mesh.start(scene);
    await mesh.until('direct', DIRECT_WITHIN_MS);
    const flow = await Flow.start(scene.a, scene.b, { perSecond: 50 });
    await scene.internet.narrow(scene.homeA.wan.address, scene.homeB.wan.address);
    await mesh.until('relayed', TOLD_WITHIN_MS);
    await scene.internet.heal();
    await mesh.until('direct', TOLD_WITHIN_MS);
    flow.close();
  });
});
