import { keyFromBytes, type PublicKey } from '../../../src/core/values/key.js';

/** A key that is nothing but different from those of other numbers; its text begins differently, too. */
export function keyOf(number: number): PublicKey {
  const key = keyFromBytes(new Uint8Array(32).fill(number));
  if (key === undefined) throw new Error('32 bytes are a key');
  return key;
}
