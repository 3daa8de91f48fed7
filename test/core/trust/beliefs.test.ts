import { describe, expect, it } from 'vitest';
import type { Fact } from '../../../src/core/facts/fact.js';
import { DEFAULT_POLICY } from '../../../src/core/policy.js';
import { MAX_REJECTED } from '../../../src/core/trust/beliefs.js';
import { MAX_ENDPOINTS } from '../../../src/core/trust/candidates.js';
import { endpointOf } from '../../../src/core/values/endpoint.js';
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
import { address, key } from '../support/values.js';

const BOOT = '00'.repeat(16);

describe('before anybody has said anything', () => {
  it("the user's peers are members, and nothing is moved to them", () => {
    const spoke = devicePeer(SPOKE, ['192.168.7.0/24']);
    const beliefs = judge([], { device: device(devicePeer(HUB, ['10.9.0.0/24']), spoke) });
    expect([...beliefs.peers.keys()]).toEqual([HUB, SPOKE]);
    expect(beliefOf(SPOKE, beliefs)).toMatchObject({
      member: true,
      allowedIps: [],
      grants: [{ prefix: '192.168.7.0/24', by: [SELF] }],
      routers: [],
      plain: false,
      seen: false,
    });
  });
});

describe('a router', () => {
  it('is believed in what its own device holds', () => {
    const belief = beliefOf(SPOKE, judge([...HUB_SAYS, says(HUB, answers(SPOKE, '198.51.100.7:4500'))]));
    expect(belief).toEqual({
      publicKey: SPOKE,
      name: 'nas',
      namedBy: 'router',
      member: true,
      allowedIps: ['10.9.0.3/32'],
      overlay: '10.9.0.3',
      grants: [{ prefix: '10.9.0.3/32', by: [HUB] }],
      endpoints: [{ endpoint: '198.51.100.7:4500', kind: 'reflexive', source: HUB }],
      plain: false,
      routers: [HUB],
      seen: true,
      disputed: [],
      withheld: [],
      notGranted: [],
      distrusted: [],
    });
  });

  it('is not believed in what it merely heard', () => {
    const fact = answers(SPOKE, '198.51.100.7:4500');
    const stranger = judge([...HUB_SAYS, says(OTHER, fact, HUB)]);
    expect(reasons(fact, stranger)).toEqual(['only the peer itself or a router may say this']);
    const secondHub = says(HUB, holds(OTHER, '10.9.0.9/32'), SPOKE);
    expect(judge([...HUB_SAYS, secondHub]).rejected.map(({ reason }) => reason)).toEqual([
      "a router's word about others counts first hand only",
    ]);
  });

  it('is given no allowed IPs, whatever it says of itself', () => {
    const beliefs = judge([says(HUB, holds(HUB, '10.9.0.1/32')), says(HUB, holds(HUB, '0.0.0.0/0'))]);
    expect(beliefOf(HUB, beliefs)).toMatchObject({ allowedIps: [], notGranted: [] });
    expect(beliefs.rejected).toEqual([]);
  });

  it("makes nobody a member by having seen an endpoint, and cannot say that another's agent runs", () => {
    const beliefs = judge([says(HUB, answers(SPOKE, '198.51.100.7:4500'))]);
    expect(beliefs.peers.has(SPOKE)).toBe(false);
    expect(reasons(answers(SPOKE, '198.51.100.7:4500'), beliefs)).toEqual(['no router has this peer on its device']);
    const alive = about(SPOKE, 'alive', BOOT);
    expect(reasons(alive, judge([...HUB_SAYS, says(HUB, alive)]))).toEqual(['only the peer itself may say this']);
  });
});

describe('a peer about itself', () => {
  it('is believed first hand and through a router', () => {
    for (const via of [SPOKE, HUB]) {
      const own = [about(SPOKE, 'alive', BOOT), answers(SPOKE, '192.168.1.3:51820')].map((fact) =>
        says(SPOKE, fact, via),
      );
      const belief = beliefOf(SPOKE, judge([...HUB_SAYS, ...own]));
      expect(belief.bootId).toBe(BOOT);
      expect(belief.endpoints).toEqual([{ endpoint: '192.168.1.3:51820', kind: 'host', source: SPOKE }]);
    }
  });

  it('is not believed through a peer that is no router', () => {
    const fact = answers(SPOKE, '192.168.1.3:51820');
    const beliefs = judge([...HUB_SAYS, says(SPOKE, fact, OTHER)]);
    expect(beliefOf(SPOKE, beliefs).endpoints).toEqual([]);
    expect(reasons(fact, beliefs)).toEqual(['passed on by a peer that is no router']);
  });

  it('is not heard when no router has it', () => {
    const fact = answers(SPOKE, '192.168.1.3:51820');
    const beliefs = judge([says(SPOKE, fact)], { managed: new Set([SPOKE]) });
    expect(beliefs.peers.has(SPOKE)).toBe(false);
    expect(reasons(fact, beliefs)).toEqual(['no router has this peer on its device']);
  });

  it('has the name of the configuration, else the one a router gives, else its own, and it is told whose', () => {
    const own = says(SPOKE, about(SPOKE, 'member', { name: 'own' }), HUB);
    const held = says(HUB, holds(SPOKE, '10.9.0.3/32'));
    const named = says(HUB, about(SPOKE, 'member', { name: 'routers' }));
    expect(beliefOf(SPOKE, judge([held, own]))).toMatchObject({ name: 'own', namedBy: 'itself' });
    expect(beliefOf(SPOKE, judge([held, own, named]))).toMatchObject({ name: 'routers', namedBy: 'router' });
    const policy = { ...DEFAULT_POLICY, names: new Map([[SPOKE, 'given']]) };
    const configured = beliefOf(SPOKE, judge([held, own, named], { policy }));
    expect(configured).toMatchObject({ name: 'given', namedBy: 'configuration' });
    expect(beliefOf(SPOKE, judge([held]))).not.toHaveProperty('namedBy');
  });

  it('runs WireGuard only while a router says so and no agent of its own is heard', () => {
    expect(beliefOf(OTHER, judge(HUB_SAYS)).plain).toBe(true);
    expect(beliefOf(SPOKE, judge(HUB_SAYS)).plain).toBe(false);
    expect(beliefOf(OTHER, judge([...HUB_SAYS, says(OTHER, about(OTHER, 'alive', BOOT), HUB)])).plain).toBe(false);
  });

  it('runs an agent when one router has heard it, though another has not', () => {
    const claims = [HUB, HUB2].map((hub) => says(hub, about(SPOKE, 'member', { plain: hub === HUB2 })));
    const hubs = device(devicePeer(HUB, ['10.9.0.0/24']), devicePeer(HUB2, ['10.0.0.0/8']));
    expect(beliefOf(SPOKE, judge(claims, { device: hubs })).plain).toBe(false);
  });

  it('has, of two boot ids, the one it said last', () => {
    const [old, young] = ['01'.repeat(16), '02'.repeat(16)];
    const claims = [
      says(SPOKE, about(SPOKE, 'alive', young), HUB, 9),
      says(SPOKE, about(SPOKE, 'alive', old), SPOKE, 8),
    ];
    expect(beliefOf(SPOKE, judge([...HUB_SAYS, ...claims])).bootId).toBe(young);
  });
});

describe('anybody else', () => {
  it('is not believed about others', () => {
    for (const fact of [
      answers(OTHER, '198.51.100.9:1'),
      holds(OTHER, '10.9.0.4/32'),
      about(OTHER, 'member', { name: 'x' }),
    ]) {
      const beliefs = judge([...HUB_SAYS, says(SPOKE, fact)]);
      expect(reasons(fact, beliefs)).toEqual(['only the peer itself or a router may say this']);
      expect(beliefOf(OTHER, beliefs)).toEqual(beliefOf(OTHER, judge(HUB_SAYS)));
    }
  });
});

describe('an endpoint is refused that', () => {
  it.each([
    ['is loopback', '127.0.0.1:51820', "loopback addresses are no other machine\'s"],
    ['is IPv6 loopback', '[::1]:51820', "loopback addresses are no other machine\'s"],
    ['is link-local', '[fe80::5]:51820', "link-local addresses are no other machine\'s"],
    ['is multicast', '224.0.0.251:5353', "multicast addresses are no other machine\'s"],
    ['is broadcast', '255.255.255.255:9', "broadcast addresses are no other machine\'s"],
    ['is the broadcast address of our LAN', '192.168.1.255:9', 'it is a broadcast address here'],
    ['is unspecified', '0.0.0.0:9', "unspecified addresses are no other machine\'s"],
    ['lies in the tunnel network', '10.9.0.3:51820', 'it lies inside the tunnel'],
    ['is our own', '192.168.1.2:51820', 'it is our own endpoint'],
  ])('%s', (_, text, reason) => {
    for (const source of [SPOKE, HUB]) {
      const beliefs = judge([...HUB_SAYS, says(source, answers(SPOKE, text))]);
      expect(beliefOf(SPOKE, beliefs).endpoints).toEqual([]);
      expect(reasons(answers(SPOKE, text), beliefs)).toEqual([reason]);
    }
  });

  it('has port 0', () => {
    const fact = about(SPOKE, 'endpoint', endpointOf(address('198.51.100.7'), 0));
    expect(reasons(fact, judge([...HUB_SAYS, says(HUB, fact)]))).toEqual(['there is no port 0']);
  });

  it("lies in a LAN that is routed to that peer, or is any peer's address in the tunnel, also behind a full tunnel", () => {
    const site = says(HUB, holds(SPOKE, '192.168.50.0/24'));
    const lan = answers(SPOKE, '192.168.50.3:51820');
    const overlay = answers(SPOKE, '10.9.0.4:51820');
    const outside = answers(SPOKE, '198.51.100.7:51820');
    const claims = [...HUB_SAYS, site, ...[lan, overlay, outside].map((fact) => says(SPOKE, fact))];
    const beliefs = judge(claims, { hub: ['0.0.0.0/0'], host: setting().host });
    expect(beliefOf(SPOKE, beliefs).endpoints.map(({ endpoint }) => endpoint)).toEqual([outside.value]);
    expect(reasons(lan, beliefs)).toEqual([
      "it lies inside 192.168.50.0/24, which is the peer's own and inside the tunnel",
    ]);
    expect(reasons(overlay, beliefs)).toHaveLength(1);
  });

  it("is another peer's address in the tunnel, where our own address tells nothing of its network", () => {
    const overlay = answers(SPOKE, '10.9.0.4:51820');
    const beliefs = judge([...HUB_SAYS, says(SPOKE, overlay)], { hub: ['0.0.0.0/0'], host: host(['10.9.0.2/32']) });
    expect(reasons(overlay, beliefs)).toEqual(['it is an address inside the tunnel']);
  });

  it("lies in a network that is routed into the tunnel, be it another peer's", () => {
    const fact = answers(SPOKE, '192.168.60.3:51820');
    const beliefs = judge([...HUB_SAYS, says(SPOKE, fact)], { hub: ['10.9.0.0/24', '192.168.60.0/24'] });
    expect(reasons(fact, beliefs)).toEqual(['it lies inside the tunnel']);
  });
});

describe('endpoints', () => {
  it('of a peer that the hub sends everything to may be anywhere', () => {
    const seen = answers(SPOKE, '198.51.100.7:51820');
    const claims = [...HUB_SAYS, says(HUB, holds(SPOKE, '0.0.0.0/0')), says(HUB, seen)];
    expect(beliefOf(SPOKE, judge(claims, { hub: ['0.0.0.0/0'] })).endpoints).toHaveLength(1);
  });

  it("that a router sees unchanged are the host's own", () => {
    const fact = answers(SPOKE, '198.51.100.7:51820');
    const belief = beliefOf(SPOKE, judge([...HUB_SAYS, says(SPOKE, fact), says(HUB, fact)]));
    expect(belief.endpoints).toEqual([{ endpoint: fact.value, kind: 'host', source: SPOKE }]);
  });

  it('are so many at most, and what a router sees is never crowded out', () => {
    const own = Array.from({ length: 40 }, (_, at) => says(SPOKE, answers(SPOKE, `10.1.0.${at + 1}:51820`)));
    const seen = says(HUB, answers(SPOKE, '198.51.100.7:4500'));
    const beliefs = judge([...HUB_SAYS, ...own, seen]);
    expect(beliefOf(SPOKE, beliefs).endpoints).toHaveLength(MAX_ENDPOINTS);
    expect(beliefOf(SPOKE, beliefs).endpoints[0]?.source).toBe(HUB);
    expect(beliefs.rejected).toHaveLength(41 - MAX_ENDPOINTS);
  });
});

describe('what is said of ourselves', () => {
  it('is our endpoint as each neighbour sees it, and nothing else', () => {
    const beliefs = judge([
      ...HUB_SAYS,
      says(SPOKE, answers(SELF, '203.0.113.5:7777')),
      says(HUB, answers(SELF, '203.0.113.5:4444')),
      says(HUB, holds(SELF, '10.9.0.2/32')),
      says(HUB, about(SELF, 'member', { name: 'me' })),
    ]);
    expect(beliefs.observed).toEqual([
      { by: HUB, endpoint: '203.0.113.5:4444' },
      { by: SPOKE, endpoint: '203.0.113.5:7777' },
    ]);
    expect(beliefs.peers.has(SELF)).toBe(false);
    expect(beliefs.rejected).toEqual([]);
  });

  it('is refused where it cannot be', () => {
    const inside = answers(SELF, '10.9.0.2:51820');
    const beliefs = judge([says(HUB, inside)]);
    expect(beliefs.observed).toEqual([]);
    expect(reasons(inside, beliefs)).toEqual(['it lies inside the tunnel']);
  });

  it('is refused when it claims to come from us', () => {
    const fact = holds(SELF, '10.9.0.2/32');
    expect(reasons(fact, judge([says(SELF, fact, SPOKE)]))).toEqual([
      'it says to come from this machine, which did not say it',
    ]);
  });

  it('is our own business where we say it ourselves', () => {
    expect(judge([says(SELF, holds(SELF, '10.9.0.2/32')), says(SELF, holds(SPOKE, '8.8.8.8/32'))]).rejected).toEqual(
      [],
    );
  });
});

describe('refusals', () => {
  it('are kept, the newest first, up to a bound', () => {
    const claims = Array.from({ length: 300 }, (_, at) =>
      says(key(50), answers(OTHER, `198.51.100.7:${at + 1}`), key(50), at),
    );
    const { rejected } = judge(claims);
    expect(rejected).toHaveLength(MAX_REJECTED);
    expect(rejected[0]?.claim.fact).toEqual(answers(OTHER, '198.51.100.7:300') satisfies Fact);
  });
});
