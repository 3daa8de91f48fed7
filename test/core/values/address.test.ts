import { isIPv4, isIPv6 } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressBytes, addressFromBytes, familyOf, parseAddress, scopeOf } from '../../../src/core/values/address.js';
import { isUsableAddress } from '../../../src/core/values/endpoint.js';
import { anyAddress } from '../support/arbitrary.js';
import { address } from '../support/values.js';

const CHARACTERS = Array.from('0123456789abcdef:.%/[]');

describe('an address', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['0:0:0:0:0:0:0:0', '::'],
    ['fe80:0:0:0:0:0:0:0', 'fe80::'],
    ['64:ff9b::192.0.2.1', '64:ff9b::c000:201'],
  ])('is written in one way (RFC 5952): %s as %s', (text, canonical) => {
    expect(parseAddress(text)).toBe(canonical);
  });

  it.each(['', '1.2.3', '1.2.3.256', '01.2.3.4', '0x1.2.3.4', '1.2.3.4 ', '1', 'localhost', '1.2.3.4/32'])(
    'is not %j',
    (text) => {
      expect(parseAddress(text)).toBeUndefined();
    },
  );

  it.each([
    'fe80::1%wg0',
    '::1.2.3.4',
    '::ffff:192.0.2.1',
    '::ffff:c000:201',
    '[::1]',
    ':::',
    '1:2:3:4:5:6:7:8:9',
    'g::',
  ])('is not the IPv6 text %j', (text) => {
    expect(parseAddress(text)).toBeUndefined();
  });

  it('is the same after a way through bytes and through text', () => {
    fc.assert(
      fc.property(anyAddress, (one) => {
        expect(addressFromBytes(addressBytes(one))).toBe(one);
        expect(parseAddress(one)).toBe(one);
        expect(familyOf(one)).toBe(isIPv4(one) ? 4 : 6);
      }),
    );
  });

  it('is read from no text that is none, and never throws', () => {
    const text = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...CHARACTERS), maxLength: 40 }));
    fc.assert(
      fc.property(text, (one) => {
        if (parseAddress(one) !== undefined) expect(isIPv4(one) || isIPv6(one)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it.each([0, 3, 5, 15, 17])('has not %d bytes', (length) => {
    expect(addressFromBytes(new Uint8Array(length))).toBeUndefined();
  });
});

describe('the scope of', () => {
  it.each([
    ['0.0.0.0', 'unspecified'],
    ['::', 'unspecified'],
    ['0.1.2.3', 'reserved'],
    ['127.0.0.1', 'loopback'],
    ['127.255.255.254', 'loopback'],
    ['::1', 'loopback'],
    ['169.254.1.1', 'link-local'],
    ['fe80::1', 'link-local'],
    ['febf::1', 'link-local'],
    ['224.0.0.1', 'multicast'],
    ['239.255.255.250', 'multicast'],
    ['ff02::1', 'multicast'],
    ['240.0.0.1', 'reserved'],
    ['255.255.255.254', 'reserved'],
    ['255.255.255.255', 'broadcast'],
    ['10.0.0.1', 'private'],
    ['172.16.0.1', 'private'],
    ['172.32.0.1', 'global'],
    ['192.168.0.1', 'private'],
    ['fd00::1', 'private'],
    ['100.64.0.1', 'carrier-nat'],
    ['100.128.0.1', 'global'],
    ['192.0.2.1', 'global'],
    ['198.18.0.1', 'global'],
    ['198.51.100.1', 'global'],
    ['8.8.8.8', 'global'],
    ['2001:db8::1', 'global'],
    ['2a00::1', 'global'],
    ['64:ff9b::1', 'global'],
  ])('%s is %s', (text, scope) => {
    expect(scopeOf(address(text))).toBe(scope);
  });

  it('any address is known', () => {
    fc.assert(
      fc.property(anyAddress, (one) => {
        expect(isUsableAddress(one)).toBe(['private', 'carrier-nat', 'global'].includes(scopeOf(one)));
      }),
    );
  });
});
