import { describe, expect, it } from 'vitest';
import type { DevicePeer } from '../../../src/core/device.js';
import { DEFAULT_POLICY } from '../../../src/core/policy.js';
import { findRouters } from '../../../src/core/trust/routers.js';
import { linkLocal, type PublicKey } from '../../../src/core/values/key.js';
import { device, devicePeer, host, SELF } from '../support/machine.js';
import { key, prefix } from '../support/values.js';

const [HUB, SPOKE, OTHER] = [key(1), key(2), key(3)];

describe('a router is a peer of the user', () => {
  it.each([
    ['the tunnel network', ['10.9.0.0/24']],
    ['a wider one', ['10.0.0.0/8']],
    ['everything', ['0.0.0.0/0', '::/0']],
  ])('whose AllowedIPs cover our address by %s', (_, allowedIps) => {
    expect(routers(['10.9.0.2/24'], devicePeer(HUB, allowedIps))).toEqual([HUB]);
  });

  it('that covers our IPv6 address, also when its IPv4 prefix does not', () => {
    expect(routers(['10.9.0.2/32', 'fd00::2/64'], devicePeer(HUB, ['10.9.0.1/32', 'fd00::/64']))).toEqual([HUB]);
  });

  it('that holds two single addresses of our network', () => {
    expect(routers(['10.9.0.2/24'], devicePeer(HUB, ['10.9.0.1/32', '10.9.0.3/32']))).toEqual([HUB]);
  });

  it('that held them before we moved one', () => {
    const input = {
      device: device(devicePeer(HUB, ['10.9.0.1/32']), devicePeer(OTHER, ['10.9.0.3/32'])),
      tunnel: host(['10.9.0.2/24']).tunnel,
      managed: new Set([OTHER]),
      policy: DEFAULT_POLICY,
    };
    expect(findRouters({ ...input, moved: [{ prefix: prefix('10.9.0.3/32'), from: HUB }] })).toEqual([HUB]);
    expect(findRouters({ ...input, moved: [] })).toEqual([]);
  });

  it('beside other routers, in the order of keys', () => {
    const hubs = [devicePeer(SPOKE, ['0.0.0.0/0']), devicePeer(HUB, ['10.9.0.0/24'])];
    expect(routers(['10.9.0.2/24'], ...hubs)).toEqual([HUB, SPOKE]);
  });
});

describe('no router is', () => {
  it('a spoke with two addresses, seen from the hub that has others', () => {
    const peers = [devicePeer(SPOKE, ['10.9.0.3/32', '10.9.0.13/32']), devicePeer(OTHER, ['10.9.0.4/32'])];
    expect(routers(['10.9.0.1/24'], ...peers)).toEqual([]);
  });

  it('a spoke with an address of each family', () => {
    expect(routers(['10.9.0.1/24', 'fd00::1/64'], devicePeer(SPOKE, ['10.9.0.3/32', 'fd00::3/128']))).toEqual([]);
  });

  it('a site that routes its own LANs', () => {
    expect(routers(['10.9.0.2/24'], devicePeer(SPOKE, ['10.9.0.3/32', '192.168.7.0/24', '192.168.8.0/24']))).toEqual(
      [],
    );
  });

  it('a peer that has our link-local network', () => {
    expect(routers([`${linkLocal(SELF)}/64`], devicePeer(SPOKE, ['fe80::/64']))).toEqual([]);
  });

  it('a peer that we added ourselves', () => {
    const input = {
      device: device(devicePeer(HUB, ['0.0.0.0/0'])),
      tunnel: host(['10.9.0.2/24']).tunnel,
      moved: [],
      policy: DEFAULT_POLICY,
    };
    expect(findRouters({ ...input, managed: new Set([HUB]) })).toEqual([]);
  });

  it('anybody while the interface has no address', () => {
    expect(routers([], devicePeer(HUB, ['10.9.0.0/24']))).toEqual([]);
  });
});

function routers(tunnel: readonly string[], ...peers: readonly DevicePeer[]): readonly PublicKey[] {
  return findRouters({
    device: device(...peers),
    tunnel: host(tunnel).tunnel,
    managed: new Set(),
    moved: [],
    policy: DEFAULT_POLICY,
  });
}
