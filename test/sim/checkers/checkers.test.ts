/** A checker that never finds anything checks nothing: each is shown what it is for. */
import { describe, expect, it } from 'vitest';
import { bothEnds, differences, noBlackHole, noFault, noLoop, Watch, type Checker } from '../../../src/sim/index.js';
import {
  OVERLAY,
  SPOKES,
  direct,
  full,
  meet,
  other,
  own,
  prefix,
  set,
  settled,
  throughHub,
  at,
  sendAgentPacket,
} from '../wireguard/pair.js';
import type { World } from '../../../src/sim/index.js';

describe('the checker of black holes', () => {
  const pairs = [['s1', 's2']] as const;

  it('finds a pair that reaches the hub and not each other', () => {
    const world = direct([{}, {}]);
    const found = watched(world, noBlackHole('hub', pairs, 5_000));
    world.run(10_000);
    expect(found()).toEqual([]);
    world.cutDirect('s1', 's2');
    world.run(5_000);
    expect(found()).toEqual([]);
    world.run(2_000);
    expect(found()).toEqual(['s1 and s2 reach hub but not each other']);
  });

  it('says nothing when one of them is cut from the hub', () => {
    const world = direct([{}, {}]);
    const found = watched(world, noBlackHole('hub', pairs, 5_000));
    world.partition(['s1']);
    world.run(20_000);
    expect(found()).toEqual([]);
  });

  it('says nothing when the pair is back in time', () => {
    const world = direct([{}, {}]);
    const found = watched(world, noBlackHole('hub', pairs, 5_000));
    world.cutDirect('s1', 's2');
    world.run(3_000);
    world.heal();
    world.run(20_000);
    expect(found()).toEqual([]);
  });
});

describe('the checker of loops', () => {
  it('finds an endpoint inside its own peer’s allowed IPs', () => {
    const world = throughHub([{}, {}]);
    const found = watched(world, noLoop());
    world.run(1_000);
    expect(found()).toEqual([]);
    set(world, 's1', { allowedIps: full(world, 's2') });
    world.run(1_000);
    expect(found()).toEqual([`s1: ${OVERLAY.s2} of s2 is in 10.9.0.3/32`]);
  });
});

describe('the checker of faults', () => {
  it('passes on what device and driver count', () => {
    const world = throughHub([{}, {}]);
    const found = watched(world, noFault);
    set(world, 's1', { allowedIps: full(world, 's2') });
    sendAgentPacket(world, 's1');
    world.run(100);
    expect(found()).toEqual(['s1: tunnel-loop']);
  });
});

describe('the checker of both ends', () => {
  it('finds addresses that one end gave and the other did not, after its patience', () => {
    const world = throughHub([{}, {}]);
    set(world, 's2', { endpoint: at('203.0.0.2:51820') });
    const found = watched(world, bothEnds(2_000));
    set(world, 's2', { allowedIps: full(world, 's1') });
    world.run(1_900);
    expect(found()).toEqual([]);
    world.run(500);
    expect(found()).toEqual(['s2 has given s1 its addresses, but not the other way round']);
  });

  it('says nothing where both gave, or where only link-local addresses are given', () => {
    const both = direct([{}, {}]);
    const none = throughHub([{}, {}]);
    for (const world of [both, none]) {
      const found = watched(world, bothEnds(2_000));
      world.run(10_000);
      expect(found()).toEqual([]);
    }
  });
});

describe('the differences of two interfaces', () => {
  it('are none when only endpoints and counters differ', () => {
    const world = settled([{}, {}]);
    const before = world.device('s1');
    world.ping('s1', 's2');
    expect(differences(before, world.device('s1'))).toEqual([]);
  });

  it('name what is left over and what is missing', () => {
    const world = settled([{}, {}], 1, 'single');
    const before = world.device('s1');
    for (const spoke of SPOKES) meet(world, spoke);
    set(world, 's1', { allowedIps: [...own(world, other('s1')), prefix('10.9.0.3/32')] });
    const found = differences(before, world.device('s1'));
    expect(found.filter((line) => line.startsWith('missing'))).toHaveLength(1);
    expect(found.filter((line) => line.startsWith('left over'))).toHaveLength(2);
  });
});

function watched(world: World, checker: Checker): () => readonly string[] {
  const watch = new Watch(world, [checker]);
  return () => watch.violations.map(({ what }) => what);
}
