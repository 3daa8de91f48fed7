import { addressBytes, addressFromBytes, familyOf, parseAddress, type Address } from './address.js';
import type { Brand } from './brand.js';
import { remembered } from './remembered.js';

/** An address and a length, `10.9.0.0/24`, with all host bits zero. */
export type Prefix = Brand<string, 'Prefix'>;

/** The prefix a text names; `undefined` for anything else. Host bits are cleared, as WireGuard itself does it. */
export function parsePrefix(text: string): Prefix | undefined {
  const [addressText = '', lengthText, ...more] = text.split('/');
  const address = parseAddress(addressText);
  if (address === undefined || more.length > 0) return undefined;
  if (lengthText === undefined) return hostPrefix(address);
  if (!/^\d{1,3}$/.test(lengthText)) return undefined;
  return prefixOf(address, Number(lengthText));
}

/** The prefix of that length around an address; `undefined` when the family has no such length. */
export function prefixOf(address: Address, length: number): Prefix | undefined {
  const bytes = addressBytes(address);
  if (!Number.isInteger(length) || length < 0 || length > bytes.length * 8) return undefined;
  const masked = addressFromBytes(bytes.map((byte, at) => byte & maskByte(length, at)));
  return masked === undefined ? undefined : (`${masked}/${length}` as Prefix);
}

export const hostPrefix = (address: Address): Prefix => `${address}/${familyOf(address) === 4 ? 32 : 128}` as Prefix;

export const prefixAddress = (prefix: Prefix): Address => prefix.slice(0, prefix.indexOf('/')) as Address;
export const prefixLength = (prefix: Prefix): number => Number(prefix.slice(prefix.indexOf('/') + 1));
export const isHostPrefix = (prefix: Prefix): boolean => prefix === hostPrefix(prefixAddress(prefix));

/**
 * The family and the bits that are fixed, as text: one prefix covers another when its bits are how the other's begin.
 */
export const prefixBits = remembered((prefix: Prefix): string => {
  return addressBits(prefixAddress(prefix)).slice(0, 1 + prefixLength(prefix));
});

const addressBits = remembered((address: Address): string => {
  const bytes = Array.from(addressBytes(address), (byte) => byte.toString(2).padStart(8, '0'));
  return `${familyOf(address)}${bytes.join('')}`;
});

/** Whether the prefix holds the address. Families never hold each other. */
export const holds = (prefix: Prefix, address: Address): boolean => addressBits(address).startsWith(prefixBits(prefix));

/** Whether `outer` holds every address of `inner`; a prefix covers itself. */
export const covers = (outer: Prefix, inner: Prefix): boolean => prefixBits(inner).startsWith(prefixBits(outer));

export const overlaps = (left: Prefix, right: Prefix): boolean => covers(left, right) || covers(right, left);

function maskByte(length: number, at: number): number {
  const bits = Math.min(8, Math.max(0, length - 8 * at));
  return (0xff00 >> bits) & 0xff;
}
