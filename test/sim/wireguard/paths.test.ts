/** What was measured on real WireGuard and decides wirelink's design, held by the model: roaming, cryptokey routing, liveness. */
import { describe, expect, it } from 'vitest';
import {
  PUBLIC,
  SPOKES,
  agentTraffic,
  at,
  direct,
  full,
  handshake,
  other,
  own,
  peer,
  prefix,
  probe,
  sendAgentPacket,
  set,
  settled,
  throughHub,
  tx,
} from './pair.js';

describe('roaming', () => {
  it('undoes a switch between two working paths while traffic flows', () => {
    const world = throughHub([{ nat: 'none' }, { nat: 'none' }], 3);
    const stop = agentTraffic(world, 5);
    for (let attempt = 0; attempt < 5; attempt++) {
      for (const spoke of SPOKES) set(world, spoke, { endpoint: at(PUBLIC[other(spoke)]) });
      world.run(80);
    }
    stop();
    world.run(300);
    const ends = [peer(world, 's1').endpoint, peer(world, 's2').endpoint];
    expect(ends).not.toEqual([PUBLIC.s2, PUBLIC.s1]);
  });

  it('follows a spoke that was plugged in elsewhere', () => {
    const world = settled([{}, {}]);
    world.move('s1', [{ segment: 'internet', address: '203.0.77.7', network: '203.0.77.0/24' }]);
    world.ping('s1', 's2');
    const atHub = world.device('hub').peers.find(({ publicKey }) => publicKey === world.key('s1'));
    expect(atHub?.endpoint).toBe('203.0.77.7:51820');
  });
});

describe('cryptokey routing', () => {
  it('drops at once what still comes through the hub from an address that was given to the peer', () => {
    const world = throughHub([{}, {}]);
    for (const spoke of SPOKES) probe(world, spoke, PUBLIC[other(spoke)]);
    world.run(200);
    set(world, 's1', { allowedIps: full(world, 's2') });
    const flow = world.stream('s2', 's1', { perSecond: 100 });
    world.run(3_000);
    expect(flow.there.paths()).toEqual({ direct: 0, relayed: 0 });
    set(world, 's2', { allowedIps: full(world, 's1') });
    // The packet of this very millisecond went before the change.
    const since = world.now + 1;
    world.run(3_000);
    expect(flow.there.lost(since)).toBe(0);
    expect(flow.there.paths(since).direct).toBeGreaterThan(200);
  });

  it('costs one round trip through the hub when both ends move at once', () => {
    const world = throughHub([{}, {}]);
    for (const spoke of SPOKES) probe(world, spoke, PUBLIC[other(spoke)]);
    world.run(200);
    const stream = world.stream('s1', 's2', { perSecond: 1_000 });
    world.run(1_000);
    for (const spoke of SPOKES) set(world, spoke, { allowedIps: full(world, other(spoke)) });
    world.run(3_000);
    // 50 ms one way through the hub, 1000 packets/s, both directions.
    expect(stream.lost()).toBeGreaterThan(90);
    expect(stream.lost()).toBeLessThan(110);
  });

  it('falls back to the hub’s covering prefix as soon as the address is taken from the peer', () => {
    const world = direct([{}, {}]);
    expect(world.pathOf('s1', 's2')).toBe('direct');
    for (const spoke of SPOKES) set(world, spoke, { allowedIps: own(world, other(spoke)) });
    expect(world.pathOf('s1', 's2')).toBe('relayed');
  });

  it('takes the same prefix away from the hub’s entry', () => {
    const world = settled([{}, {}], 1, 'single');
    world.host('s1').device.configure({ kind: 'set', publicKey: world.key('s2'), allowedIps: [prefix('10.9.0.3/32')] });
    const hub = world.device('s1').peers.find(({ publicKey }) => publicKey === world.key('hub'));
    expect(hub?.allowedIps).toEqual(['10.9.0.1/32']);
  });
});

describe('liveness', () => {
  it('answers data with a passive keepalive 10 s later, and asks for new keys 15 s after silence', () => {
    const world = direct([{ nat: 'none' }, { nat: 'none' }]);
    for (const spoke of SPOKES) set(world, spoke, { keepalive: 0 });
    world.run(30_000);
    const [quiet, sent] = [tx(world, 's2'), tx(world, 's1')];
    sendAgentPacket(world, 's1');
    world.run(9_900);
    expect(tx(world, 's2')).toBe(quiet);
    world.run(300);
    expect(tx(world, 's2')).toBe(quiet + 32);
    world.cutDirect('s1', 's2');
    const before = tx(world, 's1');
    expect(before).toBeGreaterThan(sent);
    sendAgentPacket(world, 's1');
    const data = tx(world, 's1');
    world.run(14_900);
    expect(tx(world, 's1')).toBe(data);
    world.run(500);
    expect(tx(world, 's1')).toBe(data + 148);
  });

  it('makes new keys after 120 s of traffic, by the initiator', () => {
    const world = direct([{ nat: 'none' }, { nat: 'none' }]);
    const first = handshake(world, 's1') ?? 0;
    world.stream('s1', 's2', { perSecond: 10 });
    world.run(125_000);
    const second = handshake(world, 's1') ?? 0;
    expect(second - first).toBeGreaterThan(120_000);
    expect(second - first).toBeLessThan(121_000);
  });

  it('shows an old handshake as long as 180 s over a path that is dead', () => {
    const world = direct([{}, {}]);
    const before = handshake(world, 's1');
    world.cutDirect('s1', 's2');
    world.run(14_000);
    expect(handshake(world, 's1')).toBe(before);
  });
});
