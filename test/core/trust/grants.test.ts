import { describe, expect, it } from 'vitest';
import { Grants } from '../../../src/core/trust/grants.js';
import type { PublicKey } from '../../../src/core/values/key.js';
import { key, prefix } from '../support/values.js';

const [HUB, OTHER_HUB, SPOKE, OTHER] = [key(1), key(2), key(3), key(4)];
const NAMES = new Map([
  [HUB, 'hub'],
  [OTHER_HUB, 'other hub'],
  [SPOKE, 'spoke'],
  [OTHER, 'other'],
]);

describe('what speaks against a prefix that a router holds for a peer', () => {
  it('is nothing when nobody holds it', () => {
    expect(contest('10.9.0.3/32', held(SPOKE, HUB, '10.9.0.4/32'))).toBeUndefined();
  });

  it('is nothing when all agree, and when one router holds more around it for another peer', () => {
    const grants = held(SPOKE, HUB, '10.9.0.3/32');
    expect(contest('10.9.0.3/32', grants)).toBeUndefined();
    give(grants, OTHER, HUB, '10.9.0.0/24');
    expect(contest('10.9.0.3/32', grants)).toBeUndefined();
  });

  it('is that two routers hold it for two peers, but not when one of those is a router itself', () => {
    const grants = held(SPOKE, HUB, '10.9.0.3/32');
    give(grants, OTHER_HUB, OTHER_HUB, '10.9.0.3/32');
    expect(contest('10.9.0.3/32', grants)).toBeUndefined();
    give(grants, OTHER, OTHER_HUB, '10.9.0.3/32');
    expect(contest('10.9.0.3/32', grants)).toEqual({
      code: 'disputed',
      reason: 'routers grant it to spoke and to other',
      whole: true,
    });
  });

  it('is that another router, which does not hold it, sends what is around it to another peer', () => {
    const grants = held(SPOKE, HUB, '10.9.0.3/32');
    give(grants, OTHER, OTHER_HUB, '10.9.0.0/24');
    expect(contest('10.9.0.3/32', grants)).toMatchObject({
      reason: 'routers disagree: one grants 10.9.0.0/24 around it to other',
      whole: true,
    });
  });

  it('is that a part of it is somebody else’s', () => {
    const grants = held(SPOKE, HUB, '10.9.0.0/24');
    give(grants, OTHER, HUB, '10.9.0.3/32');
    expect(contest('10.9.0.0/24', grants)).toMatchObject({
      reason: 'a part of it, 10.9.0.3/32, is granted to other',
      whole: false,
    });
  });

  it('ends with the grant', () => {
    const grants = held(SPOKE, HUB, '10.9.0.0/24');
    give(grants, OTHER, HUB, '10.9.0.3/32');
    expect(grants.set(OTHER, [])).toEqual([prefix('10.9.0.3/32')]);
    expect(contest('10.9.0.0/24', grants)).toBeUndefined();
  });
});

function held(subject: PublicKey, by: PublicKey, text: string): Grants {
  const grants = new Grants(new Set([HUB, OTHER_HUB]), (named) => NAMES.get(named) ?? '?');
  give(grants, subject, by, text);
  return grants;
}

function give(grants: Grants, subject: PublicKey, by: PublicKey, text: string): void {
  grants.set(subject, [{ prefix: prefix(text), by }]);
}

const contest = (text: string, grants: Grants): ReturnType<Grants['contest']> => grants.contest(prefix(text));
