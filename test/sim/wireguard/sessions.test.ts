/** What was measured on real WireGuard and decides wirelink's design, held by the model: handshakes, and sessions through the hub. */
import { describe, expect, it } from 'vitest';
import {
  OVERLAY,
  PUBLIC,
  SPOKES,
  agentPacketArrives,
  at,
  direct,
  full,
  handshake,
  linked,
  meet,
  other,
  own,
  peer,
  probe,
  sendAgentPacket,
  set,
  settled,
  throughHub,
  tx,
} from './pair.js';

describe('handshakes', () => {
  it('fails for 5 s when both ends initiate and both initiations arrive', () => {
    const world = settled([{ nat: 'none' }, { nat: 'none' }]);
    const begin = world.now;
    for (const spoke of SPOKES) meet(world, spoke, PUBLIC[other(spoke)], 25);
    world.run(4_900);
    expect(handshake(world, 's1')).toBeUndefined();
    expect(handshake(world, 's2')).toBeUndefined();
    const took = world.runUntil(() => linked(world), 30_000);
    expect(took).toBeDefined();
    expect(world.now - begin).toBeGreaterThan(5_000);
  });

  // Packets take 50 ms from spoke to spoke: a stagger below that crosses all the same.
  it.each([60, 100, 180, 250])('never costs 5 s when one end begins and the other follows %i ms later', (stagger) => {
    for (let seed = 1; seed <= 5; seed++) {
      const world = settled([{}, {}], seed);
      // The first initiation opens its sender's NAT and dies at the other's.
      meet(world, 's1', PUBLIC.s2, 25);
      world.run(stagger);
      meet(world, 's2', PUBLIC.s1, 25);
      expect(world.runUntil(() => linked(world), 20_000)).toBeLessThan(stagger + 200);
    }
  });

  it('sends at most one initiation in 5 s, and a change of endpoint does not change that', () => {
    const world = settled([{}, {}]);
    meet(world, 's1', '203.0.1.2:4000', 25);
    world.run(1_000);
    const sent = tx(world, 's1');
    expect(sent).toBe(148);
    set(world, 's1', { endpoint: at('203.0.1.2:4001'), keepalive: 0 });
    set(world, 's1', { keepalive: 25 });
    world.run(3_000);
    expect(tx(world, 's1')).toBe(sent);
    world.run(2_000);
    expect(tx(world, 's1')).toBe(2 * 148);
  });

  it('begins anew when the peer is removed and added again', () => {
    const world = settled([{}, {}]);
    meet(world, 's1', '203.0.1.2:4000', 25);
    world.host('s1').device.configure({ kind: 'remove', publicKey: world.key('s2') });
    meet(world, 's1', '203.0.1.2:4001', 25);
    expect(tx(world, 's1')).toBe(148);
    expect(
      world.trace.entries.filter(
        (entry) => entry.kind === 'packet' && entry.from === 's1' && entry.label === 'initiation',
      ).length,
    ).toBeGreaterThan(1);
  });

  it('gives up after 90 s, and needs new traffic then', () => {
    const world = settled([{ nat: 'none' }, {}]);
    meet(world, 's1', '203.0.9.9:4000');
    sendAgentPacket(world, 's1');
    world.run(120_000);
    const tries = tx(world, 's1') / 148;
    expect(tries).toBeGreaterThanOrEqual(18);
    expect(tries).toBeLessThanOrEqual(20);
    world.run(60_000);
    expect(tx(world, 's1') / 148).toBe(tries);
    set(world, 's1', { endpoint: at('203.0.9.9:4001') });
    world.run(10_000);
    expect(tx(world, 's1') / 148).toBe(tries);
    sendAgentPacket(world, 's1');
    expect(tx(world, 's1') / 148).toBe(tries + 1);
  });

  it('is refused while the clock of its sender is behind what it was', () => {
    const world = settled([{ nat: 'none' }, { nat: 'none' }]);
    meet(world, 's2', PUBLIC.s1);
    meet(world, 's1', PUBLIC.s2, 25);
    world.run(500);
    expect(linked(world)).toBe(true);
    world.host('s1').jumpClock(-3_600_000);
    // The keys have to be new for there to be a handshake at all.
    world.host('s1').device.suspend();
    const before = handshake(world, 's2');
    world.run(60_000);
    expect(handshake(world, 's2')).toBe(before);
    world.host('s1').jumpClock(3_600_000);
    world.run(30_000);
    expect(handshake(world, 's2')).toBeGreaterThan(before ?? 0);
  });

  it('is not answered by an interface that does not know the sender', () => {
    const world = settled([{ nat: 'none' }, { nat: 'none' }]);
    meet(world, 's1', PUBLIC.s2, 25);
    world.run(30_000);
    expect(handshake(world, 's1')).toBeUndefined();
  });
});

describe('a session through the hub', () => {
  it('is up in one and a half round trips, while the other end has no endpoint at all', () => {
    const world = settled([{}, {}]);
    meet(world, 's2');
    meet(world, 's1', OVERLAY.s2, 25);
    expect(world.runUntil(() => linked(world), 10_000)).toBeLessThan(160);
    expect(peer(world, 's2').endpoint).toBe(OVERLAY.s1);
  });

  it('lets the link-local addresses talk, in packets that the hub passes on as its own traffic', () => {
    const world = throughHub([{}, {}]);
    expect(agentPacketArrives(world, 's1')).toBe(true);
    expect(agentPacketArrives(world, 's2')).toBe(true);
  });

  it('comes up behind firewalls that let only answers in, when the second end follows 0.3 s later', () => {
    const world = settled([{ firewall: true }, { firewall: true }]);
    meet(world, 's2', OVERLAY.s1, 25);
    world.run(300);
    meet(world, 's1', OVERLAY.s2, 25);
    expect(world.runUntil(() => linked(world), 4_000)).toBeLessThan(250);
  });

  it('carries ten probes to ten candidates, one after the other, without waiting for anything', () => {
    const world = throughHub([{}, {}]);
    const sent: string[] = [];
    for (let port = 4001; port <= 4010; port++) {
      set(world, 's1', { keepalive: 0, endpoint: at(`203.0.1.2:${port}`) });
      const before = tx(world, 's1');
      set(world, 's1', { keepalive: 25 });
      if (tx(world, 's1') === before + 32) sent.push(String(port));
    }
    expect(sent).toHaveLength(10);
  });

  it('becomes direct as soon as both ends have set the other one’s endpoint', () => {
    const world = throughHub([{}, {}]);
    for (const spoke of SPOKES) probe(world, spoke, PUBLIC[other(spoke)]);
    world.run(200);
    expect(peer(world, 's1').endpoint).toBe(PUBLIC.s2);
    expect(peer(world, 's2').endpoint).toBe(PUBLIC.s1);
    world.trace.entries.length = 0;
    expect(agentPacketArrives(world, 's1')).toBe(true);
    const hops = world.trace.entries.flatMap((entry) => (entry.kind === 'packet' ? [entry.to] : []));
    expect(hops).not.toContain('hub');
  });

  it('survives going back to the overlay address, while neither end has that address as allowed IP', () => {
    const world = throughHub([{}, {}]);
    for (const spoke of SPOKES) probe(world, spoke, PUBLIC[other(spoke)]);
    world.run(200);
    const before = handshake(world, 's1');
    world.cutDirect('s1', 's2');
    for (const spoke of SPOKES) probe(world, spoke, OVERLAY[other(spoke)]);
    world.run(200);
    expect(agentPacketArrives(world, 's1')).toBe(true);
    expect(handshake(world, 's1')).toBe(before);
  });

  it('is dead when only one end goes back and the other has the address on the peer', () => {
    const world = direct([{}, {}]);
    world.cutDirect('s1', 's2');
    set(world, 's1', { allowedIps: own(world, 's2') });
    set(world, 's1', { endpoint: at(OVERLAY.s2) });
    expect(agentPacketArrives(world, 's1')).toBe(false);
    expect(world.trace.drops.get('the source is not among the allowed IPs')).toBeGreaterThan(0);
  });

  it('runs in itself when the endpoint lies in the peer’s own allowed IPs, and that is a fault', () => {
    const world = throughHub([{}, {}]);
    set(world, 's1', { allowedIps: full(world, 's2') });
    sendAgentPacket(world, 's1');
    expect(world.trace.faults.map(({ what }) => what)).toContain('tunnel-loop');
  });

  it('needs room for one more header', () => {
    const world = throughHub([{}, {}]);
    expect(agentPacketArrives(world, 's1', 1_000)).toBe(true);
    expect(agentPacketArrives(world, 's1', 1_350)).toBe(false);
  });
});
