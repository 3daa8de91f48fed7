import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seatsIn } from '../../../src/agent/members/addresses.js';
import type { TunnelAddress } from '../../../src/core/device.js';
import { UserError } from '../../../src/core/errors.js';
import { parseAddress, type Address } from '../../../src/core/values/address.js';
import { holds, parsePrefix, prefixLength, type Prefix } from '../../../src/core/values/prefix.js';

const address = (text: string): Address => known(parseAddress(text));
const prefix = (text: string): Prefix => known(parsePrefix(text));

/** As `ip address` has it: `10.9.0.1/24`. */
const on = (...texts: readonly string[]): readonly TunnelAddress[] =>
  texts.map((text) => ({ address: address(text.replace(/\/.*/, '')), network: prefix(text) }));

const seats = (tunnel: readonly TunnelAddress[], taken: readonly string[], wanted?: string): readonly string[] =>
  seatsIn('wg0', tunnel, taken.map(prefix), wanted === undefined ? undefined : address(wanted)).map(
    (seat) => `${seat.address}/${prefixLength(seat.network)}`,
  );

describe('a new member', () => {
  it.each([
    [['10.9.0.1/24'], [], ['10.9.0.2/24']],
    [['10.9.0.1/24'], ['10.9.0.2/32', '10.9.0.3/32', '10.9.0.5/32'], ['10.9.0.4/24']],
    [['10.9.0.254/24'], [], ['10.9.0.1/24']],
    [['10.9.0.1/24'], ['10.9.0.0/25'], ['10.9.0.128/24']],
    [['10.9.0.1/30'], [], ['10.9.0.2/30']],
    [['10.9.0.0/31'], [], ['10.9.0.1/31']],
    [['fd00:9::1/64'], [], ['fd00:9::2/64']],
    [['fd00:9::1/64'], ['fd00:9::/65'], ['fd00:9:0:0:8000::/64']],
    [['10.9.0.1/24', 'fd00:9::1/64', 'fe80::1/64'], ['10.9.0.2/32'], ['10.9.0.3/24', 'fd00:9::2/64']],
    [['10.9.0.1/24', '10.9.0.2/32'], [], ['10.9.0.3/24']],
    [['10.9.0.1/24'], ['0.0.0.0/0', '::/0'], ['10.9.0.2/24']],
    [['10.9.0.1/30', 'fd00:9::1/64'], ['10.9.0.2/32'], ['fd00:9::2/64']],
  ])('of a hub with %j and members with %j gets %j', (tunnel, taken, expected) => {
    expect(seats(on(...tunnel), taken)).toEqual(expected);
  });

  it('gets the address that was asked for, and the next free one in the other networks', () => {
    expect(seats(on('10.9.0.1/24', 'fd00:9::1/64'), [], '10.9.0.77')).toEqual(['10.9.0.77/24', 'fd00:9::2/64']);
  });

  it.each([
    ['10.8.0.2', 'it is in no network of wg0'],
    ['10.9.0.1', 'another member, or the hub itself, has it'],
    ['10.9.0.5', 'another member, or the hub itself, has it'],
    ['10.9.0.0', 'it stands for the whole network'],
    ['10.9.0.255', 'it stands for the whole network'],
  ])('does not get %s: %s', (wanted, why) => {
    expect(() => seats(on('10.9.0.1/24'), ['10.9.0.5/32'], wanted)).toThrow(
      new UserError('address-taken', { address: wanted, why }),
    );
  });

  it.each([
    [['10.9.0.1/30'], ['10.9.0.2/32']],
    [['10.9.0.1/32'], []],
    [['fe80::1/64'], []],
    [[], []],
  ])('of a hub with %j and members with %j gets nothing, and the administrator is told', (tunnel, taken) => {
    expect(() => seats(on(...tunnel), taken)).toThrow(new UserError('no-free-address', { interface: 'wg0' }));
  });

  it('never gets what another one has, until there is nothing left', () => {
    const length = fc.integer({ min: 20, max: 32 });
    const held = fc.array(fc.tuple(fc.integer({ min: 0, max: 4095 }), length), { maxLength: 40 });
    fc.assert(
      fc.property(held, fc.integer({ min: 20, max: 30 }), (some, bits) => {
        const taken = some.map(([host, own]) => `10.9.${host >> 8}.${host & 255}/${own}`);
        const tunnel = on(`10.9.0.1/${bits}`);
        const free = (candidate: Address): boolean =>
          candidate !== '10.9.0.1' && !taken.map(prefix).some((each) => holds(each, candidate));
        const all = Array.from({ length: 2 ** (32 - bits) - 2 }, (_, at) =>
          address(`10.9.${(at + 1) >> 8}.${(at + 1) & 255}`),
        );
        const lowest = all.find(free);
        if (lowest === undefined) expect(() => seats(tunnel, taken)).toThrow(UserError);
        else expect(seats(tunnel, taken)).toEqual([`${lowest}/${bits}`]);
      }),
      { numRuns: 60 },
    );
  });
});

function known<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('the test itself gives a value that is none');
  return value;
}
