/**
 * One fact to bytes and back, by the published encoding:
 * attribute (1 byte) ‖ ttl (uvarint, seconds) ‖ subject (32 bytes) ‖ value. Values are attributes.ts's.
 */
import { MAX_FACT_BYTES } from '../limits.js';
import { ByteReader, ByteWriter } from '../values/bytes.js';
import { keyBytes, keyFromBytes, type PublicKey } from '../values/key.js';
import { remembered } from '../values/remembered.js';
import { ATTRIBUTES, type AttributeRow, type AttributeName, type AttributeValues } from './attributes.js';
import type { Fact } from './fact.js';

/** The encoding's own limit, in seconds: what 16 bits hold. */
const MAX_TTL_SECONDS = 0xffff;

const SUBJECT_BYTES = 32;

export type Decoded = { readonly fact: Fact; readonly ttl: number } | { readonly problem: DecodeProblem };

/** `unknown-attribute` is for newer agents (and signed groups), `malformed` for broken ones. */
export type DecodeProblem = 'malformed' | 'unknown-attribute';

/** `ttlSeconds` is whole, 0 to 65535. */
export function encodeFact<Name extends AttributeName>(fact: Fact<Name>, ttlSeconds: number): Uint8Array {
  if (!Number.isInteger(ttlSeconds) || ttlSeconds < 0 || ttlSeconds > MAX_TTL_SECONDS) {
    throw new Error(`bug: a ttl of ${ttlSeconds} seconds cannot be encoded`);
  }
  const row: AttributeRow<AttributeValues[Name]> = ATTRIBUTES[fact.attribute];
  const writer = new ByteWriter().u8(row.byteFor(fact.value)).uvarint(ttlSeconds).bytes(keyBytes(fact.subject));
  row.write(writer, fact.value);
  return writer.done();
}

/** The one fact these bytes hold; anything after it is malformed. Never throws. */
export function decodeFact(bytes: Uint8Array): Decoded {
  return bytes.length > MAX_FACT_BYTES ? decodeWhole(bytes) : decodeText(String.fromCharCode(...bytes));
}

function decodeWhole(bytes: Uint8Array): Decoded {
  const reader = new ByteReader(bytes);
  const decoded = readFact(reader);
  return reader.remaining > 0 && 'fact' in decoded ? MALFORMED : decoded;
}

/**
 * The same bytes are the same fact, as one object: two routers tell the same of a thousand peers, and a router that has
 * restarted tells all of it again. A character stands for a byte.
 */
const decodeText = remembered((text: string): Decoded => {
  return decodeWhole(Uint8Array.from(text, (character) => character.charCodeAt(0)));
});

/** The next fact of several in a row. After a problem nothing more can be read: only an attribute knows its size. */
export function readFact(reader: ByteReader): Decoded {
  const byte = reader.u8();
  if (byte === undefined) return MALFORMED;
  const read = READERS.get(byte);
  if (read === undefined) return { problem: 'unknown-attribute' };
  const ttl = reader.uvarint();
  const subject = keyFromBytes(reader.take(SUBJECT_BYTES) ?? new Uint8Array());
  if (ttl === undefined || ttl > MAX_TTL_SECONDS || subject === undefined) return MALFORMED;
  const fact = read(subject, reader);
  return fact === undefined ? MALFORMED : { fact, ttl };
}

const MALFORMED: Decoded = { problem: 'malformed' };

type FactReader = (subject: PublicKey, reader: ByteReader) => Fact | undefined;

const READERS: ReadonlyMap<number, FactReader> = new Map(
  (Object.keys(ATTRIBUTES) as AttributeName[]).flatMap(readersOf),
);

function readersOf(attribute: AttributeName): [number, FactReader][] {
  const readers: Readonly<Record<number, (reader: ByteReader) => Fact['value'] | undefined>> =
    ATTRIBUTES[attribute].readers;
  return Object.entries(readers).map(([byte, read]) => [
    Number(byte),
    (subject, reader) => {
      const value = read(reader);
      return value === undefined ? undefined : ({ subject, attribute, value } as Fact);
    },
  ]);
}
