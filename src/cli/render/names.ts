/** What a peer is called in text: its name, else the beginning of its key. */
import { shortKey, type PublicKey } from '../../core/values/key.js';
import { shorten } from './text.js';

/** Names are other people's and can be long; this many columns tell them apart. */
const LONGEST_LABEL = 20;

export function labelOf(key: PublicKey, name: string | undefined): string {
  return name === undefined || name === '' ? shortKey(key) : shorten(name, LONGEST_LABEL);
}

export type Labels = (key: PublicKey) => string;

/** Labels by key, for the places where only a key is told. */
export function labelsOf(
  peers: readonly { readonly publicKey: PublicKey; readonly name?: string | undefined }[],
  self?: PublicKey,
): Labels {
  const names = new Map(peers.map(({ publicKey, name }) => [publicKey, name]));
  return (key) => (key === self ? 'this machine' : labelOf(key, names.get(key)));
}
