/** Parsed values in tests; a typing error in one fails the test that has it. */
import { parseAddress, type Address } from '../../src/core/values/address.js';
import { parseEndpoint, type Endpoint } from '../../src/core/values/endpoint.js';
import { parsePrefix, type Prefix } from '../../src/core/values/prefix.js';

export const address = (text: string): Address => parsed(parseAddress(text), text);
export const endpoint = (text: string): Endpoint => parsed(parseEndpoint(text), text);
export const prefix = (text: string): Prefix => parsed(parsePrefix(text), text);

function parsed<Value>(value: Value | undefined, text: string): Value {
  if (value === undefined) throw new Error(`${text} does not parse`);
  return value;
}
