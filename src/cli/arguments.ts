/** The text of flags and arguments to checked values. Everything that does not fit is a usage error, exit status 2. */
import { UserError } from '../core/errors.js';
import { parseAddress, type Address } from '../core/values/address.js';
import { parseEndpoint, type Endpoint } from '../core/values/endpoint.js';
import { isInterfaceName } from '../core/values/interface-name.js';
import { parseKey, type PublicKey } from '../core/values/key.js';
import { parsePrefix, type Prefix } from '../core/values/prefix.js';

export function interfaceName(text: string): string {
  if (isInterfaceName(text)) return text;
  throw usage(`${JSON.stringify(text)} is no name of an interface.`, 'They are listed by: wg show interfaces');
}

export function wholeNumber(flag: string, text: string, least: number, most: number): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw usage(`${flag} takes a whole number from ${least} to ${most}, not ${JSON.stringify(text)}.`);
}

/** Seconds on the command line, `15` or `0.5`, to milliseconds. `least` and `most` are in seconds. */
export function secondsToMs(flag: string, text: string, least: number, most: number): number {
  const value = /^\d{1,9}(\.\d{1,3})?$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return Math.round(value * 1000);
  throw usage(`${flag} takes seconds from ${least} to ${most}, not ${JSON.stringify(text)}.`);
}

export function endpoint(flag: string, text: string): Endpoint {
  const value = parseEndpoint(text);
  if (value !== undefined) return value;
  throw usage(
    `${flag} takes an address and a port, not ${JSON.stringify(text)}.`,
    'Like 192.0.2.1:51820 or [2001:db8::1]:51820; names are not looked up.',
  );
}

export function publicKey(flag: string, text: string): PublicKey {
  const value = parseKey(text);
  if (value !== undefined) return value;
  throw usage(`${flag} takes a public key, 44 characters of base64, not ${JSON.stringify(text)}.`);
}

export function address(flag: string, text: string): Address {
  const value = parseAddress(text);
  if (value !== undefined) return value;
  throw usage(`${flag} takes an address such as 10.9.0.4, not ${JSON.stringify(text)}.`);
}

/** Separated by commas, as in WireGuard's own files. */
export function prefixes(flag: string, text: string): readonly Prefix[] {
  return text.split(',').map((each) => {
    const value = parsePrefix(each.trim());
    if (value !== undefined) return value;
    throw usage(`${flag} takes prefixes such as 10.9.0.0/24,192.168.7.0/24, not ${JSON.stringify(text)}.`);
  });
}

export const usage = (message: string, help = ''): UserError => new UserError('usage', { message, help });
