/**
 * What each end of an attempt that did not succeed tells the other one, in two bytes: what it has seen of the NAT in
 * front of itself and of the other end's packets, and what keeps it from following at all. It decides nothing but the sentence that explains.
 */
import type { Cause, CauseCode } from '../views.js';
import type { Connection } from './connection.js';
import { causeToStay, distrustsEndpoints } from './explain.js';
import { NO_EVIDENCE, type NatEvidence, type Sighting } from './nat.js';
import type { Scene } from './scene.js';
import { ownNat, seenOf } from './sightings.js';

export interface Evidence {
  readonly nat: NatEvidence;
  /** What keeps that end from connecting, until somebody mends it. */
  readonly stays: StayCode | undefined;
  /** Small packets came through directly, and none of full size. */
  readonly narrow: boolean;
  /** From where that end saw the other's packets come. */
  readonly seen: Sighting;
}

export const NOTHING_TOLD: Evidence = { nat: NO_EVIDENCE, stays: undefined, narrow: false, seen: 'none' };

/** By their number on the wire, from 1 on. Others of the causes to stay pass, or cannot be told. */
const STAYS = ['not-trusted', 'not-granted', 'prefix-disputed', 'prefix-withheld'] as const satisfies CauseCode[];
export type StayCode = (typeof STAYS)[number];

const MAPPINGS = ['unknown', 'none', 'endpoint-independent', 'address-and-port-dependent'] as const;
const MAPPING_BITS = 0x03;
const CERTAIN = 0x04;
const PASSED = 0x08;
const STAY_BITS = 0x70;
const STAY_SHIFT = 4;
const NARROW = 0x80;
const SIGHTINGS = ['none', 'as known', 'another port', 'elsewhere'] as const satisfies Sighting[];
const SIGHTING_BITS = 0x0300;
const SIGHTING_SHIFT = 8;
const ADMITS = 0x0400;
const REACHED = 0x0800;
const ISOLATED = 0x1000;

/** Two bytes of a datagram. */
export function encodeEvidence({ nat, stays, narrow, seen }: Evidence): number {
  const stay = stays === undefined ? 0 : STAYS.indexOf(stays) + 1;
  const flags = [
    nat.certain ? CERTAIN : 0,
    nat.passed ? PASSED : 0,
    narrow ? NARROW : 0,
    nat.admits ? ADMITS : 0,
    nat.reached ? REACHED : 0,
    nat.isolated ? ISOLATED : 0,
  ];
  const numbers = MAPPINGS.indexOf(nat.mapping) | (stay << STAY_SHIFT) | (SIGHTINGS.indexOf(seen) << SIGHTING_SHIFT);
  return flags.reduce((bits, flag) => bits | flag, numbers);
}

/** Numbers and bits that a later version adds are skipped. */
export const decodeEvidence = (bits: number): Evidence => ({
  nat: {
    mapping: MAPPINGS[bits & MAPPING_BITS] ?? 'unknown',
    certain: (bits & CERTAIN) !== 0,
    passed: (bits & PASSED) !== 0,
    admits: (bits & ADMITS) !== 0,
    reached: (bits & REACHED) !== 0,
    isolated: (bits & ISOLATED) !== 0,
  },
  stays: STAYS[((bits & STAY_BITS) >> STAY_SHIFT) - 1],
  narrow: (bits & NARROW) !== 0,
  seen: SIGHTINGS[(bits & SIGHTING_BITS) >> SIGHTING_SHIFT] ?? 'none',
});

/** What there is to tell the peer. */
export const ownEvidence = (connection: Connection, scene: Scene): number =>
  encodeEvidence({
    nat: ownNat(scene),
    stays: whyWeStay(connection, scene),
    narrow: connection.cause?.code === 'mtu',
    seen: seenOf(connection),
  });

/** What keeps us from connecting to the peer for good, as far as the other end may be told. */
export function whyWeStay(connection: Connection, scene: Scene): StayCode | undefined {
  const { peer } = connection;
  if (distrustsEndpoints(scene.belief(peer)) && scene.given(connection).length === 0) return 'not-trusted';
  const code = causeToStay(peer, scene)?.code;
  return STAYS.find((stay) => stay === code);
}

/** The other end's reason, seen from here. */
export function refusedThere(code: StayCode): Cause {
  switch (code) {
    case 'not-trusted':
      return {
        code,
        text: 'The other end does not follow: its configuration does not trust what it is told of this machine. Change "trust" in the configuration there.',
      };
    case 'not-granted':
      return {
        code,
        text: 'The other end does not follow: no router grants this machine an address that may be moved there. See there: wirelink facts --rejected',
      };
    case 'prefix-disputed':
      return {
        code,
        text: 'The other end does not follow: an address of this machine is said to be somebody else’s as well. See there: wirelink facts --rejected',
      };
    case 'prefix-withheld':
      return {
        code,
        text: 'The other end does not follow: something that is routed to this machine has to stay with the router there. See there: wirelink peers',
      };
  }
}
