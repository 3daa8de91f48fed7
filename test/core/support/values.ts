/** Values from text for tests: what is no value is a mistake in the test. */
import { parseAddress, type Address } from '../../../src/core/values/address.js';
import { parseEndpoint, type Endpoint } from '../../../src/core/values/endpoint.js';
import { keyFromBytes, type PublicKey } from '../../../src/core/values/key.js';
import { parsePrefix, type Prefix } from '../../../src/core/values/prefix.js';

export const address = (text: string): Address => known(parseAddress(text), text);
export const endpoint = (text: string): Endpoint => known(parseEndpoint(text), text);
export const prefix = (text: string): Prefix => known(parsePrefix(text), text);

/** The key whose every byte is that number. */
export const key = (number: number): PublicKey => known(keyFromBytes(new Uint8Array(32).fill(number)), `key ${number}`);

export function known<Value>(value: Value | undefined, what: string): Value {
  if (value === undefined) throw new Error(`a test's ${what} is none`);
  return value;
}
