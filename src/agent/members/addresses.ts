/** Which addresses a new member gets: in each network of the hub's interface the lowest that nobody has. Pure. */
import type { TunnelAddress } from '../../core/device.js';
import { isEverything, isLinkLocal } from '../../core/facts/tunnel.js';
import { UserError } from '../../core/errors.js';
import { addressBytes, addressFromBytes, familyOf, type Address } from '../../core/values/address.js';
import { covers, holds, hostPrefix, prefixAddress, prefixLength, type Prefix } from '../../core/values/prefix.js';

export interface Seat {
  readonly address: Address;
  /** The network of the hub's interface that it is in. */
  readonly network: Prefix;
}

/**
 * One seat in each network, `wanted` in its own. `taken` is what the members have by now. Throws `UserError`:
 * `address-taken`, `no-free-address`.
 */
export function seatsIn(
  interfaceName: string,
  tunnel: readonly TunnelAddress[],
  taken: readonly Prefix[],
  wanted?: Address,
): readonly Seat[] {
  const networks = networksOf(tunnel);
  const used = [
    ...tunnel.map(({ address }) => hostPrefix(address)),
    ...taken.filter((prefix) => !isEverything(prefix)),
  ];
  if (wanted !== undefined) checkWanted(wanted, networks, used, interfaceName);
  const seats = networks.flatMap((network) => {
    const address = wanted !== undefined && holds(network, wanted) ? wanted : lowestFree(network, used);
    return address === undefined ? [] : [{ address, network }];
  });
  if (seats.length === 0) throw new UserError('no-free-address', { interface: interfaceName });
  return seats;
}

/** Without one inside another: two addresses of one network are one. */
function networksOf(tunnel: readonly TunnelAddress[]): readonly Prefix[] {
  const all = [...new Set(tunnel.map(({ network }) => network))].filter((network) => !isLinkLocal(network));
  return all.filter((network) => !all.some((other) => other !== network && covers(other, network)));
}

function checkWanted(
  wanted: Address,
  networks: readonly Prefix[],
  used: readonly Prefix[],
  interfaceName: string,
): void {
  const network = networks.find((each) => holds(each, wanted));
  const reason =
    network === undefined
      ? `it is in no network of ${interfaceName}`
      : used.some((prefix) => holds(prefix, wanted))
        ? 'another member, or the hub itself, has it'
        : isSeat(network, numberOf(wanted))
          ? undefined
          : 'it stands for the whole network';
  if (reason !== undefined) throw new UserError('address-taken', { address: wanted, why: reason });
}

/** Goes from each prefix that is in the way to the address after it: as many steps as there are prefixes, at most. */
function lowestFree(network: Prefix, used: readonly Prefix[]): Address | undefined {
  const family = familyOf(prefixAddress(network));
  const last = lastOf(network);
  for (let number = numberOf(prefixAddress(network)); number <= last; number++) {
    const address = addressOf(number, family);
    const inTheWay = used.find((prefix) => holds(prefix, address));
    if (inTheWay !== undefined) number = lastOf(inTheWay);
    else if (isSeat(network, number)) return address;
  }
  return undefined;
}

/** The first address of a network means all of it or its routers (RFC 4291, 2.6.1), and IPv4's last is for broadcasts. */
function isSeat(network: Prefix, number: bigint): boolean {
  const address = prefixAddress(network);
  const bits = (familyOf(address) === 4 ? 32 : 128) - prefixLength(network);
  if (bits <= 1) return true;
  return number !== numberOf(address) && (familyOf(address) === 6 || number !== lastOf(network));
}

const lastOf = (prefix: Prefix): bigint => {
  const address = prefixAddress(prefix);
  const bits = (familyOf(address) === 4 ? 32 : 128) - prefixLength(prefix);
  return numberOf(address) + (1n << BigInt(bits)) - 1n;
};

const numberOf = (address: Address): bigint =>
  addressBytes(address).reduce((number, byte) => (number << 8n) | BigInt(byte), 0n);

function addressOf(number: bigint, family: 4 | 6): Address {
  const length = family === 4 ? 4 : 16;
  const bytes = Uint8Array.from({ length }, (_, at) => Number((number >> BigInt(8 * (length - 1 - at))) & 0xffn));
  const address = addressFromBytes(bytes);
  // Only IPv6 has addresses that are none of ours, IPv4-mapped ones, and no tunnel has such a network.
  if (address === undefined) throw new Error('bug: a number inside a network is an address');
  return address;
}
