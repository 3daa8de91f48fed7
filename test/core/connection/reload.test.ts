/** A policy that changes while an agent runs, as it shows in packets and on the interface. */
import { describe, expect, it } from 'vitest';
import { DEFAULT_POLICY, type Policy } from '../../../src/core/policy.js';
import { keyOf } from '../../../src/sim/build.js';
import { causeAt, configuration, directMesh, mesh, pathWithin, told } from '../support/mesh.js';
import { known, prefix } from '../support/values.js';

/** Longer than an attempt takes, and the first pauses between attempts. */
const LONG_MS = 20_000;

const policy = (changes: Partial<Policy>): Policy => ({ ...DEFAULT_POLICY, ...changes });
const byName = policy({ names: new Map([[keyOf('s2'), 'cellar']]) });

describe('another policy', () => {
  it('that is about something else costs no packet of a direct path, and nothing on the interface', () => {
    const world = directMesh({ spokes: [{}, {}] });
    const before = configuration(world, 's1');
    const stream = world.stream('s1', 's2', { perSecond: 200 });
    const begin = world.now;
    world.agent('s1').decide(byName);
    world.run(10_000);
    expect(stream.lost(begin)).toBe(0);
    expect(stream.there.paths(begin).relayed).toBe(0);
    expect(configuration(world, 's1')).toEqual(before);
    expect(told(world, 's1', 'path', begin)).toEqual([]);
    expect(known(world.view('s1', 's2'), 'view').name).toBe('cellar');
  });

  it('that lets a peer connect unasked has it tried at once, and the one that no longer does leaves the path', () => {
    const world = mesh({ spokes: [{ connect: 'manual' }, { connect: 'manual' }] });
    world.run(LONG_MS);
    expect(causeAt(world, 's1', 's2')).toBe('manual');
    world.agent('s1').decide(policy({ connect: new Set([keyOf('s2')]) }));
    expect(pathWithin(world, 's1', 's2', 'direct', 2000)).toBeDefined();
    const begin = world.now;
    world.agent('s1').decide(policy({ connect: 'manual' }));
    world.run(LONG_MS);
    expect(world.pathOf('s1', 's2')).toBe('direct');
    expect(told(world, 's1', 'path', begin)).toEqual([]);
  });

  it('that keeps a prefix on the router takes the direct path that carried it back, at both ends', () => {
    const world = directMesh({ spokes: [{}, {}] });
    world.agent('s1').decide(policy({ move: [prefix('10.8.0.0/16')] }));
    expect(pathWithin(world, 's1', 's2', 'relayed', 2000)).toBeDefined();
    expect(pathWithin(world, 's2', 's1', 'relayed', 2000)).toBeDefined();
    expect(causeAt(world, 's1', 's2')).toBe('not-granted');
    world.agent('s1').decide(DEFAULT_POLICY);
    expect(pathWithin(world, 's1', 's2', 'direct', LONG_MS)).toBeDefined();
  });

  it('that announces other addresses has the others told, and the withdrawn ones forgotten', () => {
    const world = directMesh({ spokes: [{}, {}] });
    const candidates = (): readonly string[] =>
      known(world.agent('s1').engine?.self(world.agent('s1').now), 'self').candidates;
    // Told by itself, and passed on by the hub.
    const heardOfS1 = (): readonly string[] => {
      const { engine, now } = world.agent('s2');
      const facts = known(engine, 'engine').facts(now, false);
      const own = facts.filter(({ subject, source }) => subject === keyOf('s1') && source === subject);
      return [...new Set(own.flatMap(({ attribute, value }) => (attribute === 'endpoint' ? [value] : [])))];
    };
    const before = candidates();
    expect(before).not.toEqual([]);
    expect(heardOfS1()).toEqual(before);
    world.agent('s1').decide(
      policy({
        announce: { include: undefined, exclude: { interfaces: new Set(), prefixes: [prefix('0.0.0.0/0')] } },
      }),
    );
    world.run(1000);
    expect(candidates()).toEqual([]);
    expect(heardOfS1()).toEqual([]);
    expect(world.pathOf('s1', 's2')).toBe('direct');
  });

  it('comes with its own warnings, which take the place of the former ones', () => {
    const world = mesh({ spokes: [{}, {}] });
    world.run(3000);
    const { engine, now } = world.agent('s1');
    const warning = { code: 'save-config', text: 'wg-quick would save them' } as const;
    engine?.handle({ type: 'policy', policy: DEFAULT_POLICY, warnings: [warning] }, now);
    expect(engine?.self(now)?.warnings).toEqual([warning]);
    engine?.handle({ type: 'policy', policy: DEFAULT_POLICY, warnings: [] }, now);
    expect(engine?.self(now)?.warnings).toEqual([]);
  });

  it('that says of the hub that it is no router ends the direct paths, and leaves the hub reachable', () => {
    const world = directMesh({ spokes: [{}, {}] });
    const peers = new Map([[keyOf('hub'), { trust: {}, router: false, allowedIps: [] }]]);
    world.agent('s1').decide(policy({ peers }));
    expect(pathWithin(world, 's1', 's2', 'relayed', 5000)).toBeDefined();
    world.run(5000);
    expect(world.device('s1').peers.map(({ publicKey }) => publicKey)).toEqual([keyOf('hub')]);
    expect(world.trace.faults).toEqual([]);
  });
});
