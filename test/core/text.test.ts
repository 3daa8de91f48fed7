import { describe, expect, it } from 'vitest';
import { printable } from '../../src/core/text.js';

describe('text that others chose', () => {
  it('is shown as it is when it has no control characters', () => {
    expect(printable('Büro 3, 日本 \\o/')).toBe('Büro 3, 日本 \\o/');
  });

  it('loses the power to steer a terminal', () => {
    expect(printable('a\x1b[2Jb\r\n\x7f\x9b1m')).toBe('a\\x1b[2Jb\\x0d\\x0a\\x7f\\x9b1m');
  });

  it('cannot turn the direction of writing or break a line by Unicode', () => {
    expect(printable('a\u202eb\u2066c\u2028d\u2029e\u200ff')).toBe('a\\u202eb\\u2066c\\u2028d\\u2029e\\u200ff');
  });
});
