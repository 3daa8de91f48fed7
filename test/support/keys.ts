/** Keys for tests: any 32 bytes are a public key as far as wirelink can tell. */
import { keyFromBytes, type PublicKey } from '../../src/core/values/key.js';

/** The same number is the same key. */
export function testKey(number: number): PublicKey {
  const key = keyFromBytes(new Uint8Array(32).fill(number));
  if (key === undefined) throw new Error('a key has 32 bytes');
  return key;
}
