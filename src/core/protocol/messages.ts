/**
 * The datagrams between agents: what each kind holds, and its bytes. docs/PROTOCOL.md says the same in words.
 *
 * The first byte is the kind. Kinds below 0x20 are ours; a published fact or signed group begins with a printable
 * byte, so both protocols can share the port. An unknown kind, and bytes after the end of a known one, are skipped:
 * that is how later versions add to it.
 */
import { ByteReader, ByteWriter } from '../values/bytes.js';
import { keyBytes, type PublicKey } from '../values/key.js';
import { decodeEpoch, encodeEpoch, type Epoch } from './epoch.js';
import {
  decodeKey,
  decodeRenew,
  decodeUpdate,
  encodeRenew,
  encodeUpdate,
  type Acknowledge,
  type Renew,
  type Update,
} from './feed.js';

export const PROTOCOL_VERSION = 2;
export const BOOT_ID_BYTES = 16;

/** Names an agent's run; all zero where the sender does not know the other's yet. */
export type BootId = Uint8Array;

export interface Hello {
  readonly kind: 'hello';
  readonly version: number;
  /** The sender takes the receiver for its router: it wants to hear about third peers. */
  readonly router: boolean;
  /** The sender asks for a hello in answer. */
  readonly ask: boolean;
  readonly boot: BootId;
  readonly yourBoot: BootId;
}

export interface Ping {
  readonly kind: 'ping' | 'pong';
  /** Chosen by the pinging side, echoed by the other. */
  readonly token: number;
  /** Aimed at a direct candidate rather than sent through a router; echoed. */
  readonly direct: boolean;
  /** Sent to the public endpoint at which a router sees the receiver; echoed. */
  readonly asSeen: boolean;
  /** Zero bytes behind it. With any, it is of full size: together with its headers as long as the interface's MTU. */
  readonly padding: number;
}

/** From a client to its router: pass `payload` on to `peer`. From the router: `peer` sent this. */
export interface Forward {
  readonly kind: 'forward' | 'forwarded';
  readonly peer: PublicKey;
  readonly payload: Uint8Array;
}

/** Asks the other end for an attempt (`invite`), or agrees to it (`accept`). */
export interface Invite {
  readonly kind: 'invite' | 'accept';
  readonly epoch: Epoch;
  /** Whether the session is begun through the router, or cold at the candidates. */
  readonly method: Method;
  /** The leader's wish to be the first to try candidates; the follower waits for it. Nothing in an answer. */
  readonly leaderFirst: boolean;
  /** The sender's WireGuard listen port. */
  readonly listenPort: number;
}

export type Method = 'nested' | 'cold';

/** Added to the byte of the method. */
const LEADER_FIRST = 0x80;

/** The steps of an agreement carry the epoch alone. */
export interface Step {
  readonly kind: 'prepare' | 'ready' | 'commit' | 'committed';
  readonly epoch: Epoch;
}

/** The end of an attempt or of a direct path, and that it was seen. */
export interface Lost {
  readonly kind: 'lost' | 'lost-seen';
  readonly epoch: Epoch;
  /** Two bytes of what the sender knows of why there was no path (connection/evidence.ts), so that both can say it. */
  readonly evidence: number;
}

export interface Goodbye {
  readonly kind: 'goodbye' | 'goodbye-seen';
}

export type Message = Hello | Ping | Update | Acknowledge | Renew | Forward | Invite | Step | Lost | Goodbye;

export const KINDS = {
  hello: 0x01,
  ping: 0x02,
  pong: 0x03,
  update: 0x04,
  acknowledge: 0x05,
  renew: 0x06,
  forward: 0x07,
  forwarded: 0x08,
  invite: 0x09,
  accept: 0x0a,
  prepare: 0x0c,
  ready: 0x0d,
  commit: 0x0e,
  committed: 0x0f,
  lost: 0x10,
  'lost-seen': 0x11,
  goodbye: 0x12,
  'goodbye-seen': 0x13,
} as const satisfies Record<Message['kind'], number>;

const KIND_OF_BYTE = new Map<number, Message['kind']>(
  Object.entries(KINDS).map(([kind, byte]) => [byte, kind as Message['kind']]),
);

const FLAG_ONE = 0x01;
const FLAG_TWO = 0x02;

export function encodeMessage(message: Message): Uint8Array {
  const out = new ByteWriter().u8(KINDS[message.kind]);
  switch (message.kind) {
    case 'hello':
      out.u8(message.version).u8((message.router ? FLAG_ONE : 0) | (message.ask ? FLAG_TWO : 0));
      return out.bytes(message.boot).bytes(message.yourBoot).done();
    case 'ping':
    case 'pong':
      return out
        .u32(message.token)
        .u8((message.direct ? FLAG_ONE : 0) | (message.asSeen ? FLAG_TWO : 0))
        .bytes(new Uint8Array(message.padding))
        .done();
    case 'update':
      return encodeUpdate(out, message).done();
    case 'acknowledge':
      return out.u32(message.feed).u32(message.sequence).done();
    case 'renew':
      return encodeRenew(out, message).done();
    case 'forward':
    case 'forwarded':
      return out.bytes(keyBytes(message.peer)).bytes(message.payload).done();
    case 'invite':
    case 'accept':
      encodeEpoch(out, message.epoch);
      return out
        .u8((message.method === 'nested' ? 0 : 1) + (message.leaderFirst ? LEADER_FIRST : 0))
        .u16(message.listenPort)
        .done();
    case 'prepare':
    case 'ready':
    case 'commit':
    case 'committed':
      encodeEpoch(out, message.epoch);
      return out.done();
    case 'lost':
    case 'lost-seen':
      encodeEpoch(out, message.epoch);
      return out.u16(message.evidence).done();
    case 'goodbye':
    case 'goodbye-seen':
      return out.done();
  }
}

/** The message in a datagram; `undefined` for an unknown kind and for anything cut short or out of range. */
export function decodeMessage(bytes: Uint8Array): Message | undefined {
  const reader = new ByteReader(bytes);
  const kind = KIND_OF_BYTE.get(reader.u8() ?? 0);
  switch (kind) {
    case undefined:
      return undefined;
    case 'hello':
      return decodeHello(reader);
    case 'ping':
    case 'pong': {
      const token = reader.u32();
      const flags = reader.u8();
      if (token === undefined || flags === undefined) return undefined;
      const [direct, asSeen] = [(flags & FLAG_ONE) !== 0, (flags & FLAG_TWO) !== 0];
      return { kind, token, direct, asSeen, padding: reader.remaining };
    }
    case 'update':
      return decodeUpdate(reader);
    case 'acknowledge': {
      const feed = reader.u32();
      const sequence = reader.u32();
      return feed === undefined || sequence === undefined ? undefined : { kind, feed, sequence };
    }
    case 'renew':
      return decodeRenew(reader);
    case 'forward':
    case 'forwarded': {
      const peer = decodeKey(reader);
      return peer === undefined ? undefined : { kind, peer, payload: reader.rest() };
    }
    case 'invite':
    case 'accept': {
      const epoch = decodeEpoch(reader);
      const byte = reader.u8();
      const leaderFirst = byte !== undefined && byte >= LEADER_FIRST;
      const method = leaderFirst ? byte - LEADER_FIRST : byte;
      const listenPort = reader.u16();
      if (epoch === undefined || (method !== 0 && method !== 1) || listenPort === undefined) return undefined;
      return { kind, epoch, method: method === 0 ? 'nested' : 'cold', leaderFirst, listenPort };
    }
    case 'prepare':
    case 'ready':
    case 'commit':
    case 'committed': {
      const epoch = decodeEpoch(reader);
      return epoch === undefined ? undefined : { kind, epoch };
    }
    case 'lost':
    case 'lost-seen': {
      const epoch = decodeEpoch(reader);
      const evidence = reader.u16();
      return epoch === undefined || evidence === undefined ? undefined : { kind, epoch, evidence };
    }
    case 'goodbye':
    case 'goodbye-seen':
      return { kind };
  }
}

function decodeHello(reader: ByteReader): Hello | undefined {
  const version = reader.u8();
  const flags = reader.u8();
  const boot = reader.take(BOOT_ID_BYTES);
  const yourBoot = reader.take(BOOT_ID_BYTES);
  if (version === undefined || flags === undefined || boot === undefined || yourBoot === undefined) return undefined;
  return { kind: 'hello', version, router: (flags & FLAG_ONE) !== 0, ask: (flags & FLAG_TWO) !== 0, boot, yourBoot };
}
