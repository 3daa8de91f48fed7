import { familyOf, parseAddress, scopeOf, type Address } from './address.js';
import type { Brand } from './brand.js';

/** Where UDP goes: `192.0.2.1:51820` or `[2001:db8::1]:51820`. */
export type Endpoint = Brand<string, 'Endpoint'>;

/** The endpoint a text names; `undefined` for anything else, host names and port 0 among it. */
export function parseEndpoint(text: string): Endpoint | undefined {
  const match = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text);
  const address = parseAddress(match?.[1] ?? match?.[2] ?? '');
  const port = Number(match?.[3]);
  if (address === undefined || port < 1 || port > 65535) return undefined;
  if ((match?.[1] === undefined) !== (familyOf(address) === 4)) return undefined;
  return endpointOf(address, port);
}

export function endpointOf(address: Address, port: number): Endpoint {
  return (familyOf(address) === 4 ? `${address}:${port}` : `[${address}]:${port}`) as Endpoint;
}

export const endpointPort = (endpoint: Endpoint): number => Number(endpoint.slice(endpoint.lastIndexOf(':') + 1));

export function endpointAddress(endpoint: Endpoint): Address {
  const text = endpoint.slice(0, endpoint.lastIndexOf(':'));
  return (text.startsWith('[') ? text.slice(1, -1) : text) as Address;
}

/** Whether an address can be the far end of a path at all: neither here, nor everybody, nor nobody. */
export function isUsableAddress(address: Address): boolean {
  const scope = scopeOf(address);
  return scope === 'private' || scope === 'carrier-nat' || scope === 'global';
}
