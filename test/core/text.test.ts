import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printable, toJson, toJsonLine } from '../../src/core/text.js';

const DANGEROUS = [
  ['an escape sequence', '\u001b[31m'],
  ['an 8-bit escape sequence', '\u009b31m'],
  ['a line end', '\n'],
  ['a carriage return', '\r'],
  ['a bell', '\u0007'],
  ['delete', '\u007f'],
  ['right-to-left override', '\u202e'],
  ['an isolate', '\u2066'],
  ['a zero-width space', '\u200b'],
  ['a line separator', '\u2028'],
  ['a tag character', '\u{e0041}'],
  ['half a surrogate pair', '\ud800'],
] as const;

describe('text that a peer had a hand in', () => {
  it.each(DANGEROUS)('is shown without %s', (_, text) => {
    expect(printable(`a${text}b`)).toMatch(/^a\\u\{[0-9a-f]+\}.*b$/);
    expect(toJson(`a${text}b`)).not.toContain(text[0] === '\u001b' ? '\u001b' : text);
  });

  it('keeps letters, accents, other scripts and a backslash as they are', () => {
    expect(printable('Büro 東京 😀 ñ \\o/')).toBe('Büro 東京 😀 ñ \\o/');
  });

  it('parses back from JSON to what it was, whatever it is', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary', maxDepth: 2 }), (value) => {
        const plain: unknown = JSON.parse(JSON.stringify(value));
        expect(JSON.parse(toJson(value))).toEqual(plain);
        expect(JSON.parse(toJsonLine(value))).toEqual(plain);
        expect(toJsonLine(value)).not.toContain('\n');
      }),
    );
  });

  it('never lets a control character through, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(printable(text)).not.toMatch(/[\p{Cc}\p{Cs}\u200b-\u200f\u2028-\u202e\u2066-\u2069]/u);
        expect(toJson({ text })).not.toMatch(/[^\P{Cc}\n]|[\p{Cs}\u200b-\u200f\u2028-\u202e\u2066-\u2069]/u);
      }),
    );
  });
});
