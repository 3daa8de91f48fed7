/** Whether a NAT that maps per destination is to blame, by what both ends have seen. */
import { describe, expect, it } from 'vitest';
import { natToBlame, type Sight } from '../../../src/core/connection/blame.js';
import { NO_EVIDENCE, type NatEvidence } from '../../../src/core/connection/nat.js';

const DARK: Sight = { here: 'none', there: 'none' };
/** We hear the other end, and it does not hear us. */
const HEARING: Sight = { here: 'as known', there: 'none' };

const varying = (more: Partial<NatEvidence> = {}): NatEvidence => ({
  ...NO_EVIDENCE,
  mapping: 'address-and-port-dependent',
  ...more,
});
const keeping = (more: Partial<NatEvidence> = {}): NatEvidence => ({
  ...NO_EVIDENCE,
  mapping: 'endpoint-independent',
  ...more,
});

/** Which end's NAT is blamed, seen from either end. */
function blamed(here: NatEvidence, there: NatEvidence, sight: Sight = DARK): 'here' | 'there' | 'none' {
  const nat = natToBlame(here, there, sight);
  const mirrored = natToBlame(there, here, { here: sight.there, there: sight.here });
  // Of two alike each end names its own.
  if (here.certain !== there.certain || here.mapping !== there.mapping) expect(mirrored).toBe(nat);
  if (nat === undefined) return 'none';
  return nat === here ? 'here' : 'there';
}

describe('a NAT that maps per destination', () => {
  it('is to blame where one end has it and nothing speaks against it, heard or not', () => {
    for (const sight of [DARK, HEARING]) {
      expect(blamed(varying(), keeping(), sight)).toBe('here');
      expect(blamed(keeping(), varying({ certain: true }), sight)).toBe('there');
      expect(blamed(keeping(), keeping({ certain: true }), sight)).toBe('none');
    }
  });

  it('is the one that several observers support, where the other end may merely not have kept its port', () => {
    expect(blamed(varying(), varying({ certain: true }))).toBe('there');
    expect(blamed(varying({ certain: true }), varying())).toBe('here');
  });

  it('is no reason where the other end lets in ports that it has not sent to, and maps alike for all', () => {
    expect(blamed(varying(), keeping({ admits: true, certain: true }))).toBe('none');
    expect(blamed(varying(), { ...NO_EVIDENCE, mapping: 'none', admits: true }, HEARING)).toBe('none');
    // Its answers may leave by another port, too.
    expect(blamed(varying(), keeping({ admits: true }))).toBe('here');
    expect(blamed(varying({ certain: true }), varying({ admits: true, certain: true }))).toBe('there');
    expect(blamed(varying({ admits: true, certain: true }), varying({ admits: true, certain: true }))).toBe('none');
  });

  it('is no reason for hearing nothing where it lets in others at the port that a router sees', () => {
    expect(blamed(varying({ reached: true }), keeping())).toBe('none');
    expect(blamed(varying({ reached: true }), keeping({ certain: true, reached: true }))).toBe('none');
    // This one was heard; or its packets may come from a port that nobody was told.
    expect(blamed(varying({ reached: true }), keeping(), HEARING)).toBe('here');
    expect(blamed(varying({ reached: true }), varying({ certain: true }))).toBe('there');
    expect(blamed(varying({ reached: true }), keeping({ reached: true }))).toBe('here');
  });

  it('is no reason where UDP of one end leads to routers only, unless something was heard of it', () => {
    expect(blamed(varying({ certain: true }), keeping({ isolated: true }))).toBe('none');
    expect(blamed(varying({ certain: true, isolated: true }), keeping())).toBe('none');
    expect(blamed(varying({ certain: true }), keeping({ isolated: true }), HEARING)).toBe('here');
  });
});
