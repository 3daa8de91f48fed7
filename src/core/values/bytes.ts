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
    return this.take(width)?.reduce((value, byte) => value * 256 + byte, 0);
  }
}

export class ByteWriter {
  readonly #bytes: number[] = [];

  get length(): number {
    return this.#bytes.length;
  }

  u8(value: number): this {
    this.#bytes.push(value & 0xff);
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
    for (const value of values) this.#bytes.push(value);
    return this;
  }

  done(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }
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
  return left.length === right.length && left.every((byte, at) => byte === right[at]);
}
