/** How quickly two spokes become direct where nothing gets lost, in the distances' own measure. */
import { describe, expect, it } from 'vitest';
import { mesh, pathWithin, told } from '../support/mesh.js';

/** From a spoke to the hub. */
const LEG_MS = 25;
/** All that machines and interfaces take in these worlds: readings, changes, routes, and pings that are 20 ms apart. */
const WORK_MS = 70;

describe('two spokes that have sessions with their hub', () => {
  it.each([1, 2, 3, 4, 5, 6])('send directly after four trips between them, and a ping of ours (seed %i)', (seed) => {
    const world = mesh({ seed, spokes: [{}, {}], started: false, latencyMs: LEG_MS });
    world.startAgent('hub');
    for (const spoke of ['s1', 's2']) expect(world.ping(spoke, 'hub', 10_000)).toBeDefined();
    world.startAgent('s1');
    world.startAgent('s2');
    const took = pathWithin(world, 's1', 's2', 'direct', 5000);
    // Half a trip to the hub and half a trip from it, then three and a half; the ping that shows it takes two.
    expect(took).toBeLessThanOrEqual((4 + 4 + 8) * LEG_MS + 4 * LEG_MS + WORK_MS);
    expect(world.trace.faults).toEqual([]);
  });
});

describe('the steps of an attempt', () => {
  it('have each datagram that passed between the two ends, as both saw it, and end with the attempt', () => {
    const world = mesh({ spokes: [{}, {}] });
    expect(pathWithin(world, 's1', 's2', 'direct', 5000)).toBeDefined();
    world.run(10_000);
    const steps = ['s1', 's2'].map((name) => told(world, name, 'attempt').map(({ step }) => step));
    for (const own of steps) {
      const said = own.flatMap((step) => (step.what === 'said' ? [`${step.by} ${step.message}`] : []));
      for (const each of ['us ping', 'peer ping', 'us pong', 'peer pong']) expect(said).toContain(each);
      expect(own.some((step) => step.what === 'said' && step.message === 'pong' && step.full === true)).toBe(true);
    }
    const all = steps.flat().flatMap((step) => (step.what === 'said' ? [`${step.by} ${step.message}`] : []));
    for (const each of ['peer accept', 'peer ready', 'us commit', 'peer commit']) {
      expect(all).toContain(each);
    }
    const after = steps.map((own) => own.slice(own.findIndex(({ what }) => what === 'direct') + 1));
    expect(after.flat().filter(({ what }) => what === 'said')).toEqual([]);
  });
});
