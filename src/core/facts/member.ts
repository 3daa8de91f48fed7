/**
 * The value of the attribute `member`: a list of keyed fields behind a total length, so that newer agents can add
 * fields and older ones carry them along. Sent in one order: name, plain, then unknown keys by number.
 */
import { ByteReader, ByteWriter, fromHex, toHex } from '../values/bytes.js';

export interface MemberValue {
  readonly name?: string;
  /** It runs WireGuard only, no agent. */
  readonly plain?: boolean;
  /** What newer agents say and we do not understand, kept so that passing it on loses nothing. */
  readonly unknown?: readonly UnknownField[];
}

export interface UnknownField {
  /** 0 to 255. */
  readonly key: number;
  readonly hex: string;
}

/** UTF-8 bytes. A name is a word in a table and in a command line; more is somebody filling our memory. */
export const MAX_NAME_BYTES = 64;

/** Whether a name can be told to others at all. */
export const isTellable = (name: string): boolean => new TextEncoder().encode(name).length <= MAX_NAME_BYTES;

const NAME = 0x6e;
const PLAIN = 0x62;

/** `undefined` when a length passes the end, a key repeats, or a field we know has a form it cannot have. */
export function readMember(reader: ByteReader): MemberValue | undefined {
  const fields = readFields(reader);
  if (fields === undefined) return undefined;
  const nameBytes = fields.get(NAME);
  const plainBytes = fields.get(PLAIN);
  const name = nameBytes && decodeName(nameBytes);
  if (nameBytes !== undefined && name === undefined) return undefined;
  if (plainBytes !== undefined && plainBytes.length !== 1) return undefined;
  const unknown = [...fields]
    .filter(([key]) => key !== NAME && key !== PLAIN)
    .map(([key, bytes]) => ({ key, hex: toHex(bytes) }));
  return {
    ...(name === undefined ? {} : { name }),
    ...(plainBytes === undefined ? {} : { plain: plainBytes[0] === 1 }),
    ...(unknown.length === 0 ? {} : { unknown: byKey(unknown) }),
  };
}

export function writeMember(writer: ByteWriter, member: MemberValue): void {
  const fields = new ByteWriter();
  const field = (key: number, bytes: Uint8Array): void => {
    fields.u8(key).uvarint(bytes.length).bytes(bytes);
  };
  if (member.name !== undefined) field(NAME, encodeName(member.name));
  if (member.plain !== undefined) field(PLAIN, Uint8Array.of(member.plain ? 1 : 0));
  for (const { key, hex } of byKey(member.unknown ?? [])) field(key, unknownBytes(hex));
  writer.uvarint(fields.length).bytes(fields.done());
}

export function canonicalMember({ name, plain, unknown }: MemberValue): string {
  return JSON.stringify([name ?? null, plain ?? null, byKey(unknown ?? []).map(({ key, hex }) => [key, hex])]);
}

export function formatMember({ name, plain }: MemberValue): string {
  return [name, plain === true ? '(WireGuard only)' : undefined].filter((part) => part !== undefined).join(' ') || '-';
}

function readFields(reader: ByteReader): Map<number, Uint8Array> | undefined {
  const length = reader.uvarint();
  const bytes = length === undefined ? undefined : reader.take(length);
  if (bytes === undefined) return undefined;
  const inner = new ByteReader(bytes);
  const fields = new Map<number, Uint8Array>();
  while (inner.remaining > 0) {
    const key = inner.u8();
    const size = inner.uvarint();
    const value = size === undefined ? undefined : inner.take(size);
    if (key === undefined || value === undefined || fields.has(key)) return undefined;
    fields.set(key, value);
  }
  return fields;
}

function decodeName(bytes: Uint8Array): string | undefined {
  if (bytes.length > MAX_NAME_BYTES) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function encodeName(name: string): Uint8Array {
  if (!isTellable(name)) throw new Error(`bug: a name is at most ${MAX_NAME_BYTES} bytes`);
  return new TextEncoder().encode(name);
}

function unknownBytes(hex: string): Uint8Array {
  const bytes = fromHex(hex);
  if (bytes === undefined) throw new Error('bug: an unknown field is kept in hexadecimal digits');
  return bytes;
}

const byKey = (fields: readonly UnknownField[]): readonly UnknownField[] =>
  fields.toSorted((left, right) => left.key - right.key);
