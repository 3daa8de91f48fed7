import { sha1 } from '@noble/hashes/legacy.js';
import { addressFromBytes, type Address } from './address.js';
import type { Brand } from './brand.js';
import { remembered } from './remembered.js';

/** A WireGuard public key: 32 bytes in base64, 44 characters, as `wg` prints it. */
export type PublicKey = Brand<string, 'PublicKey'>;

export const KEY_BYTES = 32;

/** The key a text names; `undefined` for anything that does not decode to exactly 32 bytes, in the one spelling. */
export function parseKey(text: string): PublicKey | undefined {
  if (!/^[A-Za-z0-9+/]{43}=$/.test(text)) return undefined;
  const key = keyFromBytes(Uint8Array.from(atob(text), (character) => character.charCodeAt(0)));
  return key === text ? key : undefined;
}

export function keyFromBytes(bytes: Uint8Array): PublicKey | undefined {
  if (bytes.length !== KEY_BYTES) return undefined;
  return btoa(String.fromCharCode(...bytes)) as PublicKey;
}

/** Not to be written to: the same bytes are handed out for the same key. */
export const keyBytes = remembered((key: PublicKey): Uint8Array => {
  return Uint8Array.from(atob(key), (character) => character.charCodeAt(0));
});

/** Enough of a key for a person to tell peers apart. */
export const shortKey = (key: PublicKey): string => key.slice(0, 8);

/** The link-local address of a key: fe80::/64 and the first 8 bytes of the SHA-1 of the raw key (wire-format). */
export const linkLocal = remembered((key: PublicKey): Address => {
  const bytes = new Uint8Array(16);
  bytes.set([0xfe, 0x80]);
  bytes.set(sha1(keyBytes(key)).subarray(0, 8), 8);
  const address = addressFromBytes(bytes);
  if (address === undefined) throw new Error('bug: a link-local address is always one');
  return address;
});
