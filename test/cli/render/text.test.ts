import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { age, bytes, columnsOf, duration, shorten, wrap } from '../../../src/cli/render/text.js';

describe('units for people', () => {
  it.each([
    [0, '0 s'],
    [-5, '0 s'],
    [3999, '3 s'],
    [59_999, '59 s'],
    [60_000, '1 min'],
    [3_599_999, '59 min'],
    [7_200_000, '2 h'],
    [86_400_000, '1 d'],
  ])('tell an age of %d ms as %s', (milliseconds, text) => {
    expect(age(milliseconds)).toBe(text);
  });

  it.each([
    [0.04, '0.0 ms'],
    [1.26, '1.3 ms'],
    [9.96, '10 ms'],
    [25.3, '25 ms'],
    [999.6, '1.0 s'],
    [12_345, '12 s'],
  ])('tell a measured %d ms as %s', (milliseconds, text) => {
    expect(duration(milliseconds)).toBe(text);
  });

  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 KiB'],
    [92_160, '90 KiB'],
    [1_234_567, '1.2 MiB'],
    [5e9, '4.7 GiB'],
    [2 ** 63, '8192 PiB'],
  ])('tell %d bytes as %s', (count, text) => {
    expect(bytes(count)).toBe(text);
  });
});

describe('wrapped text', () => {
  it('breaks between words and indents what follows as far as its lead', () => {
    expect(wrap('one two three four', 14, 'why: ')).toBe('why: one two\n     three\n     four');
  });

  it('breaks a word only where no line holds it', () => {
    expect(wrap('an abcdefghij end', 8)).toBe('an\nabcdefgh\nij end');
  });

  it('never has a longer line than asked for, nor loses a character, whatever the text', () => {
    const text = fc
      .array(fc.string({ unit: 'grapheme', maxLength: 40 }), { maxLength: 30 })
      .map((words) => words.join(' '));
    fc.assert(
      fc.property(text, fc.integer({ min: 20, max: 200 }), (sentence, columns) => {
        const wrapped = wrap(sentence, columns, 'x: ');
        for (const line of wrapped.split('\n')) expect(columnsOf(line)).toBeLessThanOrEqual(columns);
        const bare = (value: string): string => value.replaceAll(/\s/g, '');
        const safe = wrap(sentence, 100_000, 'x: ');
        expect(bare(wrapped)).toBe(bare(safe));
      }),
    );
  });
});

describe('shortened text', () => {
  it('shows that something is missing, and counts wide characters as two', () => {
    expect(shorten('laptop', 6)).toBe('laptop');
    expect(shorten('laptops', 6)).toBe('lapto…');
    expect(shorten('東京都庁舎', 6)).toBe('東京…');
  });
});
