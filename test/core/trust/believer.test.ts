/** What is believed after claims came and went one by one is what anybody would believe who heard them all at once. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { factId } from '../../../src/core/facts/fact.js';
import { ClaimStore, type Claim } from '../../../src/core/facts/store.js';
import { DEFAULT_POLICY, type Policy } from '../../../src/core/policy.js';
import { Believer } from '../../../src/core/trust/beliefs.js';
import { after, instant, seconds } from '../../../src/core/values/time.js';
import { anyEndpoint, anyFact } from '../support/arbitrary.js';
import { device, devicePeer, host, SELF } from '../support/machine.js';
import { about, answers, holds, HUB, HUB2, HUB_SAYS, OTHER, says, setting, SPOKE } from '../support/network.js';
import { endpoint, key, prefix } from '../support/values.js';

const TWO_HUBS = device(
  devicePeer(HUB, ['10.9.0.0/24'], { at: '192.0.2.1:51820' }),
  devicePeer(HUB2, ['10.9.0.0/16'], { at: '192.0.2.2:51820' }),
);
const WITH_A_PEER = device(
  devicePeer(HUB, ['0.0.0.0/0'], { at: '192.0.2.1:51820' }),
  devicePeer(OTHER, ['192.168.7.0/24']),
);
const GRANTING: Policy = {
  ...DEFAULT_POLICY,
  peers: new Map([[SPOKE, { trust: {}, router: undefined, allowedIps: [prefix('10.9.0.3/32')] }]]),
};
const SETTINGS = [
  setting(),
  setting({ device: TWO_HUBS }),
  setting({ device: TWO_HUBS, policy: GRANTING }),
  setting({ device: WITH_A_PEER }),
  setting({ host: host(['10.9.0.2/16'], ['eth0 10.9.0.200/24']) }),
];

const who = fc.constantFrom(HUB, HUB2, SPOKE, OTHER, SELF, key(5));
const PREFIXES = [
  '10.9.0.3/32',
  '10.9.0.4/32',
  '10.9.0.0/28',
  '10.9.0.0/24',
  '10.9.0.2/32',
  '10.9.0.1/32',
  '0.0.0.0/0',
];
const ENDPOINTS = ['10.9.0.3:51820', '10.9.0.17:51820', '192.0.2.77:51820', '192.0.2.1:51820'];
const fact = fc.oneof(
  anyFact,
  fc.constantFrom(...PREFIXES).map((text) => holds(SPOKE, text)),
  fc.constantFrom(...ENDPOINTS).map((text) => answers(SPOKE, text)),
  anyEndpoint.map((value) => about(SPOKE, 'endpoint', value)),
  fc.constantFrom('00', '11').map((byte) => about(SPOKE, 'alive', byte.repeat(16))),
  fc.constantFrom('nas', 'tv').map((name) => about(SPOKE, 'member', { name, plain: false })),
);
/** Two thirds are such as an honest network has. */
const claim = fc.oneof(
  fc.record({ fact, subject: who, source: who, via: who }),
  fc.record({ fact, subject: who, source: fc.constantFrom(HUB, HUB2) }).map((said) => ({ ...said, via: said.source })),
  fc.record({ fact, source: who, via: fc.constantFrom(HUB, HUB2) }).map((said) => ({ ...said, subject: said.source })),
);

type Happening =
  | { readonly what: 'said' | 'withdrawn'; readonly claims: readonly Claim[] }
  | { readonly what: 'renewed' | 'silenced'; readonly source: Claim['source']; readonly via: Claim['via'] }
  | { readonly what: 'passed'; readonly ms: number };

const claims = fc.array(
  claim.map(({ fact: one, subject, source, via }) => says(source, { ...one, subject }, via)),
  { minLength: 1, maxLength: 4 },
);
const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 4, arbitrary: claims.map((said) => ({ what: 'said', claims: said }) as const) },
  { weight: 2, arbitrary: claims.map((said) => ({ what: 'withdrawn', claims: said }) as const) },
  fc.record({ what: fc.constantFrom('renewed', 'silenced'), source: who, via: who }),
  fc.record({ what: fc.constant('passed'), ms: fc.nat(100_000) }),
);

describe('whatever was said and withdrawn, renewed and has expired', () => {
  it('the beliefs are those of somebody who hears all that is left of it at once', () => {
    fc.assert(
      fc.property(fc.constantFrom(...SETTINGS), fc.array(happening, { maxLength: 25 }), (here, happenings) => {
        const store = new ClaimStore();
        for (const said of HUB_SAYS) store.put(said);
        const believer = new Believer(here, store);
        store.takeChanged();
        let now = 0;
        for (const happens of happenings) {
          now += happens.what === 'passed' ? happens.ms : 1;
          happen(happens, store, now);
          believer.review(store.takeChanged());
          expect(believer.beliefs).toEqual(new Believer(here, store).beliefs);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('what a claim does not concern', () => {
  it('is not judged again', () => {
    const store = new ClaimStore();
    for (const said of HUB_SAYS) store.put(said);
    const believer = new Believer(setting(), store);
    const before = believer.beliefs.peers.get(OTHER);
    store.takeChanged();
    store.put(says(HUB, about(SPOKE, 'endpoint', endpoint('198.51.100.7:4500'))));
    believer.review(store.takeChanged());
    expect(believer.beliefs.peers.get(SPOKE)?.endpoints).toHaveLength(1);
    expect(believer.beliefs.peers.get(OTHER)).toBe(before);
  });
});

function happen(happens: Happening, store: ClaimStore, now: number): void {
  switch (happens.what) {
    case 'said':
      for (const said of happens.claims) store.put({ ...said, expiresAt: after(instant(now), seconds(120)) });
      return;
    case 'withdrawn':
      for (const { fact: one, source, via } of happens.claims) store.withdraw(factId(one), source, via);
      return;
    case 'renewed':
      store.renew(happens.source, happens.via, instant(now));
      return;
    case 'silenced':
      store.dropSource(happens.source, happens.via);
      return;
    case 'passed':
      store.expire(instant(now));
  }
}
