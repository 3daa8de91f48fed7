/** Bad lines between spokes and the internet: they may cost time, and never the direct path. */
import { describe, expect, it } from 'vitest';
import { PingStream } from '../../lab/ping-stream.js';
import { twoHomes } from '../../lab/scenes.js';
import { waitFor } from '../../lab/wait.js';
import { enter } from './enter.js';
import { DIRECT_WITHIN_MS, Mesh } from './mesh.js';

/** Ten answers a second at most: a few seconds of traffic, longer than a dead path takes to be noticed. */
const WATCHED_ANSWERS = 40;

describe('two spokes whose lines', () => {
  it('lose, delay and reorder packets become direct all the same, and stay so while traffic runs', async () => {
    // A packet that was sent 10 ms after another overtakes it about every fourth time.
    const bad = { cable: { delayMs: 25, jitterMs: 20, loss: 0.05 } };
    const scene = await enter(twoHomes(bad, bad));
    const mesh = await Mesh.start(scene);
    await mesh.until('direct', DIRECT_WITHIN_MS);
    const pings = new PingStream(scene.a, scene.b);
    const seen = new Set<string>();
    await mesh.telling(
      waitFor(
        'traffic has run for a while',
        () => {
          if (pings.latest.echo !== undefined) seen.add(pings.latest.path);
          return pings.answers;
        },
        (answers) => answers >= WATCHED_ANSWERS,
        { timeoutMs: DIRECT_WITHIN_MS, everyMs: 20 },
      ),
    );
    pings.stop();
    expect([...seen]).toEqual(['direct']);
  });
});
