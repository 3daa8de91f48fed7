/** WireGuard's messages without their cryptography: what a receiver could learn from one, and its length. */
import type { PublicKey } from '../../core/values/key.js';
import { packetLabel, type Packet } from '../network/packet.js';

export type WireguardMessage =
  | {
      readonly type: 'initiation';
      /** The sender's key; only the holder of `receiver` could read it. */
      readonly sender: PublicKey;
      readonly receiver: PublicKey;
      readonly senderIndex: number;
      /** The sender's wall clock in units of 2^24 ns; the receiver refuses one that is not greater than the last. */
      readonly stamp: number;
    }
  | { readonly type: 'response'; readonly senderIndex: number; readonly receiverIndex: number }
  /** Without a packet in it, it is a keepalive. */
  | {
      readonly type: 'data';
      readonly receiverIndex: number;
      readonly counter: number;
      readonly inner: Packet | undefined;
    };

const INITIATION_BYTES = 148;
const RESPONSE_BYTES = 92;
const DATA_OVERHEAD = 32;
const PADDING = 16;

/** Bytes of UDP payload. The inner packet is padded to 16 bytes, but never beyond the interface's MTU. */
export function messageBytes(message: WireguardMessage, mtu: number): number {
  switch (message.type) {
    case 'initiation':
      return INITIATION_BYTES;
    case 'response':
      return RESPONSE_BYTES;
    case 'data': {
      const inner = message.inner?.size ?? 0;
      return DATA_OVERHEAD + Math.max(inner, Math.min(mtu, Math.ceil(inner / PADDING) * PADDING));
    }
  }
}

export function messageLabel(message: WireguardMessage): string {
  switch (message.type) {
    case 'initiation':
      return 'initiation';
    case 'response':
      return 'response';
    case 'data':
      return message.inner === undefined ? 'keepalive' : `data(${packetLabel(message.inner)})`;
  }
}
