import { describe, expect, it } from 'vitest';
import { changesBetween, claimId } from '../../../src/cli/watch/changes.js';
import { aCause, aClaim, aHub, anEndpoint, aSpoke, HUB, SPOKE } from '../../support/views.js';

const idOf = ({ publicKey }: { readonly publicKey: string }): string => publicKey;

describe('what changed between two looks', () => {
  it('is all there is at the first', () => {
    expect(changesBetween([], [aHub()], idOf)).toEqual([{ what: 'added', item: aHub() }]);
  });

  it('is what came, what is different, and what has gone, as it was', () => {
    const direct = aSpoke({ path: 'direct' });
    expect(changesBetween([aHub(), aSpoke()], [direct], idOf)).toEqual([
      { what: 'changed', item: direct },
      { what: 'removed', item: aHub() },
    ]);
  });

  it('is nothing where only time has passed, counters have moved and candidates were tried', () => {
    const later = aSpoke({
      rttMs: 60,
      lastContactMs: 13_000,
      rxBytes: 7,
      txBytes: 8,
      retryInMs: 11_000,
      cause: aCause('None has answered for 13 s.', 'udp-blocked'),
      candidates: [{ endpoint: anEndpoint('192.0.2.1:1'), kind: 'host', outcome: 'tried' }],
    });
    expect(changesBetween([aSpoke()], [later], idOf)).toEqual([]);
    expect(changesBetween([aClaim()], [aClaim({ expiresInMs: 1 })], claimId)).toEqual([]);
  });

  it('takes for the same claim what the same source says in the same words', () => {
    expect(changesBetween([aClaim()], [aClaim({ via: HUB })], claimId)).toMatchObject([{ what: 'changed' }]);
    const other = aClaim({ source: SPOKE });
    expect(changesBetween([aClaim()], [other], claimId).map(({ what }) => what)).toEqual(['added', 'removed']);
  });
});
