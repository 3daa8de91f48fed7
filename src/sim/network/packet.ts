/** An IP packet with UDP in it, or an echo. Packets are never changed, only copied, so they can be sent twice. */
import { familyOf, type Address } from '../../core/values/address.js';
import type { WireguardMessage } from '../wireguard/message.js';
import { messageLabel } from '../wireguard/message.js';

export interface Packet {
  readonly from: Address;
  readonly fromPort: number;
  readonly to: Address;
  readonly toPort: number;
  readonly ttl: number;
  /** Bytes of the whole IP packet. */
  readonly size: number;
  /** How many WireGuard headers are around the innermost packet; shows a tunnel that runs in itself. */
  readonly depth: number;
  readonly payload: Payload;
}

export type Payload =
  | { readonly kind: 'wireguard'; readonly message: WireguardMessage }
  /** A datagram of the agents. */
  | { readonly kind: 'agent'; readonly bytes: Uint8Array }
  /** One packet of paced user traffic. */
  | { readonly kind: 'flow'; readonly flow: number; readonly sequence: number }
  /** A ping; the reply tells with what TTL the request arrived. */
  | { readonly kind: 'echo'; readonly id: number; readonly arrivedWith: number | undefined };

export const INITIAL_TTL = 64;

const UDP_HEADER = 8;

/** Bytes of an IP packet with that much UDP payload. */
export const udpSize = (to: Address, payload: number): number => (familyOf(to) === 4 ? 20 : 40) + UDP_HEADER + payload;

export function packetLabel(packet: Packet): string {
  const { payload } = packet;
  switch (payload.kind) {
    case 'wireguard':
      return messageLabel(payload.message);
    case 'agent':
      return `agent ${String.fromCharCode(payload.bytes[0] ?? 63)} ${payload.bytes.length} B`;
    case 'flow':
      return `flow ${payload.flow} #${payload.sequence}`;
    case 'echo':
      return payload.arrivedWith === undefined ? 'ping' : 'pong';
  }
}
