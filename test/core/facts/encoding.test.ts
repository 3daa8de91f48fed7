import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeFact, encodeFact, readFact, type Decoded } from '../../../src/core/facts/encoding.js';
import { factId, formatValue, type Fact } from '../../../src/core/facts/fact.js';
import { ByteReader, fromHex, toHex } from '../../../src/core/values/bytes.js';
import { endpointOf } from '../../../src/core/values/endpoint.js';
import { keyFromBytes } from '../../../src/core/values/key.js';
import { anyFact } from '../support/arbitrary.js';
import { address, endpoint, known, prefix } from '../support/values.js';

const PUB_A = '07a37cbc142093c8b755dc1b10e86cb426374ad16aa853ed0bdfc0b2b86d1c7c';
const subject = known(keyFromBytes(hex(PUB_A)), 'key');

/** The published vectors: the inner facts of its two signed groups. */
const VECTORS: readonly { fact: Fact; ttl: number; bytes: string }[] = [
  {
    fact: { subject, attribute: 'alive', value: '0f1e2d3c4b5a49788796a5b4c3d2e1f0' },
    ttl: 255,
    bytes: `21ff01${PUB_A}0f1e2d3c4b5a49788796a5b4c3d2e1f0`,
  },
  {
    fact: { subject, attribute: 'endpoint', value: endpoint('192.0.2.10:51820') },
    ttl: 254,
    bytes: `65fe01${PUB_A}c000020aca6c`,
  },
  {
    fact: { subject, attribute: 'allowed-ip', value: prefix('2001:db8:1::/48') },
    ttl: 254,
    bytes: `41fe01${PUB_A}20010db800010000000000000000000030`,
  },
  {
    fact: { subject, attribute: 'member', value: { name: 'hub', plain: false } },
    ttl: 254,
    bytes: `4dfe01${PUB_A}086e03687562620100`,
  },
];

describe('the encoding of facts', () => {
  it.each(VECTORS)('writes and reads the published vector of $fact.attribute', ({ fact, ttl, bytes }) => {
    expect(toHex(encodeFact(fact, ttl))).toBe(bytes);
    expect(decodeFact(hex(bytes))).toEqual({ fact, ttl });
  });

  it('reads the facts of the second vector one after the other', () => {
    const [alive, ...others] = VECTORS;
    const inOrder = [...others, known(alive, 'vector')];
    const reader = new ByteReader(hex(inOrder.map(({ bytes }) => bytes).join('')));
    expect(inOrder.map(() => readFact(reader))).toEqual(inOrder.map(({ fact, ttl }) => ({ fact, ttl })));
    expect(reader.remaining).toBe(0);
  });

  it.each([
    ['IPv6 endpoint', 'endpoint', endpoint('[2001:db8::1]:51820'), '20010db8000000000000000000000001ca6c', '45'],
    ['IPv4 allowed IP', 'allowed-ip', prefix('10.9.0.0/24'), '0a09000018', '61'],
  ] as const)('gives an %s the byte of its family', (_, attribute, value, encoded, byte) => {
    const fact = { subject, attribute, value } as Fact;
    expect(toHex(encodeFact(fact, 0))).toBe(`${byte}00${PUB_A}${encoded}`);
  });

  it('brings any fact back as it was', () => {
    fc.assert(
      fc.property(anyFact, fc.nat(65535), (fact, ttl) => {
        expect(decodeFact(encodeFact(fact, ttl))).toEqual({ fact, ttl });
      }),
    );
  });

  it('answers any bytes without throwing, and what it reads survives being written', () => {
    const announced = fc.tuple(
      fc.constantFrom(0x21, 0x65, 0x45, 0x61, 0x41, 0x4d, 0x6d),
      fc.uint8Array({ maxLength: 80 }),
    );
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 120 }),
      announced.map(([first, rest]) => Uint8Array.of(first, ...rest)),
    );
    fc.assert(
      fc.property(bytes, (raw) => {
        const decoded = decodeFact(raw);
        if ('problem' in decoded) return;
        expect(decodeFact(encodeFact(decoded.fact, decoded.ttl))).toEqual(decoded);
      }),
      { numRuns: 500 },
    );
  });

  it('refuses every cut of a fact', () => {
    for (const { bytes } of VECTORS) {
      for (let length = 0; length < bytes.length; length += 2)
        expect(problem(bytes.slice(0, length))).toBe('malformed');
    }
  });

  it.each([
    ['an IPv4-mapped endpoint', `4501${PUB_A}00000000000000000000ffffc000020aca6c`],
    ['an IPv4-mapped allowed IP', `4101${PUB_A}00000000000000000000ffffc000020a80`],
    ['an IPv4 prefix longer than 32', `6101${PUB_A}0a09000021`],
    ['an IPv6 prefix longer than 128', `4101${PUB_A}20010db800010000000000000000000081`],
    ['host bits in an IPv4 prefix', `6101${PUB_A}0a09000118`],
    ['host bits in an IPv6 prefix', `4101${PUB_A}20010db800010000000000000000000130`],
    ['a member whose length passes the end', `4d01${PUB_A}086e036875`],
    ['a member field that passes the member', `4d01${PUB_A}036e0368`],
    ['a repeated member key', `4d01${PUB_A}066e01616e0162`],
    ['a name longer than 64 bytes', `4d01${PUB_A}436e41${'61'.repeat(65)}`],
    ['a name that is no UTF-8', `4d01${PUB_A}036e01ff`],
    ['a plain field of two bytes', `4d01${PUB_A}0462020100`],
    ['a ttl of 65536', `21808004${PUB_A}0f1e2d3c4b5a49788796a5b4c3d2e1f0`],
    ['a ttl padded with zeroes', `21818000${PUB_A}0f1e2d3c4b5a49788796a5b4c3d2e1f0`],
    ['a byte behind the fact', `6501${PUB_A}c000020aca6c00`],
    ['nothing at all', ''],
  ])('calls %s malformed', (_, bytes) => {
    expect(problem(bytes)).toBe('malformed');
  });

  it.each([
    ['0x00', '00'],
    ['0xff', 'ff'],
    ['a signed group', '53'],
  ])('does not know the attribute %s', (_, byte) => {
    expect(problem(`${byte}00${PUB_A}`)).toBe('unknown-attribute');
  });

  it('accepts the legacy member and sends the new one', () => {
    const decoded = decodeFact(hex(`6d01${PUB_A}`));
    expect(decoded).toEqual({ fact: { subject, attribute: 'member', value: {} }, ttl: 1 });
    expect(toHex(encodeFact({ subject, attribute: 'member', value: {} }, 1))).toBe(`4d01${PUB_A}00`);
  });

  it('keeps the keys of a member that it does not know', () => {
    const value = { unknown: [{ key: 0x78, hex: 'beef' }] };
    expect(decodeFact(hex(`4d01${PUB_A}047802beef`))).toEqual({
      fact: { subject, attribute: 'member', value },
      ttl: 1,
    });
  });

  it('carries port 0, so that trust can refuse it with a reason', () => {
    const value = endpointOf(address('192.0.2.10'), 0);
    expect(decodeFact(hex(`6501${PUB_A}c000020a0000`))).toEqual({
      fact: { subject, attribute: 'endpoint', value },
      ttl: 1,
    });
  });

  it.each([-1, 0.5, 65536])('takes a ttl of %d for a bug', (ttl) => {
    expect(() => encodeFact({ subject, attribute: 'member', value: {} }, ttl)).toThrow('bug');
  });
});

describe('the identity of facts', () => {
  it('is the same exactly for the same subject, attribute and value', () => {
    fc.assert(
      fc.property(anyFact, anyFact, (left, right) => {
        const same = toHex(encodeFact(left, 0)) === toHex(encodeFact(right, 0));
        expect(factId(left) === factId(right)).toBe(same);
      }),
    );
  });

  it('does not depend on the order in which unknown member keys came', () => {
    const fields = [
      { key: 1, hex: '01' },
      { key: 2, hex: '02' },
    ];
    const member = (unknown: typeof fields): Fact => ({ subject, attribute: 'member', value: { unknown } });
    expect(factId(member(fields))).toBe(factId(member(fields.toReversed())));
  });

  it('is text that begins with subject and attribute', () => {
    expect(factId({ subject, attribute: 'allowed-ip', value: prefix('10.9.0.3') })).toBe(
      `${subject} allowed-ip 10.9.0.3/32`,
    );
  });
});

describe('a value for people', () => {
  it.each([
    [{ name: 'hub' }, 'hub'],
    [{ name: 'printer', plain: true }, 'printer (WireGuard only)'],
    [{ plain: true }, '(WireGuard only)'],
    [{}, '-'],
  ])('of the member %j is %j', (value, text) => {
    expect(formatValue({ subject, attribute: 'member', value })).toBe(text);
  });

  it('of an endpoint is its text', () => {
    expect(formatValue({ subject, attribute: 'endpoint', value: endpoint('[2001:db8::1]:1') })).toBe('[2001:db8::1]:1');
  });
});

function hex(text: string): Uint8Array {
  return known(fromHex(text), 'hexadecimal text');
}

function problem(text: string): string | undefined {
  const decoded: Decoded = decodeFact(hex(text));
  return 'problem' in decoded ? decoded.problem : undefined;
}
