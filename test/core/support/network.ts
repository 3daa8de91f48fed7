/** The network that the tests of trust are about: hubs, spokes, and who says what of whom. */
import { Believer, type Belief, type Beliefs, type Setting } from '../../../src/core/trust/beliefs.js';
import type { AttributeName, AttributeValues } from '../../../src/core/facts/attributes.js';
import type { Fact } from '../../../src/core/facts/fact.js';
import { ClaimStore, type Claim } from '../../../src/core/facts/store.js';
import { DEFAULT_POLICY } from '../../../src/core/policy.js';
import { findRouters } from '../../../src/core/trust/routers.js';
import type { PublicKey } from '../../../src/core/values/key.js';
import { after, instant, seconds } from '../../../src/core/values/time.js';
import { device, devicePeer, host, SELF } from './machine.js';
import { endpoint, key, known, prefix } from './values.js';

/** Ours is `SELF`, 10.9.0.2; the hub is 10.9.0.1, the spokes .3 and .4. */
export const [HUB, HUB2, SPOKE, OTHER] = [key(1), key(2), key(3), key(4)];

export function about<Name extends AttributeName>(
  subject: PublicKey,
  attribute: Name,
  value: AttributeValues[Name],
): Fact {
  return { subject, attribute, value } as Fact;
}

export const holds = (subject: PublicKey, text: string): Fact => about(subject, 'allowed-ip', prefix(text));
export const answers = (subject: PublicKey, text: string): Fact => about(subject, 'endpoint', endpoint(text));

/** Said by the source itself, or passed on by a neighbour. */
export function says(source: PublicKey, fact: Fact, via = source, heardAt = 0): Claim {
  const ttl = seconds(120);
  return { fact, source, via, ttl, expiresAt: after(instant(heardAt), ttl) };
}

/** What the hub's own agent says of itself and of its two spokes. */
export const HUB_SAYS: readonly Claim[] = [
  says(HUB, holds(HUB, '10.9.0.1/32')),
  says(HUB, about(SPOKE, 'member', { name: 'nas', plain: false })),
  says(HUB, holds(SPOKE, '10.9.0.3/32')),
  says(HUB, about(OTHER, 'member', { name: 'tv', plain: true })),
  says(HUB, holds(OTHER, '10.9.0.4/32')),
];

type Changes = Partial<Setting> & { readonly hub?: readonly string[] };

/** On a client whose hub holds `hub`, the network 10.9.0.0/24 if nothing else is said. */
export function setting({ hub = ['10.9.0.0/24'], ...changes }: Changes = {}): Setting {
  const input = {
    self: SELF,
    device: device(devicePeer(HUB, hub, { at: '192.0.2.1:51820' })),
    host: host(['10.9.0.2/24', 'fe80::2/64'], ['eth0 192.168.1.2/24']),
    managed: new Set<PublicKey>(),
    moved: [],
    policy: DEFAULT_POLICY,
    ...changes,
  };
  return { routers: findRouters({ ...input, tunnel: input.host.tunnel }), ...input };
}

export function judge(claims: readonly Claim[], changes: Changes = {}): Beliefs {
  const store = new ClaimStore();
  for (const claim of claims) store.put(claim);
  return new Believer(setting(changes), store).beliefs;
}

export function beliefOf(peer: PublicKey, beliefs: Beliefs): Belief {
  return known(beliefs.peers.get(peer), 'peer');
}

/** The reasons for which a fact was refused, each once. */
export function reasons(fact: Fact, { rejected }: Beliefs): readonly string[] {
  const same = rejected.filter(({ claim }) => claim.fact.value === fact.value && claim.fact.subject === fact.subject);
  return [...new Set(same.map(({ reason }) => reason))];
}
