/** Invariants that can be read off the interfaces. */
import type { DeviceSnapshot } from '../../core/device.js';
import { scopeOf } from '../../core/values/address.js';
import { endpointAddress } from '../../core/values/endpoint.js';
import { holds, prefixAddress, type Prefix } from '../../core/values/prefix.js';
import { Patience, perInterface, type Checker } from './watch.js';

/**
 * An endpoint inside what its own peer is given makes packets run in the tunnel without end. A late packet can bring that
 * about between two steps of one change; the next step, a millisecond later, ends it.
 */
export function noLoop(): Checker {
  const patience = new Patience(0);
  const loops = perInterface((peers, host, world) =>
    peers.flatMap(({ publicKey, endpoint, allowedIps }) => {
      const address = endpoint === undefined ? undefined : endpointAddress(endpoint);
      const around = address === undefined ? undefined : allowedIps.find((prefix) => holds(prefix, address));
      // A user's full tunnel holds everything; its own packets are kept out of it by their mark.
      const users = world.isConfigured(host, publicKey);
      return around === undefined || users
        ? []
        : [`${host}: ${endpoint ?? ''} of ${world.nameOf(publicKey)} is in ${around}`];
    }),
  );
  return {
    name: 'no endpoint inside its own peer’s allowed IPs',
    check: (world) => patience.exhausted(world.now, loops(world).flat()),
  };
}

/** The driver and the device count these themselves: loops of packets and of wakes, configures that overlap. */
export const noFault: Checker = {
  name: 'no fault',
  check: (world) => world.trace.faults.map(({ where, what }) => `${where}: ${what}`),
};

/** What an agent gave a peer beyond its link-local address, the peer's agent gave back, or does so within `withinMs`. */
export function bothEnds(withinMs: number): Checker {
  const patience = new Patience(withinMs);
  const given = perInterface((peers, host, world) =>
    peers
      .filter(({ publicKey, allowedIps }) => !world.isConfigured(host, publicKey) && allowedIps.some(isBeyondLinkLocal))
      .map(({ publicKey }) => ({ host, peer: world.nameOf(publicKey) })),
  );
  return {
    name: 'allowed IPs at both ends or at none',
    check: (world) => {
      // A machine that is off or asleep passes nothing on, whatever its interface held last.
      const all = given(world)
        .flat()
        .filter(({ host }) => !world.host(host).asleep);
      const pairs = new Set(all.map(({ host, peer }) => `${host} ${peer}`));
      const oneSided = all.filter(({ host, peer }) => !pairs.has(`${peer} ${host}`) && !world.host(peer).asleep);
      return patience.exhausted(
        world.now,
        oneSided.map(({ host, peer }) => `${host} has given ${peer} its addresses, but not the other way round`),
      );
    },
  };
}

/** How an interface differs from what it was, endpoints apart: they are WireGuard's own business. */
export function differences(before: DeviceSnapshot, now: DeviceSnapshot): readonly string[] {
  const lines = (device: DeviceSnapshot): string[] =>
    device.peers.map(
      ({ publicKey, allowedIps, keepalive }) => `${publicKey} ${allowedIps.join(',')} every ${keepalive} s`,
    );
  const [old, present] = [lines(before), lines(now)];
  return [
    ...old.filter((line) => !present.includes(line)).map((line) => `missing: ${line}`),
    ...present.filter((line) => !old.includes(line)).map((line) => `left over: ${line}`),
  ];
}

export const isBeyondLinkLocal = (prefix: Prefix): boolean => scopeOf(prefixAddress(prefix)) !== 'link-local';
