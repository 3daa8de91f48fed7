/** Invariants that can be read off the interfaces. */
import type { DevicePeer, DeviceSnapshot } from '../../core/device.js';
import { scopeOf } from '../../core/values/address.js';
import { endpointAddress } from '../../core/values/endpoint.js';
import { holds, prefixAddress, type Prefix } from '../../core/values/prefix.js';
import type { World } from '../world.js';
import { Patience, type Checker } from './watch.js';

/** An endpoint inside what its own peer is given makes packets run in the tunnel without end. */
export const noLoop: Checker = {
  name: 'no endpoint inside its own peer’s allowed IPs',
  check: (world) =>
    eachPeer(world).flatMap(({ host, peer }) => {
      const address = peer.endpoint === undefined ? undefined : endpointAddress(peer.endpoint);
      const around = address === undefined ? undefined : peer.allowedIps.find((prefix) => holds(prefix, address));
      return around === undefined
        ? []
        : [`${host}: ${peer.endpoint ?? ''} of ${world.nameOf(peer.publicKey)} is in ${around}`];
    }),
};

/** The driver and the device count these themselves: loops of packets and of wakes, configures that overlap. */
export const noFault: Checker = {
  name: 'no fault',
  check: (world) => world.trace.faults.map(({ where, what }) => `${where}: ${what}`),
};

/** What an agent gave a peer beyond its link-local address, the peer's agent gave back, or does so within `withinMs`. */
export function bothEnds(withinMs: number): Checker {
  const patience = new Patience(withinMs);
  return {
    name: 'allowed IPs at both ends or at none',
    check: (world) => {
      const given = new Set(
        eachPeer(world).flatMap(({ host, peer }) => {
          // A machine that is off or asleep passes nothing on, whatever its interface held last.
          if (world.host(host).asleep) return [];
          const managed = !world.isConfigured(host, peer.publicKey) && peer.allowedIps.some(isBeyondLinkLocal);
          return managed ? [`${host} ${world.nameOf(peer.publicKey)}`] : [];
        }),
      );
      const oneSided = [...given].filter((pair) => {
        const [host = '', peer = ''] = pair.split(' ');
        return !given.has(`${peer} ${host}`) && !world.host(peer).asleep;
      });
      return patience.exhausted(
        world.now,
        oneSided.map((pair) => `${pair.replace(' ', ' has given ')} its addresses, but not the other way round`),
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

const isBeyondLinkLocal = (prefix: Prefix): boolean => scopeOf(prefixAddress(prefix)) !== 'link-local';

function eachPeer(world: World): { readonly host: string; readonly peer: DevicePeer }[] {
  return world.hostNames.flatMap((host) => world.device(host).peers.map((peer) => ({ host, peer })));
}
