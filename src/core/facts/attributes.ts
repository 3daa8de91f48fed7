/**
 * One row per attribute: its bytes on the wire, how its value is written and read, who may say it, how it is shown.
 * An attribute without a row does not compile. The envelope around a value is encoding.ts's.
 */
import { addressBytes, addressFromBytes, familyOf, type Address } from '../values/address.js';
import { fromHex, toHex, type ByteReader, type ByteWriter } from '../values/bytes.js';
import { endpointAddress, endpointOf, endpointPort, type Endpoint } from '../values/endpoint.js';
import { prefixAddress, prefixLength, prefixOf, type Prefix } from '../values/prefix.js';
import { canonicalMember, formatMember, readMember, writeMember, type MemberValue } from './member.js';

/** The value each attribute carries. Everything else about an attribute is its row. */
export interface AttributeValues {
  /** The boot id of the subject's agent, 32 hexadecimal digits: it runs, and restarted when this changes. */
  readonly alive: string;
  readonly endpoint: Endpoint;
  readonly 'allowed-ip': Prefix;
  /** The subject belongs to the network. */
  readonly member: MemberValue;
}

export type AttributeName = keyof AttributeValues;

export interface AttributeRow<Value> {
  /** Every first byte that announces this attribute, with the way to read what follows. `undefined` is malformed. */
  readonly readers: Readonly<Record<number, (reader: ByteReader) => Value | undefined>>;
  /** The first byte to send for a value; always one that has a reader. */
  readonly byteFor: (value: Value) => number;
  readonly write: (writer: ByteWriter, value: Value) => void;
  /** Who can know it: only the subject, or also a router that has the subject on its device. */
  readonly saidBy: 'subject' | 'subject-or-router';
  /** Equal text exactly for equal values. */
  readonly canonical: (value: Value) => string;
  /** For people. */
  readonly format: (value: Value) => string;
}

const BOOT_ID_BYTES = 16;
const BYTES = { 4: 4, 6: 16 } as const;

const same = (value: string): string => value;

export const ATTRIBUTES: { readonly [Name in AttributeName]: AttributeRow<AttributeValues[Name]> } = {
  alive: {
    readers: { 0x21: readBootId },
    byteFor: () => 0x21,
    write: (writer, bootId) => writer.bytes(hexBytes(bootId)),
    saidBy: 'subject',
    canonical: same,
    format: same,
  },
  endpoint: {
    readers: { 0x65: (reader) => readEndpoint(reader, 4), 0x45: (reader) => readEndpoint(reader, 6) },
    byteFor: (endpoint) => (familyOf(endpointAddress(endpoint)) === 4 ? 0x65 : 0x45),
    write: (writer, endpoint) => writer.bytes(addressBytes(endpointAddress(endpoint))).u16(endpointPort(endpoint)),
    saidBy: 'subject-or-router',
    canonical: same,
    format: same,
  },
  'allowed-ip': {
    readers: { 0x61: (reader) => readPrefix(reader, 4), 0x41: (reader) => readPrefix(reader, 6) },
    byteFor: (prefix) => (familyOf(prefixAddress(prefix)) === 4 ? 0x61 : 0x41),
    write: (writer, prefix) => writer.bytes(addressBytes(prefixAddress(prefix))).u8(prefixLength(prefix)),
    saidBy: 'subject-or-router',
    canonical: same,
    format: same,
  },
  member: {
    // 0x6d is the older form without a value: accepted, never sent.
    readers: { 0x4d: readMember, 0x6d: () => ({}) },
    byteFor: () => 0x4d,
    write: writeMember,
    saidBy: 'subject-or-router',
    canonical: canonicalMember,
    format: formatMember,
  },
};

function readBootId(reader: ByteReader): string | undefined {
  const bytes = reader.take(BOOT_ID_BYTES);
  return bytes && toHex(bytes);
}

function hexBytes(bootId: string): Uint8Array {
  const bytes = fromHex(bootId);
  if (bytes?.length !== BOOT_ID_BYTES) throw new Error('bug: a boot id is 32 hexadecimal digits');
  return bytes;
}

/** `undefined` also for IPv4-mapped addresses: they would be a second spelling of the same address. */
function readAddress(reader: ByteReader, family: 4 | 6): Address | undefined {
  const bytes = reader.take(BYTES[family]);
  return bytes && addressFromBytes(bytes);
}

/** Port 0 is read like any other: refusing it is for trust, which keeps it with the reason. */
function readEndpoint(reader: ByteReader, family: 4 | 6): Endpoint | undefined {
  const address = readAddress(reader, family);
  const port = reader.u16();
  return address === undefined || port === undefined ? undefined : endpointOf(address, port);
}

function readPrefix(reader: ByteReader, family: 4 | 6): Prefix | undefined {
  const address = readAddress(reader, family);
  const length = reader.u8();
  if (address === undefined || length === undefined) return undefined;
  const prefix = prefixOf(address, length);
  // One prefix, one encoding: host bits that are set are an error, not a prefix to be mended.
  return prefix !== undefined && prefixAddress(prefix) === address ? prefix : undefined;
}
