/** What two spokes and their hub come to, judged by the TTL of pings: from the first datagram to a direct path. */
import { describe, expect, it } from 'vitest';
import {
  ADDRESS_RESTRICTED,
  FULL_CONE,
  nat,
  PORT_RESTRICTED,
  SYMMETRIC,
  UDP_BLOCKED,
  type SpokeOptions,
} from '../../src/sim/index.js';
import { endpointAddress } from '../../src/core/values/endpoint.js';
import { causeAt, mesh, pathWithin, told } from './support/mesh.js';

const PAIR: readonly SpokeOptions[] = [{}, {}];
/** 25 ms on each spoke's line: 100 ms of round trip between the spokes. */
const SOON_MS = 1500;

describe('two spokes behind NATs', () => {
  it('are direct within 1.5 s after their agents and the hub’s were started', () => {
    const world = mesh({ spokes: PAIR });
    expect(pathWithin(world, 's1', 's2', 'direct', SOON_MS)).toBeDefined();
    expect(world.pathOf('s2', 's1')).toBe('direct');
    expect(world.trace.faults).toEqual([]);
  });

  it('lose no more on the way there than what is on the way to the hub and back at that moment', () => {
    const world = mesh({ spokes: PAIR });
    // The first packets wait for the handshakes with the hub; after those nothing may be lost.
    world.ping('s1', 's2');
    const stream = world.stream('s1', 's2', { perSecond: 200 });
    const begin = world.now;
    world.run(5000);
    expect(stream.there.paths(begin).direct).toBeGreaterThan(500);
    // 100 ms of round trip and some for the change itself, at one packet each 5 ms.
    expect(stream.lost(begin)).toBeLessThanOrEqual(24);
  });

  it('are direct also where the hub’s entry is each address by itself', () => {
    const world = mesh({ spokes: PAIR, hubEntry: 'single' });
    expect(pathWithin(world, 's1', 's2', 'direct', SOON_MS)).toBeDefined();
    expect(world.trace.faults).toEqual([]);
  });

  it('need one agent to come after the other, in any order and however late', () => {
    for (const order of [
      ['hub', 's1', 's2'],
      ['s1', 's2', 'hub'],
      ['s2', 'hub', 's1'],
    ]) {
      const world = mesh({ spokes: PAIR, started: false });
      for (const name of order) {
        world.run(20_000);
        expect(world.pathOf('s1', 's2')).toBe('relayed');
        world.startAgent(name);
      }
      expect(pathWithin(world, 's1', 's2', 'direct', 4000), order.join(' ')).toBeDefined();
    }
  });

  it.each<[string, SpokeOptions, SpokeOptions]>([
    ['full cone', { nat: FULL_CONE }, {}],
    ['address-restricted', { nat: ADDRESS_RESTRICTED }, { nat: ADDRESS_RESTRICTED }],
    ['symmetric and full cone', { nat: SYMMETRIC }, { nat: FULL_CONE }],
    ['symmetric and address-restricted', { nat: SYMMETRIC }, { nat: ADDRESS_RESTRICTED }],
    ['symmetric and public', { nat: SYMMETRIC }, { nat: 'none' }],
    ['one that remembers strangers', { nat: { ...PORT_RESTRICTED, unsolicited: 'remembered' } }, {}],
    [
      'mapping per destination, filtering by address, at both ends',
      { nat: nat('address-and-port-dependent', 'address-dependent') },
      { nat: nat('endpoint-independent', 'address-dependent') },
    ],
    ['one public, the other not', { nat: 'none' }, {}],
    [
      'none, but firewalls on both that let only answers in',
      { nat: 'none', firewall: true },
      { nat: 'none', firewall: true },
    ],
    ['NATs and firewalls on both that let only answers in', { firewall: true }, { firewall: true }],
  ])('become direct: %s', (_, one, other) => {
    for (const spokes of [
      [one, other],
      [other, one],
    ]) {
      const world = mesh({ spokes });
      expect(pathWithin(world, 's1', 's2', 'direct', 5000)).toBeDefined();
      world.run(60_000);
      expect(world.pathOf('s1', 's2')).toBe('direct');
    }
  });

  it('behind one NAT without hairpin use their LAN addresses', () => {
    const world = mesh({ spokes: [{}, { nat: { with: 's1' } }] });
    expect(pathWithin(world, 's1', 's2', 'direct', SOON_MS)).toBeDefined();
    world.run(1000);
    const endpoints = ['s1', 's2'].map((name) =>
      world.device(name).peers.flatMap(({ publicKey, endpoint }) => (publicKey === world.key('hub') ? [] : [endpoint])),
    );
    expect(endpoints).toEqual([['192.168.1.11:51820'], ['192.168.1.10:51820']]);
  });

  it('stay relayed and both say why where one maps each destination anew and the other filters ports', () => {
    for (const spokes of [
      [{ nat: SYMMETRIC }, {}],
      [{}, { nat: SYMMETRIC }],
      [{ nat: SYMMETRIC }, { nat: SYMMETRIC }],
    ]) {
      const world = mesh({ spokes });
      // Between two attempts: the first one takes a few seconds, the pauses grow.
      world.run(60_000);
      expect(world.runUntil(() => world.view('s1', 's2')?.path === 'relayed', 60_000)).toBeDefined();
      expect(world.pathOf('s1', 's2')).toBe('relayed');
      expect([causeAt(world, 's1', 's2'), causeAt(world, 's2', 's1')]).toEqual(['mapping-varies', 'mapping-varies']);
    }
  });

  it('whose UDP is blocked have no path at all, and the others see it offline', () => {
    const world = mesh({ spokes: [{ nat: UDP_BLOCKED }, {}] });
    world.run(60_000);
    expect(world.pathOf('s1', 's2')).toBe('none');
    expect(causeAt(world, 's2', 's1')).toBe('offline');
    expect(world.device('s2').peers).toHaveLength(1);
  });
});

describe('where the network gives nothing to connect with', () => {
  it('nothing is changed without an agent on the hub, and the agents say so', () => {
    const world = mesh({ spokes: PAIR, hubAgent: false });
    world.run(30_000);
    expect(world.pathOf('s1', 's2')).toBe('relayed');
    expect(world.device('s1').peers).toHaveLength(1);
    const { engine, now } = world.agent('s1');
    expect(engine?.self(now)?.warnings).toMatchObject([{ code: 'no-agent' }]);
    expect(world.view('s1', 'hub')).toMatchObject({ path: 'plain', router: true, cause: { code: 'no-agent' } });
  });

  it('a spoke without an agent is left alone and shown as plain', () => {
    const world = mesh({ spokes: [{}, { agent: false }] });
    world.run(30_000);
    expect(world.pathOf('s1', 's2')).toBe('relayed');
    expect(world.device('s1').peers).toHaveLength(1);
    expect(world.view('s1', 's2')).toMatchObject({ path: 'plain', agent: false, cause: { code: 'no-agent' } });
    expect(told(world, 's1', 'attempt')).toEqual([]);
  });

  it('nothing is tried with connect: manual until somebody asks, whose peer then answers though manual too', () => {
    const world = mesh({ spokes: [{ connect: 'manual' }, { connect: 'manual' }] });
    world.run(60_000);
    expect(world.pathOf('s1', 's2')).toBe('relayed');
    expect(world.device('s1').peers).toHaveLength(1);
    expect(causeAt(world, 's1', 's2')).toBe('manual');
    world.agent('s2').connect(world.key('s1'));
    expect(pathWithin(world, 's1', 's2', 'direct', SOON_MS)).toBeDefined();
  });

  it('a given endpoint is tried first', () => {
    const world = mesh({ spokes: [{ connect: 'manual' }, { nat: 'none', connect: 'manual' }] });
    world.run(10_000);
    const [endpoint] = world.agent('s2').engine?.self(world.agent('s2').now)?.candidates ?? [];
    if (endpoint === undefined) throw new Error('a public machine has a candidate');
    world.agent('s1').connect(world.key('s2'), [endpoint]);
    expect(pathWithin(world, 's1', 's2', 'direct', SOON_MS)).toBeDefined();
    world.run(100);
    const tried = told(world, 's1', 'attempt').map(({ step }) => step);
    expect(tried.find(({ what }) => what === 'candidate')).toMatchObject({ endpoint, outcome: 'tried' });
    expect(tried.at(-1)).toMatchObject({ what: 'direct' });
    expect(tried.flatMap((step) => (step.what === 'direct' ? [endpointAddress(step.endpoint)] : []))).toEqual([
      endpointAddress(endpoint),
    ]);
  });
});

describe('bad lines', () => {
  it.each([
    ['150 ms on each line', { latencyMs: 150 }],
    ['60 ms of jitter', { jitterMs: 60 }],
    ['5 % loss on each line', { loss: 0.05 }],
    ['20 % loss between the spokes', { loss: 0.106 }],
    ['loss, jitter, repetition and disorder at once', { loss: 0.05, jitterMs: 40, reorder: 0.1, duplicate: 0.05 }],
  ])('do not keep a pair from becoming and staying direct: %s', { timeout: 60_000 }, (_, line) => {
    for (const seed of [1, 2]) {
      const world = mesh({ spokes: PAIR, line, seed });
      expect(pathWithin(world, 's1', 's2', 'direct', 30_000)).toBeDefined();
      const stream = world.stream('s1', 's2', { perSecond: 2 });
      const begin = world.now;
      world.run(600_000);
      expect(told(world, 's1', 'path', begin).length, `seed ${seed}`).toBeLessThanOrEqual(10);
      const { direct, relayed } = stream.there.paths(begin);
      expect(direct / (direct + relayed), `seed ${seed}`).toBeGreaterThan(0.95);
    }
  });
});
