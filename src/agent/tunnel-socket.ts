/**
 * UDP between agents, bound to the link-local address of the interface and to nothing else: interfaces do not collide,
 * and WireGuard has checked whose address each datagram comes from.
 */
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { UserError } from '../core/errors.js';
import { LONGEST_PROBE } from '../core/limits.js';
import { parseAddress } from '../core/values/address.js';
import type { TunnelSocketOptions, OpenTunnelSocket } from './ports.js';

/** A burst of all peers of a large network at once; the default of 208 KiB lost nine in ten of a thousand datagrams. */
const RECEIVE_BUFFER = 1024 * 1024;

/** No agent sends more. What is longer was put together from fragments. */
const LONGEST_DATAGRAM = LONGEST_PROBE;

/**
 * Stays usable when the address vanishes and comes back. When the interface is made anew it goes deaf without an error:
 * whoever sees that opens another.
 */
export const openTunnelSocket: OpenTunnelSocket = async (options) => {
  const socket = await bind(options);
  const state = { closed: false, unsent: 0 };
  const close = (): void => {
    if (state.closed) return;
    state.closed = true;
    socket.close();
  };
  socket.on('message', (bytes, sender) => {
    const from = senderOf(sender, options);
    if (from !== undefined && bytes.length <= LONGEST_DATAGRAM && !state.closed) options.onDatagram(from, bytes);
  });
  socket.once('error', (error) => {
    if (state.closed) return;
    close();
    options.onError(error);
  });
  return {
    send(to, bytes) {
      if (state.closed) return;
      // ENETUNREACH (down), ENOKEY (no such peer), EDESTADDRREQ (no endpoint), EPERM (a firewall): the network's affair.
      socket.send(bytes, options.port, `${to}%${options.interface}`, (error) => {
        if (error !== null) state.unsent++;
      });
    },
    get unsent() {
      return state.unsent;
    },
    close,
  };
};

function bind({ interface: interfaceName, address, port }: TunnelSocketOptions): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createSocket({
      type: 'udp6',
      ipv6Only: true,
      recvBufferSize: RECEIVE_BUFFER,
      // Every name here is an address already; the system's resolver costs each datagram a trip through a thread.
      lookup: (name, _options, answer) => {
        answer(null, name, 6);
      },
    });
    const refused = (error: NodeJS.ErrnoException): void => {
      socket.close();
      if (error.code === 'EADDRINUSE') {
        reject(new UserError('port-taken', { port: String(port), interface: interfaceName }));
      } else if (error.code === 'EADDRNOTAVAIL' || error.code === 'EINVAL' || error.code === 'ENODEV') {
        reject(new UserError('address-missing', { address, interface: interfaceName }));
      } else {
        reject(error);
      }
    };
    socket.once('error', refused);
    // Exclusive: never shared with a cluster's other processes.
    socket.bind({ address: `${address}%${interfaceName}`, port, exclusive: true }, () => {
      socket.off('error', refused);
      resolve(socket);
    });
  });
}

/**
 * The sender, if it can be an agent: from our own port (any user of the other machine may send from another one), and an
 * address without its zone.
 */
function senderOf(sender: RemoteInfo, { port }: TunnelSocketOptions): ReturnType<typeof parseAddress> {
  return sender.port === port ? parseAddress(sender.address.split('%', 1)[0] ?? '') : undefined;
}
