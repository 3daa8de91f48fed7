/**
 * What is never accepted, whoever says it: prefixes whose move would break the tunnel or take what the user gave to
 * somebody else, and endpoints that cannot be one. The answer is why, `undefined` when nothing is wrong.
 */
import type { DevicePeer, DeviceSnapshot, HostSnapshot } from '../device.js';
import { insideTunnel, isEverything, touchesLinkLocal } from '../facts/tunnel.js';
import { addressBytes, familyOf, scopeOf, type Address } from '../values/address.js';
import { endpointAddress, endpointPort, isUsableAddress, type Endpoint } from '../values/endpoint.js';
import type { PublicKey } from '../values/key.js';
import { holds, hostPrefix, isHostPrefix, prefixAddress, prefixLength, type Prefix } from '../values/prefix.js';
import { PrefixIndex } from '../values/prefix-index.js';
import { refusal, type Refusal } from './belief.js';
import type { Grants } from './grants.js';
import type { ClaimOf } from './hearing.js';

export interface Surroundings {
  readonly device: DeviceSnapshot;
  readonly host: HostSnapshot;
  /** The user's own peers, moved prefixes included. */
  readonly configured: readonly DevicePeer[];
  readonly routers: ReadonlySet<PublicKey>;
  readonly call: (key: PublicKey) => string;
}

export class ForbiddenPrefixes {
  readonly #own: readonly Address[];
  readonly #routers: ReadonlyMap<Address, PublicKey>;
  readonly #taken: PrefixIndex<{ readonly prefix: Prefix; readonly peer: PublicKey }>;
  readonly #routed: PrefixIndex<Prefix>;
  readonly #movable: PrefixIndex<Prefix> | undefined;
  readonly #call: (key: PublicKey) => string;

  /**
   * `ofRouters` is what routers say of their own allowed IPs; `move` are the prefixes that the configuration lets move,
   * if it says anything about that.
   */
  constructor(
    { host, configured, routers, call }: Surroundings,
    ofRouters: readonly ClaimOf<'allowed-ip'>[],
    move: readonly Prefix[] | undefined,
  ) {
    const others = configured.filter(({ publicKey }) => !routers.has(publicKey));
    const routing = configured.filter(({ publicKey }) => routers.has(publicKey));
    this.#own = host.tunnel.map(({ address }) => address);
    this.#routers = routerAddresses(routing, ofRouters);
    this.#taken = new PrefixIndex(
      others.flatMap(({ publicKey: peer, allowedIps }) => allowedIps.map((prefix) => [prefix, { prefix, peer }])),
    );
    this.#routed = new PrefixIndex(routing.flatMap(({ allowedIps }) => allowedIps.map((prefix) => [prefix, prefix])));
    this.#movable = move && new PrefixIndex(move.map((prefix) => [prefix, prefix]));
    this.#call = call;
  }

  refusal(prefix: Prefix): Refusal | undefined {
    if (touchesLinkLocal(prefix))
      return refusal('link-local', 'link-local addresses come from keys, nobody can claim them');
    if (this.#own.some((address) => holds(prefix, address)))
      return refusal('own-address', 'it covers an address of our own');
    for (const [address, router] of this.#routers) {
      if (holds(prefix, address))
        return refusal('router-address', `it covers ${address}, an address of the router ${this.#call(router)}`);
    }
    const taken = this.#taken.covering(prefix)[0] ?? this.#taken.within(prefix).next().value;
    if (taken)
      return refusal(
        'configured-peer',
        `it overlaps ${taken.prefix}, which is configured here for ${this.#call(taken.peer)}`,
      );
    if (!this.isRouted(prefix)) return refusal('not-routed', 'it lies outside all that is routed into the tunnel here');
    const stays = this.#movable?.covering(prefix).length === 0;
    return stays ? refusal('not-movable', 'it lies outside all that the configuration lets move') : undefined;
  }

  /** Whether the user leads all of it to a router. */
  isRouted(prefix: Prefix): boolean {
    return this.#routed.covering(prefix).length > 0;
  }
}

/** Where packets to a router go, inside the tunnel and outside: a peer that drew them away would cut us off from it. */
function routerAddresses(
  routing: readonly DevicePeer[],
  ofRouters: readonly ClaimOf<'allowed-ip'>[],
): ReadonlyMap<Address, PublicKey> {
  const addresses = new Map<Address, PublicKey>();
  for (const { publicKey, endpoint } of routing) {
    if (endpoint !== undefined) addresses.set(endpointAddress(endpoint), publicKey);
  }
  for (const { fact, source } of ofRouters) {
    if (isHostPrefix(fact.value)) addresses.set(prefixAddress(fact.value), source);
  }
  return addresses;
}

export class ForbiddenEndpoints {
  readonly #surroundings: Surroundings;
  readonly #isInside: (address: Address) => boolean;
  readonly #grants: Grants;

  constructor(surroundings: Surroundings, grants: Grants) {
    this.#surroundings = surroundings;
    this.#isInside = insideTunnel(surroundings.configured, surroundings.host.tunnel);
    this.#grants = grants;
  }

  /** `subject` is whose endpoint it would be. */
  refusal(endpoint: Endpoint, subject: PublicKey): Refusal | undefined {
    const { device, host } = this.#surroundings;
    const address = endpointAddress(endpoint);
    if (endpointPort(endpoint) === 0) return refusal('no-port', 'there is no port 0');
    if (!isUsableAddress(address))
      return refusal('unusable-address', `${scopeOf(address)} addresses are no other machine's`);
    if (host.addresses.some(({ network }) => isBroadcast(network, address)))
      return refusal('broadcast', 'it is a broadcast address here');
    if (subject !== device.publicKey && this.#isOurs(endpoint))
      return refusal('own-endpoint', 'it is our own endpoint');
    if (this.#isInside(address)) return refusal('inside-tunnel', 'it lies inside the tunnel');
    return this.#insideGrants(address, subject);
  }

  #isOurs(endpoint: Endpoint): boolean {
    const { device, host } = this.#surroundings;
    const address = endpointAddress(endpoint);
    return endpointPort(endpoint) === device.listenPort && host.addresses.some((own) => own.address === address);
  }

  /** A full tunnel's routes tell nothing about what is inside; what peers hold of it does. */
  #insideGrants(address: Address, subject: PublicKey): Refusal | undefined {
    for (const { prefix, subjects } of this.#grants.around(hostPrefix(address))) {
      const own = subjects.includes(subject) && !isEverything(prefix);
      if (own)
        return refusal('inside-tunnel', `it lies inside ${prefix}, which is the peer's own and inside the tunnel`);
      if (isHostPrefix(prefix)) return refusal('inside-tunnel', 'it is an address inside the tunnel');
    }
    return undefined;
  }
}

/** The last address of an IPv4 network: everybody on that link hears what is sent there. */
function isBroadcast(network: Prefix, address: Address): boolean {
  const length = prefixLength(network);
  if (familyOf(address) !== 4 || length > 30 || !holds(network, address)) return false;
  const hostBits = 0xffffffff >>> length;
  const value = addressBytes(address).reduce((bits, byte) => bits * 256 + byte, 0);
  return (value & hostBits) >>> 0 === hostBits;
}
