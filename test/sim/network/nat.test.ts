/** RFC 4787, as far as it decides who can reach whom. */
import { describe, expect, it } from 'vitest';
import { parseAddress, type Address } from '../../../src/core/values/address.js';
import type { Prefix } from '../../../src/core/values/prefix.js';
import { Cuts } from '../../../src/sim/network/cuts.js';
import { nat, SYMMETRIC, UDP_BLOCKED } from '../../../src/sim/network/kinds.js';
import { Nat, type Dependence, type NatBehaviour } from '../../../src/sim/network/nat.js';
import type { Packet } from '../../../src/sim/network/packet.js';
import { CABLE, Segment, type Leg } from '../../../src/sim/network/segment.js';
import { Random } from '../../../src/sim/random.js';
import { Scheduler } from '../../../src/sim/scheduler.js';
import { Trace } from '../../../src/sim/trace.js';

const INDEPENDENT: Dependence = 'endpoint-independent';
const BY_ADDRESS: Dependence = 'address-dependent';
const BY_PORT: Dependence = 'address-and-port-dependent';

describe('mapping', () => {
  it.each([
    [INDEPENDENT, true, true],
    [BY_ADDRESS, true, false],
    [BY_PORT, false, false],
  ])('%s: the same port for another port of the same host: %s; for another host: %s', (mapping, samePort, sameHost) => {
    const lab = laboratory(nat(mapping, BY_PORT, { ports: 'random' }));
    const first = lab.out('a', 1000, 'x', 1);
    expect(lab.out('a', 1000, 'x', 1)).toBe(first);
    expect(lab.out('a', 1000, 'x', 2) === first).toBe(samePort);
    expect(lab.out('a', 1000, 'y', 1) === first).toBe(sameHost);
  });
});

describe('filtering', () => {
  it.each([
    [INDEPENDENT, true, true],
    [BY_ADDRESS, true, false],
    [BY_PORT, false, false],
  ])('%s: lets another port of the same host in: %s; another host: %s', (filtering, otherPort, otherHost) => {
    const lab = laboratory(nat(INDEPENDENT, filtering));
    const port = lab.out('a', 1000, 'x', 1) ?? 0;
    expect(lab.enters('x', 1, port)).toBe(true);
    expect(lab.enters('x', 2, port)).toBe(otherPort);
    expect(lab.enters('y', 1, port)).toBe(otherHost);
  });

  it('goes by the inner endpoint: what it sent through one mapping opens its others', () => {
    const lab = laboratory(nat(BY_PORT, BY_ADDRESS));
    const toX = lab.out('a', 1000, 'x', 1) ?? 0;
    expect(lab.enters('y', 1, toX)).toBe(false);
    lab.out('a', 1000, 'y', 1);
    expect(lab.enters('y', 2, toX)).toBe(true);
  });

  it('lets nothing in at a port that nobody sent from', () => {
    const lab = laboratory(nat(INDEPENDENT, INDEPENDENT));
    expect(lab.enters('x', 1, 1000)).toBe(false);
  });

  it('lets nothing out or in where UDP is blocked', () => {
    const lab = laboratory(UDP_BLOCKED);
    expect(lab.out('a', 1000, 'x', 1)).toBeUndefined();
    expect(lab.enters('x', 1, 1000)).toBe(false);
  });
});

describe('UDP for one address only', () => {
  it('reaches it and is answered, and reaches nobody else', () => {
    const lab = laboratory(nat(INDEPENDENT, INDEPENDENT, { udp: { onlyTo: address('x') } }));
    const port = lab.out('a', 1000, 'x', 1) ?? 0;
    expect(lab.enters('x', 1, port)).toBe(true);
    expect(lab.out('a', 1000, 'y', 1)).toBeUndefined();
    expect(lab.enters('y', 1, port)).toBe(false);
  });
});

describe('ports', () => {
  it('are preserved, but for the second host that wants the same', () => {
    const lab = laboratory(nat(INDEPENDENT, BY_PORT, { ports: 'preserved' }));
    expect(lab.out('a', 51820, 'x', 1)).toBe(51820);
    const second = lab.out('b', 51820, 'x', 1);
    expect(second).toBeDefined();
    expect(second).not.toBe(51820);
    expect(lab.out('a', 51820, 'y', 1)).toBe(51820);
  });

  it('are one more than the last where they are sequential', () => {
    const lab = laboratory(nat(BY_PORT, BY_PORT, { ports: 'sequential' }));
    const first = lab.out('a', 1000, 'x', 1) ?? 0;
    expect(lab.out('a', 1000, 'y', 1)).toBe(first + 1);
    expect(lab.out('a', 1000, 'y', 2)).toBe(first + 2);
  });

  it('of one host lie within one block of 512 where a carrier gives out blocks', () => {
    const lab = laboratory(nat(BY_PORT, BY_PORT, { ports: 'blocks' }));
    const ports = Array.from({ length: 20 }, (_, at) => lab.out('a', 1000, 'x', at + 1) ?? 0);
    expect(new Set(ports.map((port) => Math.floor((port - 1024) / 512))).size).toBe(1);
  });

  it('differ from one destination to the next on a symmetric NAT', () => {
    const lab = laboratory(SYMMETRIC);
    expect(lab.out('a', 1000, 'x', 1)).not.toBe(lab.out('a', 1000, 'y', 1));
  });
});

describe('lifetime', () => {
  it('ends a mapping that nothing uses', () => {
    const lab = laboratory(nat(INDEPENDENT, INDEPENDENT, { ports: 'random', lifetimeMs: 30_000 }));
    const port = lab.out('a', 1000, 'x', 1) ?? 0;
    lab.wait(31_000);
    expect(lab.enters('x', 1, port)).toBe(false);
    expect(lab.out('a', 1000, 'x', 1)).not.toBe(port);
  });

  it.each([true, false])('is prolonged by inbound packets: %s, as configured', (refreshInbound) => {
    const lab = laboratory(nat(INDEPENDENT, BY_PORT, { lifetimeMs: 30_000, refreshInbound }));
    const port = lab.out('a', 1000, 'x', 1) ?? 0;
    lab.wait(20_000);
    expect(lab.enters('x', 1, port)).toBe(true);
    lab.wait(20_000);
    expect(lab.enters('x', 1, port)).toBe(refreshInbound);
  });

  it('ends for all at a reboot', () => {
    const lab = laboratory(nat(INDEPENDENT, INDEPENDENT));
    const port = lab.out('a', 1000, 'x', 1) ?? 0;
    lab.nat.reboot();
    expect(lab.enters('x', 1, port)).toBe(false);
  });
});

describe('hairpin', () => {
  it.each([true, false])('lets two hosts inside meet at their outside addresses: %s, as configured', (hairpin) => {
    const lab = laboratory(nat(INDEPENDENT, BY_PORT, { hairpin }));
    const a = lab.out('a', 1000, 'x', 1) ?? 0;
    const b = lab.out('b', 2000, 'x', 1) ?? 0;
    // Each has to send to the other's outside address first, as through any filter.
    lab.send('b', 2000, 'nat', a);
    expect(
      lab.arrivesInside('a', () => {
        lab.send('a', 1000, 'nat', b);
        lab.send('b', 2000, 'nat', a);
      }),
    ).toBe(hairpin);
  });
});

describe('an early packet that nobody asked for', () => {
  it.each([
    ['dropped', true],
    ['remembered', false],
  ] as const)('is %s: the later flow to its sender keeps its port: %s', (unsolicited, keeps) => {
    const lab = laboratory(nat(INDEPENDENT, BY_PORT, { unsolicited }));
    expect(lab.out('a', 51820, 'y', 1)).toBe(51820);
    expect(lab.enters('x', 1, 51820)).toBe(false);
    expect(lab.out('a', 51820, 'x', 1) === 51820).toBe(keeps);
    expect(lab.out('a', 51820, 'y', 1)).toBe(51820);
  });

  it('that is remembered makes the router keep what else comes from there, until nothing has come for a lifetime', () => {
    const lab = laboratory(nat(INDEPENDENT, BY_PORT, { unsolicited: 'remembered', lifetimeMs: 30_000 }));
    lab.out('a', 51820, 'y', 1);
    lab.enters('x', 1, 51820);
    const other = lab.out('a', 51820, 'x', 1) ?? 0;
    expect(lab.enters('x', 1, 51820)).toBe(false);
    expect(lab.enters('x', 1, other)).toBe(true);
    lab.wait(20_000);
    expect(lab.enters('x', 1, 51820)).toBe(false);
    expect(lab.out('a', 51820, 'x', 1)).toBe(other);
    lab.wait(20_000);
    lab.out('a', 51820, 'y', 1);
    expect(lab.out('a', 51820, 'x', 1)).toBe(other);
    lab.wait(31_000);
    expect(lab.out('a', 51820, 'x', 1)).toBe(51820);
  });
});

const ADDRESSES = { a: '10.0.0.2', b: '10.0.0.3', nat: '192.0.2.1', x: '198.51.100.1', y: '198.51.100.2' };
type Name = keyof typeof ADDRESSES;

const address = (name: Name): Address => parseAddress(ADDRESSES[name]) as Address;

/** A NAT with two hosts inside, a and b, and two outside, x and y. */
function laboratory(behaviour: NatBehaviour) {
  const scheduler = new Scheduler();
  const context = { scheduler, random: new Random(7), trace: new Trace(scheduler, false), nextIndex: () => 0 };
  const [inside, outside] = [new Segment('inside', context, new Cuts()), new Segment('outside', context, new Cuts())];
  const box = new Nat('nat', behaviour, context);
  const last = new Map<Name, Packet>();
  const leg = (owner: Name, segment: Segment, receive: (packet: Packet) => void, own = address(owner)): Leg => {
    const made = { owner, address: own, network: '0.0.0.0/0' as Prefix, segment, link: { ...CABLE }, receive };
    segment.attach(made);
    return made;
  };
  const note =
    (name: Name) =>
    (packet: Packet): void => {
      last.set(name, packet);
    };
  const legs = {
    a: leg('a', inside, note('a')),
    b: leg('b', inside, note('b')),
    x: leg('x', outside, note('x')),
    y: leg('y', outside, note('y')),
    nat: leg('nat', outside, (packet) => {
      box.fromOutside(packet);
    }),
  };
  inside.gateway = leg(
    'nat',
    inside,
    (packet) => {
      box.fromInside(packet);
    },
    parseAddress('10.0.0.1'),
  );
  box.connect(legs.nat, inside.gateway);

  const send = (from: Name, fromPort: number, to: Name, toPort: number): void => {
    const payload = { kind: 'echo', id: 0, arrivedWith: undefined } as const;
    const packet = { from: address(from), fromPort, to: address(to), toPort, ttl: 64, size: 60, depth: 0, payload };
    legs[from].segment.send(legs[from], packet);
    scheduler.runUntil(scheduler.now + 1);
  };
  return {
    nat: box,
    send,
    wait: (ms: number) => {
      scheduler.runUntil(scheduler.now + ms);
    },
    /** Sends out; answers the source port the far end saw. */
    out: (from: 'a' | 'b', fromPort: number, to: 'x' | 'y', toPort: number): number | undefined => {
      last.delete(to);
      send(from, fromPort, to, toPort);
      return last.get(to)?.fromPort;
    },
    /** Sends in; answers whether `a` got it. */
    enters: (from: 'x' | 'y', fromPort: number, toPort: number): boolean => {
      last.delete('a');
      send(from, fromPort, 'nat', toPort);
      return last.has('a');
    },
    arrivesInside: (name: 'a' | 'b', act: () => void): boolean => {
      last.delete(name);
      act();
      return last.has(name);
    },
  };
}
