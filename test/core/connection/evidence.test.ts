import { describe, expect, it } from 'vitest';
import { decodeEvidence, encodeEvidence, NOTHING_TOLD } from '../../../src/core/connection/evidence.js';
import { NO_EVIDENCE } from '../../../src/core/connection/nat.js';

const MAPPINGS = ['unknown', 'none', 'endpoint-independent', 'address-and-port-dependent'] as const;
const STAYS = [undefined, 'not-trusted', 'not-granted', 'prefix-disputed', 'prefix-withheld'] as const;
const SIGHTINGS = ['none', 'as known', 'another port', 'elsewhere'] as const;
const FLAGS = ['certain', 'passed', 'admits', 'reached', 'isolated'] as const;

describe('what the two ends of a failed attempt tell each other', () => {
  it('goes into two bytes and back, each part of it by itself', () => {
    const told = new Set<number>();
    for (const mapping of MAPPINGS) {
      for (const stays of STAYS) {
        for (const seen of SIGHTINGS) {
          for (let set = 0; set < 2 ** (FLAGS.length + 1); set++) {
            const flags = Object.fromEntries(FLAGS.map((flag, at) => [flag, (set & (1 << at)) !== 0]));
            const nat = { ...NO_EVIDENCE, mapping, ...flags };
            const evidence = { nat, stays, narrow: set >= 2 ** FLAGS.length, seen };
            const bits = encodeEvidence(evidence);
            told.add(bits);
            expect(decodeEvidence(bits)).toEqual(evidence);
          }
        }
      }
    }
    expect(told.size).toBe(MAPPINGS.length * STAYS.length * SIGHTINGS.length * 2 ** (FLAGS.length + 1));
    expect(Math.max(...told)).toBeLessThan(2 ** 16);
  });

  it('is nothing in bytes of zero, and what later versions add is skipped', () => {
    expect(decodeEvidence(0)).toEqual(NOTHING_TOLD);
    expect(decodeEvidence(0xe070)).toEqual(NOTHING_TOLD);
  });
});
