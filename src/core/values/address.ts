import ipaddr from 'ipaddr.js';
import type { Brand } from './brand.js';
import { remembered } from './remembered.js';

/** An IP address in canonical text: dotted quad, or RFC 5952. Without a zone; never IPv4-mapped. */
export type Address = Brand<string, 'Address'>;

export type Family = 4 | 6;

/** The address a text names, in canonical form; `undefined` for anything else, also for zones and mapped addresses. */
export function parseAddress(text: string): Address | undefined {
  // The library tries a form by throwing: it must not be asked about the family the text cannot be.
  if (!text.includes(':')) {
    return ipaddr.IPv4.isValidFourPartDecimal(text) ? (ipaddr.IPv4.parse(text).toString() as Address) : undefined;
  }
  if (text.includes('%') || !ipaddr.IPv6.isValid(text)) return undefined;
  const parsed = ipaddr.IPv6.parse(text);
  return parsed.isIPv4MappedAddress() ? undefined : (parsed.toRFC5952String() as Address);
}

/** 4 or 16 bytes to an address; `undefined` for another length and for an IPv4-mapped one. */
export function addressFromBytes(bytes: Uint8Array): Address | undefined {
  if (bytes.length === 4) return `${bytes[0]}.${bytes[1]}.${bytes[2]}.${bytes[3]}` as Address;
  if (bytes.length !== 16) return undefined;
  return parseAddress(new ipaddr.IPv6(Array.from(bytes)).toString());
}

export function addressBytes(address: Address): Uint8Array {
  // An Address was checked when it was made: four numbers need no second parser, which a thousand peers would feel.
  if (familyOf(address) === 4) {
    const [first, second, third, fourth] = address.split('.');
    return Uint8Array.of(Number(first), Number(second), Number(third), Number(fourth));
  }
  return Uint8Array.from(ipaddr.parse(address).toByteArray());
}

export const familyOf = (address: Address): Family => (address.includes(':') ? 6 : 4);

/** What kind of address it is, as far as it decides where the address may be used. */
export type Scope =
  | 'unspecified'
  | 'loopback'
  | 'link-local'
  | 'multicast'
  | 'broadcast'
  | 'private'
  | 'carrier-nat'
  | 'reserved'
  | 'global';

const SCOPES: Readonly<Record<string, Scope>> = {
  unspecified: 'unspecified',
  loopback: 'loopback',
  linkLocal: 'link-local',
  multicast: 'multicast',
  broadcast: 'broadcast',
  private: 'private',
  uniqueLocal: 'private',
  carrierGradeNat: 'carrier-nat',
  unicast: 'global',
  // Ranges for documentation and benchmarks route like any other wherever somebody uses them, labs first of all.
  reserved: 'global',
  benchmarking: 'global',
  '6to4': 'global',
  teredo: 'global',
  rfc6052: 'global',
};

export const scopeOf = remembered((address: Address): Scope => {
  if (address.startsWith('0.') || /^2(4[0-9]|5[0-5])\./.test(address)) {
    if (address === '255.255.255.255') return 'broadcast';
    return address === '0.0.0.0' ? 'unspecified' : 'reserved';
  }
  return SCOPES[ipaddr.parse(address).range()] ?? 'reserved';
});
