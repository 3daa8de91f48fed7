/** Devices and hosts in a few words, for the tests of what is read from them. */
import type { DevicePeer, DeviceSnapshot, HostAddress, HostSnapshot } from '../../../src/core/device.js';
import type { PublicKey } from '../../../src/core/values/key.js';
import type { Instant } from '../../../src/core/values/time.js';
import { prefixOf } from '../../../src/core/values/prefix.js';
import { address, endpoint, key, known, prefix } from './values.js';

export const SELF = key(100);

export function devicePeer(
  publicKey: PublicKey,
  allowedIps: readonly string[],
  { at, handshakeAt }: { readonly at?: string; readonly handshakeAt?: Instant } = {},
): DevicePeer {
  return {
    publicKey,
    endpoint: at === undefined ? undefined : endpoint(at),
    allowedIps: allowedIps.map(prefix).toSorted(),
    handshakeAt,
    rxBytes: 0,
    txBytes: 0,
    keepalive: 0,
  };
}

export function device(...peers: readonly DevicePeer[]): DeviceSnapshot {
  return { publicKey: SELF, listenPort: 51820, fwmark: 0, peers };
}

/** `tunnel` and `addresses` as `ip` writes them, with their network's length: `10.9.0.2/24`, `eth0 192.168.1.2/24`. */
export function host(tunnel: readonly string[], addresses: readonly string[] = []): HostSnapshot {
  return { tunnel: tunnel.map(inNetwork), addresses: addresses.map(hostAddress), mtu: 1420 };
}

/** The interface's link kind may follow: `wg1 10.8.0.2/24 wireguard`. */
function hostAddress(text: string): HostAddress {
  const [name = '', cidr = '', kind = ''] = text.split(' ');
  return { interface: name, kind, ...inNetwork(cidr) };
}

function inNetwork(cidr: string): Pick<HostAddress, 'address' | 'network'> {
  const [text = '', length] = cidr.split('/');
  return { address: address(text), network: known(prefixOf(address(text), Number(length)), 'network') };
}
