/** Agents that run from the Debian package while that is upgraded, and restarted as its script has systemd do it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Agent } from '../../lab/agent.js';
import { pathOf } from '../../lab/observe.js';
import { twoHomes } from '../../lab/scenes.js';
import { Stream } from '../../lab/udp.js';
import { waitFor } from '../../lab/wait.js';
import { buildDeb, DebianRoot } from '../support/debian.js';
import { enter } from './enter.js';
import { DIRECT_WITHIN_MS } from './mesh.js';

/** Three seconds are promised; a laboratory on a busy machine is given more. */
const BACK_WITHIN_MS = 10_000;

describe('an upgrade of the Debian package on a spoke', () => {
  it('has its direct path back in a moment, and meanwhile the hub carries its traffic', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'wirelink-test-'));
    onTestFinished(() => {
      rmSync(folder, { recursive: true });
    });
    const root = new DebianRoot(join(folder, 'root'));
    root.install(buildDeb(folder, '1'));
    const executable = root.path('usr/bin/wirelink');
    const { hub, a, b } = await enter(twoHomes());
    const [, before] = await Promise.all([hub, a, b].map((member) => Agent.start(member, { executable })));
    const untilDirect = (timeoutMs: number): Promise<unknown> =>
      waitFor(
        'a and b are direct',
        async () => [await pathOf(a, b), await pathOf(b, a)],
        (paths) => paths.every((path) => path === 'direct'),
        { timeoutMs, everyMs: 20 },
      );
    await untilDirect(DIRECT_WITHIN_MS);
    const stream = await Stream.start(b, a, { perSecond: 100 });
    root.install(buildDeb(folder, '2'));
    expect(await pathOf(a, b)).toBe('direct');
    const began = performance.now();
    expect(await before?.stop()).toBe(0);
    await Agent.start(a, { executable });
    await untilDirect(BACK_WITHIN_MS);
    const took = performance.now() - began;
    const { lost, longestSilenceMs } = await stream.stop();
    console.log(
      `direct again after ${(took / 1000).toFixed(2)} s; ${lost} of 100 packets a second lost, at most ${longestSilenceMs.toFixed(0)} ms without one`,
    );
    expect(longestSilenceMs).toBeLessThan(BACK_WITHIN_MS);
  }, 120_000);
});
