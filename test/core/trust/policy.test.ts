import { describe, expect, it } from 'vitest';
import { DEFAULT_POLICY, type PeerPolicy, type Policy } from '../../../src/core/policy.js';
import { findRouters } from '../../../src/core/trust/routers.js';
import type { PublicKey } from '../../../src/core/values/key.js';
import { device, devicePeer, SELF } from '../support/machine.js';
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
import { prefix } from '../support/values.js';

const NOT_TRUSTED = 'the configuration does not trust it about this';
const SEEN = answers(SPOKE, '198.51.100.7:4500');
const OWN = answers(SPOKE, '203.0.113.7:51820');

describe('a peer that is trusted about no endpoint', () => {
  it('is not asked where it answers, nor where we are seen', () => {
    const policy = trusting(SPOKE, { endpoint: 'none' });
    const beliefs = judge([...HUB_SAYS, says(SPOKE, OWN), says(SPOKE, answers(SELF, '203.0.113.5:1'))], { policy });
    expect(beliefOf(SPOKE, beliefs).endpoints).toEqual([]);
    expect(reasons(OWN, beliefs)).toEqual([NOT_TRUSTED]);
    expect(beliefs.observed).toEqual([]);
  });

  it('is believed that it is there, and what it is called', () => {
    const policy = trusting(SPOKE, { endpoint: 'none', allowedIps: 'none' });
    const boot = about(SPOKE, 'alive', '01'.repeat(16));
    const belief = beliefOf(SPOKE, judge([...HUB_SAYS.slice(2), says(SPOKE, boot)], { policy }));
    expect(belief).toMatchObject({ bootId: boot.value, allowedIps: ['10.9.0.3/32'] });
  });
});

describe('a peer that is trusted about anyone’s endpoint', () => {
  it('shows where others answer, as a router would, and nothing else of them', () => {
    const policy = trusting(OTHER, { endpoint: 'anyone' });
    const claims = [
      says(OTHER, SEEN),
      says(OTHER, holds(SPOKE, '10.9.0.9/32')),
      says(OTHER, about(HUB2, 'member', {})),
    ];
    const beliefs = judge([...HUB_SAYS, ...claims], { policy });
    expect(beliefOf(SPOKE, beliefs)).toMatchObject({
      endpoints: [{ endpoint: SEEN.value, kind: 'reflexive', source: OTHER }],
      allowedIps: ['10.9.0.3/32'],
      routers: [HUB],
    });
    expect(beliefs.peers.has(HUB2)).toBe(false);
    expect(reasons(holds(SPOKE, '10.9.0.9/32'), beliefs)).toEqual([NOT_TRUSTED]);
  });
});

describe('a peer that is trusted about no allowed IPs', () => {
  it('keeps what routers grant it, and its own word adds nothing', () => {
    const policy = trusting(SPOKE, { allowedIps: 'none' });
    const inner = holds(SPOKE, '192.168.7.3/32');
    const claims = [...HUB_SAYS, says(HUB, holds(SPOKE, '192.168.7.0/24')), says(SPOKE, inner)];
    const beliefs = judge(claims, { policy, hub: ['10.9.0.0/24', '192.168.0.0/16'] });
    expect(beliefOf(SPOKE, beliefs).allowedIps).toEqual(['10.9.0.3/32', '192.168.7.0/24']);
    expect(reasons(inner, beliefs)).toEqual([NOT_TRUSTED]);
  });
});

describe('a peer that is trusted about anyone’s allowed IPs', () => {
  const policy = trusting(OTHER, { allowedIps: 'anyone' });

  it('grants as a router does, to members', () => {
    const beliefs = judge([...HUB_SAYS, says(OTHER, holds(SPOKE, '10.9.0.30/32'))], { policy });
    expect(beliefOf(SPOKE, beliefs).allowedIps).toEqual(['10.9.0.3/32', '10.9.0.30/32']);
  });

  it('moves nothing where a router says otherwise', () => {
    const claims = [says(HUB, about(HUB2, 'member', {})), says(OTHER, holds(HUB2, '10.9.0.3/32'))];
    const beliefs = judge([...HUB_SAYS, ...claims], { policy });
    expect(beliefOf(SPOKE, beliefs)).toMatchObject({ allowedIps: [], disputed: ['10.9.0.3/32'] });
    expect(beliefOf(HUB2, beliefs).allowedIps).toEqual([]);
  });

  it('makes nobody a member', () => {
    expect(judge([says(OTHER, holds(HUB2, '10.9.0.5/32')), ...HUB_SAYS], { policy }).peers.has(HUB2)).toBe(false);
  });
});

describe('a peer that is trusted about membership', () => {
  it('has its peers in the network, though no router has them, and passes on what they say of themselves', () => {
    const policy = trusting(OTHER, { membership: 'anyone' });
    const claims = [says(OTHER, about(HUB2, 'member', {})), says(HUB2, about(HUB2, 'alive', '02'.repeat(16)), OTHER)];
    const belief = beliefOf(HUB2, judge([...HUB_SAYS, ...claims], { policy }));
    expect(belief).toMatchObject({ member: true, routers: [], bootId: '02'.repeat(16) });
  });
});

describe('a router that is trusted less', () => {
  it('about membership has nobody in the network by its word alone', () => {
    const beliefs = judge(HUB_SAYS, { policy: trusting(HUB, { membership: 'none' }) });
    expect([...beliefs.peers.keys()]).toEqual([HUB]);
  });

  it('about allowed IPs grants nothing, and its peers are members all the same', () => {
    const beliefs = judge(HUB_SAYS, { policy: trusting(HUB, { allowedIps: 'granted' }) });
    expect(beliefOf(SPOKE, beliefs)).toMatchObject({ member: true, allowedIps: [], grants: [], routers: [HUB] });
    expect(reasons(holds(SPOKE, '10.9.0.3/32'), beliefs)).toEqual([NOT_TRUSTED]);
  });

  it('about endpoints shows nobody’s but its own', () => {
    const claims = [...HUB_SAYS, says(HUB, SEEN), says(SPOKE, OWN, HUB)];
    const belief = beliefOf(SPOKE, judge(claims, { policy: trusting(HUB, { endpoint: 'self' }) }));
    expect(belief).toMatchObject({ seen: false, endpoints: [{ endpoint: OWN.value, kind: 'host' }] });
  });
});

describe('allowed IPs of the configuration', () => {
  const lan = '192.168.7.0/24';
  const hub = ['10.9.0.0/24', '192.168.0.0/16'];

  it('are granted to a member, and can be claimed within', () => {
    const policy = granting(SPOKE, lan);
    const beliefs = judge([...HUB_SAYS, says(SPOKE, holds(SPOKE, '192.168.7.3/32'))], { policy, hub });
    expect(beliefOf(SPOKE, beliefs)).toMatchObject({ allowedIps: ['10.9.0.3/32', lan], notGranted: [] });
    expect(beliefOf(SPOKE, beliefs).grants).toContainEqual({ prefix: lan, by: [SELF] });
    expect(beliefs.rejected).toEqual([]);
  });

  it('make nobody a member', () => {
    expect(judge([], { policy: granting(SPOKE, lan), hub }).peers.has(SPOKE)).toBe(false);
  });

  it('give way to a router that has them on another peer: neither moves them', () => {
    const policy = granting(SPOKE, '10.9.0.4/32');
    const beliefs = judge(HUB_SAYS, { policy });
    expect(beliefOf(SPOKE, beliefs).allowedIps).toEqual(['10.9.0.3/32']);
    expect(beliefOf(OTHER, beliefs)).toMatchObject({ allowedIps: [], disputed: ['10.9.0.4/32'] });
  });

  it('are held to what nobody may have', () => {
    const policy = granting(SPOKE, '10.9.0.2/32', '8.8.8.8/32');
    const beliefs = judge(HUB_SAYS, { policy });
    expect(beliefOf(SPOKE, beliefs).allowedIps).toEqual(['10.9.0.3/32']);
    expect(reasons(holds(SPOKE, '10.9.0.2/32'), beliefs)).toEqual(['it covers an address of our own']);
    expect(reasons(holds(SPOKE, '8.8.8.8/32'), beliefs)).toEqual([
      'it lies outside all that is routed into the tunnel here',
    ]);
  });
});

describe('prefixes that may move', () => {
  it('are those of the configuration and all within; what else a peer carries keeps it on the router', () => {
    const policy = { ...DEFAULT_POLICY, move: [prefix('10.9.0.0/24')] };
    const lan = holds(SPOKE, '192.168.7.0/24');
    const beliefs = judge([...HUB_SAYS, says(HUB, lan)], { policy, hub: ['10.0.0.0/8', '192.168.0.0/16'] });
    expect(beliefOf(SPOKE, beliefs)).toMatchObject({ allowedIps: ['10.9.0.3/32'], withheld: ['192.168.7.0/24'] });
    expect(reasons(lan, beliefs)).toEqual(['it lies outside all that the configuration lets move']);
  });
});

describe('a peer that the configuration calls', () => {
  const peers = device(devicePeer(HUB, ['10.9.0.0/24']), devicePeer(SPOKE, ['10.8.0.0/24']));
  const routers = (policy: Policy): readonly PublicKey[] => {
    const { host, managed, moved } = setting();
    return findRouters({ device: peers, tunnel: host.tunnel, managed, moved, policy });
  };

  it('a router is one, and one that it does not call so is none', () => {
    expect(routers(DEFAULT_POLICY)).toEqual([HUB]);
    expect(routers(deciding(SPOKE, { router: true }))).toEqual([HUB, SPOKE]);
    expect(routers(deciding(HUB, { router: false }))).toEqual([]);
  });

  it('a router is none while it is not on the interface', () => {
    expect(routers(deciding(OTHER, { router: true }))).toEqual([HUB]);
  });
});

function deciding(peer: PublicKey, decided: Partial<PeerPolicy>): Policy {
  return { ...DEFAULT_POLICY, peers: new Map([[peer, { trust: {}, router: undefined, allowedIps: [], ...decided }]]) };
}

function trusting(peer: PublicKey, trust: PeerPolicy['trust']): Policy {
  return deciding(peer, { trust });
}

const granting = (peer: PublicKey, ...allowedIps: readonly string[]): Policy =>
  deciding(peer, { allowedIps: allowedIps.map(prefix) });
