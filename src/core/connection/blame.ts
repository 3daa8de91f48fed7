/**
 * Whether a NAT that maps per destination is what keeps two ends apart, and which one, by all that both have seen. What
 * it takes to say so is that nothing speaks against it: such a NAT explains that its own end's packets are dropped at the
 * other one, and nothing else.
 */
import { varies, type NatEvidence, type Sighting } from './nat.js';

/** How each of the two ends saw the other one's packets. */
export interface Sight {
  readonly here: Sighting;
  readonly there: Sighting;
}

/** Nothing came through in either direction. */
export const isDark = ({ here, there }: Sight): boolean => here === 'none' && there === 'none';

/** The one to blame; `undefined` when it is none of them. */
export function natToBlame(here: NatEvidence, there: NatEvidence, sight: Sight): NatEvidence | undefined {
  if (isDark(sight) && (here.isolated || there.isolated)) return undefined;
  const sides = [
    { nat: here, other: there },
    { nat: there, other: here },
  ].filter(({ nat, other }) => explains(nat, other, sight));
  // A certain word first, wherever it comes from: the other end may merely not have kept its port.
  return (sides.find(({ nat }) => nat.certain) ?? sides[0])?.nat;
}

function explains(nat: NatEvidence, other: NatEvidence, sight: Sight): boolean {
  if (!varies(nat)) return false;
  // Where the other end lets in ports that it has not sent to, those packets came in, and the answers to them as well.
  if (other.admits && isKnown(other)) return false;
  // The other end's packets would have come in where others' did: they are sent to the same port, from a known one.
  const mayVary = varies(other) || (other.reached && !isKnown(other));
  return !isDark(sight) || !nat.reached || mayVary;
}

/** Whether how it maps is more than a guess: the one observer there is could have been shown the port that was free. */
const isKnown = ({ mapping, certain }: NatEvidence): boolean => certain || mapping === 'none';
