import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHex } from '../../../src/core/values/bytes.js';
import { keyBytes, keyFromBytes, linkLocal, parseKey, shortKey } from '../../../src/core/values/key.js';
import { anyKey } from '../support/arbitrary.js';
import { known } from '../support/values.js';

const EXAMPLE = '6X/iz1GyW9euj9JIdP7PUl14eoWyoQiAa+BDTB38GhE=';

describe('a public key', () => {
  it('reads back from its text and from its bytes', () => {
    fc.assert(
      fc.property(anyKey, (key) => {
        expect(parseKey(key)).toBe(key);
        expect(keyFromBytes(keyBytes(key))).toBe(key);
        expect(Buffer.from(key, 'base64')).toEqual(Buffer.from(keyBytes(key)));
      }),
    );
  });

  it.each([
    ['nothing', ''],
    ['31 bytes', Buffer.alloc(31).toString('base64')],
    ['33 bytes', Buffer.alloc(33).toString('base64')],
    ['bits behind the last byte', EXAMPLE.replace('E=', 'F=')],
    ['the URL alphabet', EXAMPLE.replace('/', '_')],
    ['no padding', EXAMPLE.slice(0, -1)],
    ['a space', `${EXAMPLE} `],
    ['hexadecimal digits', 'e9'.repeat(32)],
  ])('is not %s', (_, text) => {
    expect(parseKey(text)).toBeUndefined();
  });

  it('has 32 bytes', () => {
    expect(keyFromBytes(new Uint8Array(31))).toBeUndefined();
    expect(keyFromBytes(new Uint8Array(33))).toBeUndefined();
  });

  it('is known to people by its beginning', () => {
    expect(shortKey(known(parseKey(EXAMPLE), 'key'))).toBe('6X/iz1Gy');
  });
});

describe('the link-local address of a key', () => {
  it.each([
    [Buffer.from(EXAMPLE, 'base64').toString('hex'), 'fe80::afec:ee83:716b:51ac'],
    ['07a37cbc142093c8b755dc1b10e86cb426374ad16aa853ed0bdfc0b2b86d1c7c', 'fe80::6a0:4f25:cc20:b818'],
    ['64b101b1d0be5a8704bd078f9895001fc03e8e9f9522f188dd128d9846d48466', 'fe80::bece:f0ac:5820:6b24'],
  ])('is that of the published vectors: %s has %s', (hex, address) => {
    expect(linkLocal(known(keyFromBytes(known(fromHex(hex), 'bytes')), 'key'))).toBe(address);
  });
});
