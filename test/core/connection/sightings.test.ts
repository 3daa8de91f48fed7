/** From where the other end's packets come: what it shows, and how an attempt that fails gets to know. */
import { describe, expect, it } from 'vitest';
import type { Candidate } from '../../../src/core/connection/candidates.js';
import { sightingOf } from '../../../src/core/connection/sightings.js';
import { nat, SYMMETRIC } from '../../../src/sim/index.js';
import { mesh } from '../support/mesh.js';
import { endpoint } from '../support/values.js';

const candidate = (text: string, kind: Candidate['kind']): Candidate => ({
  endpoint: endpoint(text),
  kind,
  outcome: 'tried',
});
const CANDIDATES = [
  candidate('203.0.113.3:4000', 'reflexive'),
  candidate('192.168.1.5:51820', 'host'),
  candidate('[2001:db8::5]:51820', 'host'),
];

describe('a packet of the other end', () => {
  it.each([
    ['203.0.113.3:4000', 'as known'],
    ['203.0.113.3:4001', 'another port'],
    ['[2001:db8::5]:51820', 'elsewhere'],
    ['192.168.1.5:51820', 'elsewhere'],
    ['203.0.113.4:4000', 'elsewhere'],
  ])('from %s is one from a place that is: %s', (from, sighting) => {
    expect(sightingOf(endpoint(from), CANDIDATES)).toBe(sighting);
  });

  it('says nothing of NATs where a router in the same network told its endpoint', () => {
    expect(sightingOf(endpoint('192.168.1.5:4000'), [candidate('192.168.1.5:4000', 'reflexive')])).toBe('elsewhere');
  });
});

describe('two ends of which only one is heard', () => {
  /** Maps alike for all, and by another port than the machine's: to the hub it looks like the other one. */
  const SHUFFLING = nat('endpoint-independent', 'address-and-port-dependent', { ports: 'random' });

  it('both blame the NAT that answers from another port, though the hub sees both at ports that are not their own', () => {
    for (const [spokes, symmetric] of [
      [[{ nat: SYMMETRIC }, { nat: SHUFFLING }], 's1'],
      [[{ nat: SHUFFLING }, { nat: SYMMETRIC }], 's2'],
    ] as const) {
      const world = mesh({ spokes });
      world.run(45_000);
      expect(world.runUntil(() => world.view('s1', 's2')?.path === 'relayed', 60_000)).toBeDefined();
      for (const [at, about] of [
        ['s1', 's2'],
        ['s2', 's1'],
      ] as const) {
        const cause = world.view(at, about)?.cause;
        expect(cause?.code).toBe('mapping-varies');
        expect(cause?.text).toContain(`NAT ${at === symmetric ? 'here' : 'there'} gives`);
      }
    }
  });
});
