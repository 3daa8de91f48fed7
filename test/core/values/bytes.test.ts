import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteReader, ByteWriter, equalBytes, fromHex, toHex } from '../../../src/core/values/bytes.js';

describe('a uvarint', () => {
  it.each([
    [0, '00'],
    [127, '7f'],
    [128, '8001'],
    [254, 'fe01'],
    [255, 'ff01'],
    [300, 'ac02'],
    [65535, 'ffff03'],
    [0xffffffff, 'ffffffff0f'],
  ])('writes %d as %s, and reads it', (value, hex) => {
    expect(toHex(new ByteWriter().uvarint(value).done())).toBe(hex);
    expect(reader(hex).uvarint()).toBe(value);
  });

  it.each([
    ['that never ends', '80'],
    ['padded with zeroes', '8000'],
    ['of more than 32 bits', 'ffffffff1f'],
    ['of more than five bytes', '808080808001'],
  ])('is none %s', (_, hex) => {
    expect(reader(hex).uvarint()).toBeUndefined();
  });

  it('comes back for every 32-bit number', () => {
    fc.assert(
      fc.property(fc.nat(0xffffffff), (value) => {
        expect(new ByteReader(new ByteWriter().uvarint(value).done()).uvarint()).toBe(value);
      }),
    );
  });
});

describe('bytes', () => {
  it('are read as they were written, and then there are none', () => {
    const bytes = new ByteWriter().u8(0xab).u16(0xcdef).u32(0xfedcba98).bytes(Uint8Array.of(1, 2)).done();
    expect(toHex(bytes)).toBe('abcdeffedcba980102');
    const read = new ByteReader(bytes);
    expect([read.u8(), read.u16(), read.u32()]).toEqual([0xab, 0xcdef, 0xfedcba98]);
    expect(read.remaining).toBe(2);
    expect([...read.rest()]).toEqual([1, 2]);
    expect(read.u8()).toBeUndefined();
    expect(read.rest()).toHaveLength(0);
  });

  it('are not read past the end, and a failed reading takes nothing', () => {
    const read = reader('0102');
    expect([read.u32(), read.take(3), read.take(-1)]).toEqual([undefined, undefined, undefined]);
    expect(read.u16()).toBe(0x0102);
  });

  it('come back from hexadecimal text', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(fromHex(toHex(bytes))).toEqual(bytes);
      }),
    );
    expect(fromHex('ABcd')).toEqual(Uint8Array.of(0xab, 0xcd));
    for (const text of ['a', '0g', ' 00', '0x00']) expect(fromHex(text)).toBeUndefined();
  });

  it('are equal when each of them is', () => {
    expect(equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 2))).toBe(true);
    expect(equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1))).toBe(false);
    expect(equalBytes(Uint8Array.of(1), Uint8Array.of(1, 2))).toBe(false);
    expect(equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 3))).toBe(false);
  });
});

describe('a text of hexadecimal digits', () => {
  it('takes two for each byte', () => {
    expect(toHex(Uint8Array.of(0, 15, 255))).toBe('000fff');
  });
});

function reader(hex: string): ByteReader {
  return new ByteReader(Uint8Array.from(Buffer.from(hex, 'hex')));
}
