/** Which endpoints are tried in which order, and which never. */
import { describe, expect, it } from 'vitest';
import { addressesToAsk, planCandidates, type CandidateInput } from '../../../src/core/connection/candidates.js';
import type { Route } from '../../../src/core/device.js';
import { MAX_CANDIDATES } from '../../../src/core/limits.js';
import type { Address } from '../../../src/core/values/address.js';
import { host } from '../support/machine.js';
import { answers, beliefOf, holds, HUB, HUB_SAYS, judge, says, SPOKE } from '../support/network.js';
import { address, endpoint } from '../support/values.js';

const REFLEXIVE = '203.0.113.3:51820';
const SAME_LAN = '192.168.1.9:51820';
const OTHER_LAN = '192.168.7.9:51820';
const PUBLIC = '198.51.100.77:51820';
const GIVEN = '203.0.113.99:4500';

describe('candidates', () => {
  it('are tried by promise: given, same LAN, public, as seen from outside, and private ones elsewhere last', () => {
    expect(plan([OTHER_LAN, PUBLIC, SAME_LAN], { given: [GIVEN] }).map(({ endpoint: each }) => each)).toEqual([
      GIVEN,
      SAME_LAN,
      PUBLIC,
      REFLEXIVE,
      OTHER_LAN,
    ]);
  });

  it('of a private network come before the reflexive one where both ends are behind one NAT', () => {
    const [first] = plan([OTHER_LAN], { ownReflexive: [address('203.0.113.3')] });
    expect(first?.endpoint).toBe(OTHER_LAN);
  });

  it('are tried once each, and not more than MAX_CANDIDATES of them', () => {
    expect(plan([REFLEXIVE], { given: [REFLEXIVE] })).toHaveLength(1);
    const many = Array.from({ length: 40 }, (_, at) => `198.51.100.${at + 1}:51820`);
    expect(plan([], { given: many })).toHaveLength(MAX_CANDIDATES);
  });

  it('are skipped with the reason: inside the tunnel, inside what is routed to the peer, without a route, or through the tunnel', () => {
    const routes = new Map<Address, Route['leaves']>([
      [address('203.0.113.3'), 'tunnel'],
      [address('198.51.100.77'), 'nowhere'],
      [address('192.168.1.9'), 'elsewhere'],
    ]);
    const reasons = plan([PUBLIC, SAME_LAN], {
      given: ['10.9.0.3:51820', '192.168.50.4:51820', '127.0.0.1:1'],
      routes,
    });
    expect(Object.fromEntries(reasons.map((each) => [each.endpoint, each.reason ?? each.outcome]))).toEqual({
      '10.9.0.3:51820': 'inside the tunnel',
      '192.168.50.4:51820': 'inside 192.168.50.0/24, which is routed to the peer',
      '127.0.0.1:1': 'not an address that can be reached',
      [PUBLIC]: 'no route from here',
      [REFLEXIVE]: 'packets to it would leave through the tunnel itself',
      [SAME_LAN]: 'untried',
    });
  });

  it('need their routes known, and so does the peer’s address in the tunnel', () => {
    expect(addressesToAsk(belief([SAME_LAN]), [endpoint(GIVEN)])).toEqual([
      '203.0.113.99',
      '203.0.113.3',
      '192.168.1.9',
      '10.9.0.3',
    ]);
  });
});

interface Changes {
  readonly given?: readonly string[];
  readonly ownReflexive?: CandidateInput['ownReflexive'];
  readonly routes?: ReadonlyMap<Address, Route['leaves']>;
}

/** For a peer that the hub sees at `REFLEXIVE`, that names these endpoints of its own, and has a LAN behind it. */
function plan(own: readonly string[], { given = [], ownReflexive = [], routes = new Map() }: Changes = {}) {
  return planCandidates({
    belief: belief(own),
    given: given.map(endpoint),
    host: host(['10.9.0.2/24'], ['eth0 192.168.1.2/24']),
    ownReflexive,
    route: (each) => routes.get(each),
  });
}

function belief(own: readonly string[]) {
  const claims = [
    ...HUB_SAYS,
    says(HUB, holds(SPOKE, '192.168.50.0/24')),
    says(HUB, answers(SPOKE, REFLEXIVE)),
    ...own.map((text) => says(SPOKE, answers(SPOKE, text), HUB)),
  ];
  return beliefOf(SPOKE, judge(claims));
}
