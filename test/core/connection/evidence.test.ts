import { describe, expect, it } from 'vitest';
import { decodeEvidence, encodeEvidence, NOTHING_TOLD } from '../../../src/core/connection/evidence.js';

const MAPPINGS = ['unknown', 'none', 'endpoint-independent', 'address-and-port-dependent'] as const;
const STAYS = [undefined, 'not-trusted', 'not-granted', 'prefix-disputed', 'prefix-withheld'] as const;

describe('what the two ends of a failed attempt tell each other', () => {
  it('goes into one byte and back', () => {
    const bytes = new Set<number>();
    for (const mapping of MAPPINGS) {
      for (const stays of STAYS) {
        for (const [certain, passed] of [
          [false, false],
          [true, false],
          [false, true],
          [true, true],
        ] as const) {
          const evidence = { nat: { mapping, certain, passed }, stays, narrow: certain && passed };
          const byte = encodeEvidence(evidence);
          bytes.add(byte);
          expect(decodeEvidence(byte)).toEqual(evidence);
        }
      }
    }
    expect(bytes.size).toBe(MAPPINGS.length * STAYS.length * 4);
  });

  it('is nothing in a byte of zero, and reasons of later versions are none', () => {
    expect(decodeEvidence(0)).toEqual(NOTHING_TOLD);
    expect(decodeEvidence(0x70)).toEqual(NOTHING_TOLD);
  });
});
