/** One direction of a direct path is dead: the end that hears nothing any more finds out, and the other one is told. */
import { describe, expect, it } from 'vitest';
import { directMesh, pathWithin, told } from '../support/mesh.js';

/** A cut is noticed within two seconds; told through the hub, and the interfaces changed, well within another one. */
const NOTICED_WITHIN_MS = 3000;
/** Traffic has been seen, and both ends ping. */
const UNDER_WAY_MS = 5000;

describe.each([
  ['s1', 's2'],
  ['s2', 's1'],
] as const)('where nothing of %s arrives at %s any more', (mute, deaf) => {
  it('the one that hears nothing gives the path up, and the other one by its word', () => {
    const world = directMesh({ spokes: [{}, {}] });
    world.stream('s1', 's2', { perSecond: 50 });
    world.stream('s2', 's1', { perSecond: 50 });
    world.run(UNDER_WAY_MS);
    world.do({ kind: 'cut', from: mute, to: deaf, oneWay: true });
    const begin = world.now;
    expect(pathWithin(world, mute, deaf, 'relayed', NOTICED_WITHIN_MS)).toBeDefined();
    const textsAt = (here: string): readonly (string | undefined)[] =>
      told(world, here, 'path', begin).map(({ cause }) => cause?.text);
    expect(textsAt(deaf)[0]).toContain('pings in a row went unanswered');
    expect(textsAt(mute)[0]).toContain('The other end lost the direct path');
  });
});
