/** Random values of every form that a fact can take. */
import fc from 'fast-check';
import type { Fact } from '../../../src/core/facts/fact.js';
import { addressFromBytes, type Address } from '../../../src/core/values/address.js';
import { toHex } from '../../../src/core/values/bytes.js';
import { endpointOf } from '../../../src/core/values/endpoint.js';
import { keyFromBytes } from '../../../src/core/values/key.js';
import { prefixOf } from '../../../src/core/values/prefix.js';
import { known } from './values.js';

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });

export const anyKey = bytes(32).map((raw) => known(keyFromBytes(raw), 'key'));

/** Without IPv4-mapped ones, which are no addresses here. */
export const anyAddress: fc.Arbitrary<Address> = fc
  .oneof(bytes(4), bytes(16))
  .map((raw) => addressFromBytes(raw))
  .filter((address) => address !== undefined);

export const anyEndpoint = fc.tuple(anyAddress, fc.nat(65535)).map(([address, port]) => endpointOf(address, port));

export const anyPrefix = fc
  .tuple(anyAddress, fc.nat(128))
  .map(([address, length]) => prefixOf(address, length))
  .filter((prefix) => prefix !== undefined);

const anyMember = fc.record(
  {
    name: fc.string({ unit: 'grapheme', maxLength: 12 }).filter((name) => new TextEncoder().encode(name).length <= 64),
    plain: fc.boolean(),
    unknown: fc
      .uniqueArray(
        fc.record({
          key: fc.nat(255).filter((key) => key !== 0x6e && key !== 0x62),
          hex: fc.uint8Array({ maxLength: 20 }).map(toHex),
        }),
        { selector: ({ key }) => key, minLength: 1, maxLength: 4 },
      )
      .map((fields) => fields.toSorted((left, right) => left.key - right.key)),
  },
  { requiredKeys: [] },
);

export const anyFact: fc.Arbitrary<Fact> = fc.oneof(
  fc.record({ subject: anyKey, attribute: fc.constant('alive' as const), value: bytes(16).map(toHex) }),
  fc.record({ subject: anyKey, attribute: fc.constant('endpoint' as const), value: anyEndpoint }),
  fc.record({ subject: anyKey, attribute: fc.constant('allowed-ip' as const), value: anyPrefix }),
  fc.record({ subject: anyKey, attribute: fc.constant('member' as const), value: anyMember }),
);
