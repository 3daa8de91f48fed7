import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_POLICY } from '../../../src/core/policy.js';
import { MAX_ALLOWED_IPS } from '../../../src/core/trust/allowed-ips.js';
import { linkLocal } from '../../../src/core/values/key.js';
import { hostPrefix, overlaps } from '../../../src/core/values/prefix.js';
import { anyEndpoint, anyFact, anyPrefix } from '../support/arbitrary.js';
import { device, devicePeer, host, SELF } from '../support/machine.js';
import {
  about,
  answers,
  beliefOf,
  holds,
  HUB,
  HUB2,
  HUB_SAYS,
  judge,
  OTHER,
  reasons,
  says,
  setting,
  SPOKE,
} from '../support/network.js';
import { key, prefix } from '../support/values.js';

const FULL_TUNNEL = ['0.0.0.0/0', '::/0'];
const TWO_HUBS = device(
  devicePeer(HUB, ['10.9.0.0/24'], { at: '192.0.2.1:51820' }),
  devicePeer(HUB2, ['10.0.0.0/8'], { at: '192.0.2.2:51820' }),
);

describe('an allowed IP that a peer claims for itself', () => {
  it('is believed within what a router grants it', () => {
    const claims = [says(HUB, holds(SPOKE, '10.9.0.16/28')), says(SPOKE, holds(SPOKE, '10.9.0.17/32'))];
    const belief = beliefOf(SPOKE, judge(claims));
    expect(belief.allowedIps).toEqual(['10.9.0.16/28']);
    expect(belief.overlay).toBe('10.9.0.17');
    expect(belief.notGranted).toEqual([]);
  });

  it.each([
    ["a neighbour's address", '10.9.0.4/32', 'no router grants it this address: 10.9.0.4/32 is granted to BAQEBAQE'],
    ['an address nobody has', '10.9.0.77/32', 'no router grants it this address'],
    ['the internet', '8.8.8.8/32', 'no router grants it this address'],
    ['our own address', '10.9.0.2/32', 'it covers an address of our own'],
    ['the whole network', '10.9.0.0/24', 'it covers an address of our own'],
    ["the hub's address", '10.9.0.1/32', 'it covers 10.9.0.1, an address of the router AQEBAQEB'],
    ["the hub's endpoint", '192.0.2.0/24', 'it covers 192.0.2.1, an address of the router AQEBAQEB'],
  ])('is refused when it is %s, also behind a full tunnel', (_, text, reason) => {
    const fact = holds(SPOKE, text);
    for (const via of [SPOKE, HUB]) {
      const beliefs = judge([...HUB_SAYS, says(SPOKE, fact, via)], { hub: FULL_TUNNEL });
      expect(beliefOf(SPOKE, beliefs).allowedIps).toEqual(['10.9.0.3/32']);
      expect(beliefOf(SPOKE, beliefs).notGranted).toEqual([text]);
      expect(reasons(fact, beliefs)).toEqual([reason]);
    }
  });

  it("is refused where a neighbour holds that part of what the peer's own grant surrounds", () => {
    const claims = [
      says(HUB, holds(SPOKE, '10.9.0.0/26')),
      says(HUB, holds(OTHER, '10.9.0.4/32')),
      ...['10.9.0.4/32', '10.9.0.4/30', '10.9.0.3/32'].map((text) => says(SPOKE, holds(SPOKE, text))),
    ];
    const beliefs = judge(claims, { hub: ['10.9.0.0/24'], host: host(['10.9.0.200/24']) });
    expect(beliefOf(SPOKE, beliefs).allowedIps).toEqual(['10.9.0.3/32']);
    expect(beliefOf(OTHER, beliefs).allowedIps).toEqual(['10.9.0.4/32']);
  });

  it('needs no belief when it is its own link-local address, and gets none for any other', () => {
    const own = says(SPOKE, holds(SPOKE, `${linkLocal(SPOKE)}/128`));
    const other = says(SPOKE, holds(SPOKE, `${linkLocal(OTHER)}/128`));
    const beliefs = judge([...HUB_SAYS, own, other]);
    expect(beliefs.rejected.map(({ claim }) => claim)).toEqual([other]);
    expect(beliefOf(SPOKE, beliefs).allowedIps).toEqual(['10.9.0.3/32']);
  });
});

describe('an allowed IP that a router grants', () => {
  it.each([
    ['covers our own address', '10.9.0.0/30', 'it covers an address of our own'],
    ['covers an address of the router', '10.9.0.0/31', 'it covers 10.9.0.1, an address of the router AQEBAQEB'],
    ['holds link-local addresses', 'fe80::/64', 'link-local addresses come from keys, nobody can claim them'],
    ['is everything', '::/0', 'link-local addresses come from keys, nobody can claim them'],
    ['is not routed into the tunnel here', '192.168.7.0/24', 'it lies outside all that is routed into the tunnel here'],
    ['is wider than what is routed here', '10.9.0.0/16', 'it covers an address of our own'],
  ])('is refused when it %s', (_, text, reason) => {
    const fact = holds(SPOKE, text);
    const beliefs = judge([...HUB_SAYS, says(HUB, fact)]);
    expect(reasons(fact, beliefs)).toEqual([reason]);
    expect(beliefOf(SPOKE, beliefs).allowedIps).toEqual(['10.9.0.3/32']);
  });

  it.each(['192.168.7.0/24', '192.168.7.9/32', '192.168.0.0/20'])(
    'is refused when, as %s, it overlaps what the user gave to another peer',
    (text) => {
      const user = device(devicePeer(HUB, ['10.9.0.0/24', '192.168.0.0/16']), devicePeer(OTHER, ['192.168.7.0/24']));
      const fact = holds(SPOKE, text);
      const beliefs = judge([says(HUB, fact)], { device: user });
      expect(reasons(fact, beliefs)).toEqual(['it overlaps 192.168.7.0/24, which is configured here for BAQEBAQE']);
      expect(beliefOf(SPOKE, beliefs).allowedIps).toEqual([]);
      expect(beliefOf(SPOKE, beliefs).withheld).toEqual([text]);
    },
  );

  it('is moved where the user routes exactly it, also after it has been moved', () => {
    const claims = [says(HUB, holds(SPOKE, '10.9.0.3/32'))];
    const host32 = { hub: ['10.9.0.1/32', '10.9.0.3/32'] };
    expect(beliefOf(SPOKE, judge(claims, host32)).allowedIps).toEqual(['10.9.0.3/32']);
    const afterwards = {
      device: device(devicePeer(HUB, ['10.9.0.1/32']), devicePeer(SPOKE, ['10.9.0.3/32'])),
      managed: new Set([SPOKE]),
      moved: [{ prefix: prefix('10.9.0.3/32'), from: HUB }],
    };
    expect(beliefOf(SPOKE, judge(claims, afterwards)).allowedIps).toEqual(['10.9.0.3/32']);
  });

  it("is never moved to one of the user's own peers", () => {
    const user = device(devicePeer(HUB, ['10.9.0.0/24']), devicePeer(SPOKE, ['192.168.7.0/24']));
    const claims = [says(HUB, holds(SPOKE, '10.9.0.3/32')), says(SPOKE, holds(SPOKE, '10.9.0.3/32'))];
    const beliefs = judge(claims, { device: user });
    expect(beliefOf(SPOKE, beliefs)).toMatchObject({ allowedIps: [], notGranted: [] });
    expect(beliefOf(SPOKE, beliefs).overlay).toBeUndefined();
    expect(beliefs.rejected).toEqual([]);
  });

  it('gives its host address for nested packets, IPv4 before IPv6', () => {
    const routed = { hub: ['10.9.0.0/24', 'fd00::/64'] };
    const six = says(HUB, holds(SPOKE, 'fd00::3/128'));
    expect(beliefOf(SPOKE, judge([six], routed)).overlay).toBe('fd00::3');
    expect(beliefOf(SPOKE, judge([six, says(HUB, holds(SPOKE, '10.9.0.3/32'))], routed)).overlay).toBe('10.9.0.3');
    expect(beliefOf(SPOKE, judge([says(HUB, holds(SPOKE, '10.9.0.16/28'))], routed)).overlay).toBeUndefined();
  });

  it('is one of so many at most', () => {
    const claims = Array.from({ length: 80 }, (_, at) => says(HUB, holds(SPOKE, `10.9.0.${at + 10}/32`)));
    const beliefs = judge(claims);
    expect(beliefOf(SPOKE, beliefs).allowedIps).toHaveLength(MAX_ALLOWED_IPS);
    expect(beliefOf(SPOKE, beliefs).withheld).toHaveLength(80 - MAX_ALLOWED_IPS);
    expect(beliefs.rejected.every(({ reason }) => reason === `more than ${MAX_ALLOWED_IPS} allowed IPs`)).toBe(true);
  });
});

describe('two routers that disagree', () => {
  it.each([
    ['about the same prefix', '10.9.0.3/32', '10.9.0.3/32'],
    ['about a part of it', '10.9.0.16/28', '10.9.0.17/32'],
    ['about what surrounds it', '10.9.0.17/32', '10.9.0.16/28'],
  ])('%s move it to neither', (_, one, other) => {
    const beliefs = judge([says(HUB, holds(SPOKE, one)), says(HUB2, holds(OTHER, other))], { device: TWO_HUBS });
    expect(beliefOf(SPOKE, beliefs)).toMatchObject({ allowedIps: [], disputed: [one], withheld: [one] });
    expect(beliefOf(OTHER, beliefs)).toMatchObject({ allowedIps: [], disputed: [other], withheld: [other] });
    expect(beliefs.rejected).toHaveLength(2);
  });

  it("do not let the peer's own word decide", () => {
    const claims = [
      says(HUB, holds(SPOKE, '10.9.0.3/32')),
      says(HUB2, holds(OTHER, '10.9.0.3/32')),
      says(SPOKE, holds(SPOKE, '10.9.0.3/32')),
    ];
    expect(beliefOf(SPOKE, judge(claims, { device: TWO_HUBS }))).toMatchObject({ allowedIps: [], notGranted: [] });
  });

  it('name each other in the reason', () => {
    const names = new Map([
      [SPOKE, 'nas'],
      [OTHER, 'tv'],
    ]);
    const claims = [says(HUB, holds(SPOKE, '10.9.0.3/32')), says(HUB2, holds(OTHER, '10.9.0.3/32'))];
    const beliefs = judge(claims, { device: TWO_HUBS, policy: { ...DEFAULT_POLICY, names } });
    expect(reasons(holds(SPOKE, '10.9.0.3/32'), beliefs)).toEqual(['routers grant it to nas and to tv']);
  });
});

describe('two routers that agree', () => {
  it('both stand for it', () => {
    const claims = [HUB, HUB2].map((hub) => says(hub, holds(SPOKE, '10.9.0.3/32')));
    const belief = beliefOf(SPOKE, judge(claims, { device: TWO_HUBS }));
    expect(belief).toMatchObject({ allowedIps: ['10.9.0.3/32'], routers: [HUB, HUB2], disputed: [] });
    expect(belief.grants).toEqual([{ prefix: '10.9.0.3/32', by: [HUB, HUB2] }]);
  });

  it('do not disagree when one reaches the peer through the other', () => {
    const claims = [says(HUB2, holds(HUB, '10.9.0.0/24')), says(HUB, holds(SPOKE, '10.9.0.3/32'))];
    expect(beliefOf(SPOKE, judge(claims, { device: TWO_HUBS })).allowedIps).toEqual(['10.9.0.3/32']);
  });

  it('do not disagree when one sends everything to an exit, but this to the other', () => {
    const claims = [
      says(HUB, holds(SPOKE, '0.0.0.0/0')),
      says(HUB, holds(HUB2, '10.9.7.0/24')),
      says(HUB2, holds(OTHER, '10.9.7.4/32')),
    ];
    const beliefs = judge(claims, { device: TWO_HUBS });
    expect(beliefOf(OTHER, beliefs)).toMatchObject({ allowedIps: ['10.9.7.4/32'], disputed: [] });
    const without = judge(claims.toSpliced(1, 1), { device: TWO_HUBS });
    expect(beliefOf(OTHER, without)).toMatchObject({ allowedIps: [], disputed: ['10.9.7.4/32'] });
  });

  it('about a part of what surrounds it leave the part to its peer, and the rest with the router', () => {
    const claims = [HUB, HUB2].flatMap((hub) => [
      says(hub, holds(SPOKE, '10.9.0.16/28')),
      says(hub, holds(OTHER, '10.9.0.17/32')),
    ]);
    const beliefs = judge(claims, { device: TWO_HUBS });
    expect(beliefOf(OTHER, beliefs)).toMatchObject({ allowedIps: ['10.9.0.17/32'], disputed: [] });
    expect(beliefOf(SPOKE, beliefs)).toMatchObject({ allowedIps: [], disputed: ['10.9.0.16/28'] });
  });
});

describe('whatever a spoke says', () => {
  const spokeSays = fc
    .record({
      fact: anyFact,
      value: fc.oneof(anyPrefix, fc.constantFrom(...STOLEN())),
      via: fc.constantFrom(SPOKE, HUB),
    })
    .map(({ fact, value, via }) => says(SPOKE, fact.attribute === 'allowed-ip' ? { ...fact, value } : fact, via))
    .chain((claim) =>
      fc.constantFrom(SPOKE, OTHER, HUB, SELF).map((subject) => ({ ...claim, fact: { ...claim.fact, subject } })),
    );

  it.each([[['10.9.0.0/24']], [FULL_TUNNEL]])('with %j at the hub, it gets no address but its own', (hub) => {
    fc.assert(
      fc.property(fc.array(spokeSays, { maxLength: 30 }), (claims) => {
        const beliefs = judge([...HUB_SAYS, ...claims], { hub });
        expect(beliefOf(SPOKE, beliefs).allowedIps).toEqual(['10.9.0.3/32']);
        expect(beliefOf(OTHER, beliefs)).toEqual(beliefOf(OTHER, judge(HUB_SAYS, { hub })));
      }),
    );
  });
});

describe('whatever anybody says', () => {
  const who = fc.constantFrom(HUB, HUB2, SPOKE, OTHER, SELF, key(5));
  const narrow = fc.constantFrom(
    '10.9.0.3/32',
    '10.9.0.4/32',
    '10.9.0.0/28',
    '10.9.0.16/28',
    '10.9.0.17/32',
    '10.9.0.0/24',
    '10.9.0.2/32',
  );
  const fact = fc.oneof(
    anyFact,
    narrow.map((text) => holds(SPOKE, text)),
    anyEndpoint.map((value) => about(SPOKE, 'endpoint', value)),
  );
  const claim = fc
    .record({ fact, subject: who, source: who, via: who })
    .map(({ fact: one, subject, source, via }) => says(source, { ...one, subject }, via));
  const claims = fc.array(claim, { maxLength: 60 });
  const own = setting().host.tunnel.map(({ address }) => hostPrefix(address));

  it('no two peers get overlapping prefixes from different routers, and none gets ours', () => {
    fc.assert(
      fc.property(claims, fc.constantFrom(TWO_HUBS, setting({ hub: FULL_TUNNEL }).device), (said, user) => {
        const given = [...judge(said, { device: user }).peers.values()].flatMap(({ allowedIps }) => allowedIps);
        for (const [at, one] of given.entries()) {
          expect(own.some((address) => overlaps(one, address))).toBe(false);
          expect(given.slice(at + 1).some((other) => overlaps(one, other))).toBe(false);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('the order in which it was heard makes no difference', () => {
    fc.assert(
      fc.property(claims, (said) => {
        const one = judge(said, { device: TWO_HUBS });
        const other = judge(said.toReversed(), { device: TWO_HUBS });
        expect(one.peers).toEqual(other.peers);
      }),
    );
  });

  it('an endpoint inside the tunnel never becomes a candidate', () => {
    const inside = fc.nat(255).map((last) => answers(SPOKE, `10.9.0.${last}:51820`));
    fc.assert(
      fc.property(inside, fc.constantFrom(SPOKE, HUB), (one, source) => {
        expect(beliefOf(SPOKE, judge([...HUB_SAYS, says(source, one)])).endpoints).toEqual([]);
      }),
    );
  });
});

function STOLEN() {
  return ['10.9.0.4/32', '10.9.0.2/31', '8.8.8.8/32', '0.0.0.0/0', '0.0.0.0/1', '::/0', '10.9.0.0/24'].map(prefix);
}
