/** Which peer a person means: by its key, an unambiguous beginning of it, or its name. */
import { UserError } from '../../core/errors.js';
import { printable } from '../../core/text.js';
import { parseKey, shortKey } from '../../core/values/key.js';
import type { PeerView } from '../../core/views.js';

export type Named = Pick<PeerView, 'publicKey' | 'name'>;

/** Fewer characters of a key fit by accident: with three of them, one pair of peers in 700 networks of a hundred. */
const SHORTEST_BEGINNING = 4;

/** Throws `UserError`: `unknown-peer`, or `ambiguous-peer` with what fits. */
export function findPeer<Peer extends Named>(text: string, peers: readonly Peer[]): Peer {
  const key = parseKey(text);
  const fitting = peers.filter(({ publicKey, name }) => {
    if (key !== undefined) return publicKey === key;
    return name === text || (text.length >= SHORTEST_BEGINNING && publicKey.startsWith(text));
  });
  const [found, ...others] = fitting;
  if (found === undefined) throw new UserError('unknown-peer', { peer: printable(text) });
  if (others.length === 0) return found;
  const matches = fitting.map(({ publicKey, name }) =>
    name === undefined ? publicKey : `${printable(name)} (${shortKey(publicKey)})`,
  );
  throw new UserError('ambiguous-peer', { peer: printable(text), matches: matches.join(', ') });
}
