/** What is configured, as it shows in packets: two or three spokes in the simulated star. */
import { describe, expect, it } from 'vitest';
import type { PeerPolicy, Policy } from '../../../src/core/policy.js';
import { keyOf } from '../../../src/sim/build.js';
import { causeAt, mesh, pathWithin, told } from '../support/mesh.js';
import { endpoint, known, prefix } from '../support/values.js';

/** Longer than an attempt takes, and the first pauses between attempts. */
const LONG_MS = 20_000;

describe('a list of peers to connect', () => {
  it('has attempts made to those on it, and to others on request only', () => {
    const list = { connect: new Set([keyOf('s2')]) };
    const world = mesh({ spokes: [{ policy: list }, { connect: 'manual' }, { connect: 'manual' }] });
    expect(pathWithin(world, 's1', 's2', 'direct', LONG_MS)).toBeDefined();
    world.run(LONG_MS);
    expect(known(world.view('s1', 's3'), 'view')).toMatchObject({ path: 'relayed', cause: { code: 'manual' } });
    world.agent('s1').connect(keyOf('s3'));
    expect(pathWithin(world, 's1', 's3', 'direct', LONG_MS)).toBeDefined();
  });

  it('keeps nobody else from connecting to us', () => {
    const world = mesh({ spokes: [{ policy: { connect: new Set() } }, {}] });
    expect(pathWithin(world, 's1', 's2', 'direct', LONG_MS)).toBeDefined();
  });
});

describe('an endpoint of the configuration', () => {
  const blind = deciding('s2', { trust: { endpoint: 'none' } });
  const unseen: Partial<Policy> = {
    peers: new Map([
      ...known(blind.peers, 'peers'),
      ...known(deciding('hub', { trust: { endpoint: 'self' } }).peers, 'peers'),
    ]),
  };

  it('is a candidate of every attempt, also when nothing that others say of it is believed', () => {
    const world = mesh({
      spokes: [
        { policy: unseen, connect: 'manual' },
        { nat: 'none', connect: 'manual' },
      ],
    });
    world.run(3000);
    world.agent('s1').give(keyOf('s2'), [endpoint('203.0.1.2:51820')]);
    for (let times = 0; times < 2; times++) {
      world.agent('s1').connect(keyOf('s2'));
      expect(pathWithin(world, 's1', 's2', 'direct', LONG_MS)).toBeDefined();
      expect(world.view('s1', 's2')?.candidates).toMatchObject([{ endpoint: '203.0.1.2:51820', kind: 'given' }]);
      world.agent('s2').stop();
      expect(pathWithin(world, 's1', 's2', 'relayed', LONG_MS)).toBeDefined();
      world.agent('s2').start();
      world.run(3000);
    }
  });

  it('that is found later is tried without waiting for the next attempt’s time', () => {
    const wrong = endpoint('203.0.113.99:51820');
    const world = mesh({ spokes: [{ policy: unseen }, { nat: 'none', connect: 'manual' }] });
    world.run(1);
    world.agent('s1').give(keyOf('s2'), [wrong]);
    world.run(120_000);
    expect(causeAt(world, 's1', 's2')).toBe('udp-blocked');
    expect(world.view('s1', 's2')?.retryInMs).toBeGreaterThan(10_000);
    world.agent('s1').give(keyOf('s2'), [endpoint('203.0.1.2:51820')]);
    expect(pathWithin(world, 's1', 's2', 'direct', 5000)).toBeDefined();
  });
});

describe('prefixes that may not move', () => {
  it('keep their peer on the router, which is told', () => {
    const world = mesh({ spokes: [{ policy: { move: [prefix('10.8.0.0/16')] } }, {}] });
    world.run(LONG_MS);
    expect(causeAt(world, 's1', 's2')).toBe('not-granted');
    expect(pathWithin(world, 's1', 's2', 'direct', 100)).toBeUndefined();
  });
});

describe('a hub that is not trusted about whose addresses are whose', () => {
  const world = mesh({ spokes: [{ policy: deciding('hub', { trust: { allowedIps: 'none' } }) }, {}] });
  world.run(LONG_MS);

  it('keeps its members relayed, and both ends say that it is for that', () => {
    expect([causeAt(world, 's1', 's2'), causeAt(world, 's2', 's1')]).toEqual(['not-trusted', 'not-trusted']);
    expect(world.view('s1', 's2')?.cause?.text).toMatch(/^The configuration here /);
    expect(world.view('s2', 's1')?.cause?.text).toMatch(/its configuration does not trust/);
  });

  it('is no reason to wait: an invitation is answered, not left to be repeated', () => {
    const before = world.now;
    world.agent('s2').connect(world.key('s1'));
    expect(world.runUntil(() => told(world, 's2', 'attempt', before).length >= 3, 1000)).toBeDefined();
    const steps = told(world, 's2', 'attempt', before).map(({ step }) => step);
    expect(steps.map(({ what }) => what)).toEqual(['invited', 'said', 'failed']);
    expect(world.trace.faults).toEqual([]);
  });
});

describe('a hub that the configuration calls no router', () => {
  it('is a peer like any other, and nothing changes on the interface but the link-local addresses', () => {
    const world = mesh({ spokes: [{ policy: deciding('hub', { router: false }) }, {}] });
    world.run(LONG_MS);
    expect(known(world.agent('s1').engine, 'engine').self(world.agent('s1').now)?.routers).toEqual([]);
    expect(world.device('s1').peers.map(({ publicKey }) => publicKey)).toEqual([keyOf('hub')]);
    expect(pathWithin(world, 's1', 's2', 'relayed', 1000)).toBeDefined();
  });
});

function deciding(peer: string, decided: Partial<PeerPolicy>): Partial<Policy> {
  return { peers: new Map([[keyOf(peer), { trust: {}, router: undefined, allowedIps: [], ...decided }]]) };
}
