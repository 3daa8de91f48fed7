/** Feeds, by which one agent keeps another's set of facts equal to its own: the datagrams, to bytes and back. */
import { uvarintLength, type ByteReader, type ByteWriter } from '../values/bytes.js';
import { KEY_BYTES, keyBytes, keyFromBytes, type PublicKey } from '../values/key.js';

/** Part of a feed: changes to the set of facts the sender holds for this receiver. */
export interface Update {
  readonly kind: 'update';
  readonly feed: number;
  /** 1 for the first datagram of a feed, then one more each. */
  readonly sequence: number;
  /** The receiver now has everything; what it had from an earlier feed and did not get again is withdrawn. */
  readonly complete: boolean;
  readonly entries: readonly FeedEntry[];
}

export interface FeedEntry {
  readonly withdraw: boolean;
  /** Who said it first, where that is not the sender. */
  readonly source: PublicKey | undefined;
  /** One encoded fact (wire-format). */
  readonly fact: Uint8Array;
}

export interface Acknowledge {
  readonly kind: 'acknowledge';
  readonly feed: number;
  /** The last sequence received in order; 0: this feed is unknown here, begin anew. */
  readonly sequence: number;
}

/** All facts of the feed up to `sequence` hold on, but for those of the `stale` sources, which are not renewed. */
export interface Renew {
  readonly kind: 'renew';
  readonly feed: number;
  readonly sequence: number;
  readonly stale: readonly PublicKey[];
}

/** Flags of an update. */
const COMPLETE = 0x01;
/** Flags of an entry. */
const WITHDRAW = 0x01;
const HAS_SOURCE = 0x02;

/** Bytes that an entry takes inside an update, so that a sender can fill its datagrams. */
export const entryLength = ({ source, fact }: FeedEntry): number =>
  1 + (source === undefined ? 0 : KEY_BYTES) + uvarintLength(fact.length) + fact.length;
/** Bytes of an update without its entries. */
export const UPDATE_HEADER_BYTES = 10;
/** Stale sources that fit into one renewal; one that does not fit merely keeps its claims a little longer. */
export const MAX_STALE = 30;

export function encodeUpdate(out: ByteWriter, { feed, sequence, complete, entries }: Update): ByteWriter {
  out
    .u32(feed)
    .u32(sequence)
    .u8(complete ? COMPLETE : 0);
  for (const entry of entries) encodeEntry(out, entry);
  return out;
}

export function encodeRenew(out: ByteWriter, { feed, sequence, stale }: Renew): ByteWriter {
  out.u32(feed).u32(sequence).u8(stale.length);
  for (const key of stale) out.bytes(keyBytes(key));
  return out;
}

function encodeEntry(out: ByteWriter, entry: FeedEntry): ByteWriter {
  out.u8((entry.withdraw ? WITHDRAW : 0) | (entry.source === undefined ? 0 : HAS_SOURCE));
  if (entry.source !== undefined) out.bytes(keyBytes(entry.source));
  return out.uvarint(entry.fact.length).bytes(entry.fact);
}

export function decodeUpdate(reader: ByteReader): Update | undefined {
  const feed = reader.u32();
  const sequence = reader.u32();
  const flags = reader.u8();
  if (feed === undefined || sequence === undefined || flags === undefined) return undefined;
  const entries: FeedEntry[] = [];
  while (reader.remaining > 0) {
    const entry = decodeEntry(reader);
    if (entry === undefined) return undefined;
    entries.push(entry);
  }
  return { kind: 'update', feed, sequence, complete: (flags & COMPLETE) !== 0, entries };
}

function decodeEntry(reader: ByteReader): FeedEntry | undefined {
  // Its reader calls while there are bytes; without one the length is missing as well.
  const flags = reader.u8() ?? 0;
  const source = (flags & HAS_SOURCE) === 0 ? undefined : decodeKey(reader);
  const length = reader.uvarint();
  const fact = length === undefined ? undefined : reader.take(length);
  if (fact === undefined || ((flags & HAS_SOURCE) !== 0 && source === undefined)) return undefined;
  return { withdraw: (flags & WITHDRAW) !== 0, source, fact };
}

export function decodeRenew(reader: ByteReader): Renew | undefined {
  const feed = reader.u32();
  const sequence = reader.u32();
  const count = reader.u8();
  if (feed === undefined || sequence === undefined || count === undefined) return undefined;
  const stale: PublicKey[] = [];
  for (let taken = 0; taken < count; taken++) {
    const key = decodeKey(reader);
    if (key === undefined) return undefined;
    stale.push(key);
  }
  return { kind: 'renew', feed, sequence, stale };
}

export function decodeKey(reader: ByteReader): PublicKey | undefined {
  const bytes = reader.take(KEY_BYTES);
  return bytes === undefined ? undefined : keyFromBytes(bytes);
}
