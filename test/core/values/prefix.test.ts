import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressBytes, familyOf } from '../../../src/core/values/address.js';
import {
  covers,
  holds,
  hostPrefix,
  isHostPrefix,
  overlaps,
  parsePrefix,
  prefixAddress,
  prefixLength,
  prefixOf,
  type Prefix,
} from '../../../src/core/values/prefix.js';
import { PrefixIndex } from '../../../src/core/values/prefix-index.js';
import { anyAddress, anyPrefix } from '../support/arbitrary.js';
import { address, prefix } from '../support/values.js';

/** Few bits that differ, so that random prefixes often cover one another. */
const closePrefix = fc
  .tuple(fc.nat(15), fc.integer({ min: 24, max: 32 }), fc.boolean())
  .map(([low, length, six]) =>
    six ? parsePrefix(`fd00::${low.toString(16)}/${length + 96}`) : parsePrefix(`10.0.0.${low * 16}/${length}`),
  )
  .filter((one) => one !== undefined);

describe('a prefix', () => {
  it.each([
    ['10.9.0.7/24', '10.9.0.0/24'],
    ['10.9.0.7', '10.9.0.7/32'],
    ['2001:DB8::1/32', '2001:db8::/32'],
    ['fe80::1', 'fe80::1/128'],
    ['255.255.255.255/0', '0.0.0.0/0'],
    ['10.255.0.0/9', '10.128.0.0/9'],
  ])('is read from %s as %s', (text, canonical) => {
    expect(parsePrefix(text)).toBe(canonical);
  });

  it.each([
    '',
    '10.0.0.0/',
    '10.0.0.0/33',
    '::/129',
    '10.0.0.0/-1',
    '10.0.0.0/8/8',
    '10.0.0.0/8.5',
    '10.0.0.0/255.0.0.0',
    'x/8',
  ])('is not %j', (text) => {
    expect(parsePrefix(text)).toBeUndefined();
  });

  it('reads back as it is written, and has no host bits', () => {
    fc.assert(
      fc.property(anyPrefix, (one) => {
        expect(parsePrefix(one)).toBe(one);
        expect(prefixOf(prefixAddress(one), prefixLength(one))).toBe(one);
      }),
    );
  });

  it('holds an address exactly when their first bits are the same', () => {
    fc.assert(
      fc.property(anyPrefix, anyAddress, fc.nat(128), (one, other, length) => {
        const around = prefixOf(other, length);
        for (const each of around === undefined ? [one] : [one, around]) {
          const same =
            familyOf(prefixAddress(each)) === familyOf(other) &&
            firstBits(prefixAddress(each), each) === firstBits(other, each);
          expect(holds(each, other)).toBe(same);
        }
      }),
    );
  });

  it('covers itself and what is narrower inside it, never what is wider', () => {
    expect(covers(prefix('10.9.0.0/24'), prefix('10.9.0.128/25'))).toBe(true);
    expect(covers(prefix('10.9.0.0/24'), prefix('10.9.0.0/24'))).toBe(true);
    expect(covers(prefix('10.9.0.0/24'), prefix('10.9.0.0/16'))).toBe(false);
    expect(covers(prefix('0.0.0.0/0'), prefix('::/0'))).toBe(false);
  });

  it('overlaps another exactly when one covers the other', () => {
    expect(overlaps(prefix('10.9.0.0/16'), prefix('10.9.3.0/24'))).toBe(true);
    expect(overlaps(prefix('10.9.3.0/24'), prefix('10.9.0.0/16'))).toBe(true);
    expect(overlaps(prefix('10.9.3.0/24'), prefix('10.9.4.0/24'))).toBe(false);
  });

  it('is a host prefix when it holds one address', () => {
    expect(isHostPrefix(prefix('10.9.0.1/32'))).toBe(true);
    expect(isHostPrefix(prefix('fd00::1/128'))).toBe(true);
    expect(isHostPrefix(prefix('fd00::/32'))).toBe(false);
    expect(hostPrefix(address('fd00::1'))).toBe('fd00::1/128');
  });
});

describe('an index of prefixes', () => {
  it('finds what a search through all of them would find', () => {
    fc.assert(
      fc.property(fc.uniqueArray(closePrefix), closePrefix, (all, one) => {
        const index = new PrefixIndex(all.map((each): [Prefix, Prefix] => [each, each]));
        const around = all
          .filter((each) => covers(each, one))
          .toSorted((left, right) => prefixLength(right) - prefixLength(left));
        expect(index.covering(one)).toEqual(around);
        expect([...index.within(one)].toSorted()).toEqual(all.filter((each) => covers(one, each)).toSorted());
      }),
      { numRuns: 300 },
    );
  });

  it('answers the same whether entries were there from the beginning, came later or went', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(closePrefix),
        fc.uniqueArray(closePrefix),
        fc.uniqueArray(closePrefix),
        closePrefix,
        (first, later, gone, one) => {
          const index = new PrefixIndex(first.map((each): [Prefix, Prefix] => [each, each]));
          for (const each of later) index.set(each, each);
          for (const each of gone) index.delete(each);
          const left = [...new Set([...first, ...later])].filter((each) => !gone.includes(each));
          const atOnce = new PrefixIndex(left.map((each): [Prefix, Prefix] => [each, each]));
          expect(index.size).toBe(left.length);
          expect(index.covering(one)).toEqual(atOnce.covering(one));
          expect([...index.within(one)]).toEqual([...atOnce.within(one)]);
          expect(index.overlaps(one)).toBe(left.some((each) => overlaps(each, one)));
          expect(index.get(one)).toBe(left.find((each) => each === one));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('keeps families apart, also where everything is meant', () => {
    const index = new PrefixIndex([[prefix('0.0.0.0/0'), 'everything']]);
    expect(index.covering(prefix('10.0.0.1'))).toEqual(['everything']);
    expect(index.covering(prefix('fd00::1'))).toEqual([]);
  });
});

function firstBits(of: Parameters<typeof addressBytes>[0], one: Prefix): string {
  const bits = Array.from(addressBytes(of), (byte) => byte.toString(2).padStart(8, '0')).join('');
  return bits.slice(0, prefixLength(one));
}
