import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { endpointAddress, endpointOf, endpointPort, parseEndpoint } from '../../../src/core/values/endpoint.js';
import { anyAddress } from '../support/arbitrary.js';

const CHARACTERS = Array.from('0123456789abcdef:.[]%');

describe('an endpoint', () => {
  it.each([
    ['192.0.2.1:51820', '192.0.2.1:51820'],
    ['[2001:DB8::1]:65535', '[2001:db8::1]:65535'],
    ['192.0.2.1:00080', '192.0.2.1:80'],
  ])('is read from %s as %s', (text, canonical) => {
    expect(parseEndpoint(text)).toBe(canonical);
  });

  it.each([
    '',
    '192.0.2.1',
    '192.0.2.1:',
    '192.0.2.1:0',
    '192.0.2.1:65536',
    '192.0.2.1:-1',
    '[192.0.2.1]:80',
    '2001:db8::1:80',
    '[2001:db8::1]',
    '[fe80::1%eth0]:80',
    'example.org:80',
    '(none)',
    ' 192.0.2.1:80',
  ])('is not %j', (text) => {
    expect(parseEndpoint(text)).toBeUndefined();
  });

  it('falls apart into the address and port it was made of', () => {
    fc.assert(
      fc.property(anyAddress, fc.integer({ min: 1, max: 65535 }), (address, port) => {
        const endpoint = endpointOf(address, port);
        expect(endpointAddress(endpoint)).toBe(address);
        expect(endpointPort(endpoint)).toBe(port);
        expect(parseEndpoint(endpoint)).toBe(endpoint);
      }),
    );
  });

  it('is read from any text without throwing', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...CHARACTERS) }), (text) => {
        const endpoint = parseEndpoint(text);
        if (endpoint !== undefined) expect(parseEndpoint(endpoint)).toBe(endpoint);
      }),
      { numRuns: 500 },
    );
  });
});
