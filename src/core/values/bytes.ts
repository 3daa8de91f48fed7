/** Reading and writing of bytes, big-endian. A reader never throws on foreign input: it answers `undefined`. */

export class ByteReader {
  #offset = 0;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get remaining(): number {
    return this.#bytes.length - this.#offset;
  }

  take(count: number): Uint8Array | undefined {
    if (count < 0 || count > this.remaining) return undefined;
    const taken = this.#bytes.subarray(this.#offset, this.#offset + count);
    this.#offset += count;
    return taken;
  }

  rest(): Uint8Array {
    const taken = this.#bytes.subarray(this.#offset);
    this.#offset = this.#bytes.length;
    return taken;
  }

  u8(): number | undefined {
    return this.take(1)?.[0];
  }

  u16(): number | undefined {
    return this.#unsigned(2);
  }

  u32(): number | undefined {
    return this.#unsigned(4);
  }

  /** protobuf's varint, as the fact encoding uses it. More than 32 bits, or padded with zeroes, is refused. */
  uvarint(): number | undefined {
    let value = 0;
    for (let position = 0; position < 5; position++) {
      const byte = this.u8();
      if (byte === undefined) return undefined;
      value += (byte & 0x7f) * 2 ** (7 * position);
      if (byte < 0x80) return value > 0xffffffff || (byte === 0 && position > 0) ? undefined : value;
    }
    return undefined;
  }

  #unsigned(width: number): number | undefined {
    if (width > this.remaining) return undefined;
    let value = 0;
    for (const end = this.#offset + width; this.#offset < end; this.#offset++) {
      value = value * 256 + (this.#bytes[this.#offset] ?? 0);
    }
    return value;
  }
}

/** Most datagrams are shorter; those that are not get more room as they grow. */
const FIRST_ROOM = 128;

export class ByteWriter {
  #bytes = new Uint8Array(FIRST_ROOM);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  u8(value: number): this {
    this.#reserve(1);
    this.#bytes[this.#length++] = value;
    return this;
  }

  u16(value: number): this {
    return this.u8(value >>> 8).u8(value);
  }

  u32(value: number): this {
    return this.u16(value >>> 16).u16(value);
  }

  uvarint(value: number): this {
    let rest = value;
    while (rest >= 0x80) {
      this.u8((rest % 0x80) | 0x80);
      rest = Math.floor(rest / 0x80);
    }
    return this.u8(rest);
  }

  bytes(values: Uint8Array): this {
    this.#reserve(values.length);
    this.#bytes.set(values, this.#length);
    this.#length += values.length;
    return this;
  }

  done(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const wider = new Uint8Array(Math.max(2 * this.#bytes.length, this.#length + more));
    wider.set(this.#bytes);
    this.#bytes = wider;
  }
}

/** Bytes that `uvarint` writes for the value. */
export function uvarintLength(value: number): number {
  let length = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) length++;
  return length;
}

export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The bytes a hexadecimal text stands for, or `undefined` when it is none. */
export function fromHex(text: string): Uint8Array | undefined {
  if (text.length % 2 !== 0 || !/^[0-9a-f]*$/i.test(text)) return undefined;
  return Uint8Array.from({ length: text.length / 2 }, (_, at) => Number.parseInt(text.slice(2 * at, 2 * at + 2), 16));
}

export function equalBytes(left: Uint8Array, right: Uint8Array): boolean {
  if (left.length !== right.length) return false;
  for (let at = 0; at < left.length; at++) if (left[at] !== right[at]) return false;
  return true;
}
