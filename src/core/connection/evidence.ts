/**
 * What each end of an attempt that did not succeed tells the other one, in one byte: what it has seen of the NAT in front
 * of itself, and what keeps it from following at all. It decides nothing but the sentence that explains.
 */
import type { Cause, CauseCode } from '../views.js';
import type { Connection } from './connection.js';
import { causeToStay, distrustsEndpoints } from './explain.js';
import { NO_EVIDENCE, type NatEvidence } from './nat.js';
import type { Scene } from './scene.js';

export interface Evidence {
  readonly nat: NatEvidence;
  /** What keeps that end from connecting, until somebody mends it. */
  readonly stays: StayCode | undefined;
  /** Small packets came through directly, and none of full size. */
  readonly narrow: boolean;
}

export const NOTHING_TOLD: Evidence = { nat: NO_EVIDENCE, stays: undefined, narrow: false };

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

/** One byte of a datagram. */
export function encodeEvidence({ nat: { mapping, certain, passed }, stays, narrow }: Evidence): number {
  const stay = stays === undefined ? 0 : STAYS.indexOf(stays) + 1;
  const flags = (certain ? CERTAIN : 0) | (passed ? PASSED : 0) | (narrow ? NARROW : 0);
  return MAPPINGS.indexOf(mapping) | flags | (stay << STAY_SHIFT);
}

/** Numbers that a later version adds are skipped. */
export const decodeEvidence = (byte: number): Evidence => ({
  nat: {
    mapping: MAPPINGS[byte & MAPPING_BITS] ?? 'unknown',
    certain: (byte & CERTAIN) !== 0,
    passed: (byte & PASSED) !== 0,
  },
  stays: STAYS[((byte & STAY_BITS) >> STAY_SHIFT) - 1],
  narrow: (byte & NARROW) !== 0,
});

/** What there is to tell the peer. */
export const ownEvidence = (connection: Connection, scene: Scene): number =>
  encodeEvidence({
    nat: scene.ownNat(),
    stays: whyWeStay(connection, scene),
    narrow: connection.cause?.code === 'mtu',
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
