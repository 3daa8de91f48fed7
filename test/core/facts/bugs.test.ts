/** Values that no reader makes and that cannot be sent: whoever hands one in has a bug, and is told so. */
import { describe, expect, it } from 'vitest';
import { encodeFact } from '../../../src/core/facts/encoding.js';
import type { Fact } from '../../../src/core/facts/fact.js';
import { key } from '../support/values.js';

const subject = key(1);

describe('encoding', () => {
  it.each<[string, Fact]>([
    ['a boot id that is too short', { subject, attribute: 'alive', value: '00ff' }],
    ['a boot id that is not hexadecimal', { subject, attribute: 'alive', value: 'x'.repeat(32) }],
    ['a name that is too long', { subject, attribute: 'member', value: { name: 'x'.repeat(65) } }],
    ['a field that is not hexadecimal', { subject, attribute: 'member', value: { unknown: [{ key: 1, hex: 'no' }] } }],
  ])('refuses %s', (_, fact) => {
    expect(() => encodeFact(fact, 255)).toThrow('bug');
  });
});
