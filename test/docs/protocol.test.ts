/** Holds docs/PROTOCOL.md to the code: whoever writes a second implementation has only the document. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ATTRIBUTES } from '../../src/core/facts/attributes.js';
import { decodeFact } from '../../src/core/facts/encoding.js';
import { formatValue } from '../../src/core/facts/fact.js';
import { MAX_NAME_BYTES } from '../../src/core/facts/member.js';
import { MAX_CLAIMS_ABOUT_ITSELF, MAX_CLAIMS_PER_NEIGHBOUR } from '../../src/core/facts/store.js';
import * as limits from '../../src/core/limits.js';
import { MAX_STALE } from '../../src/core/protocol/feed.js';
import { decodeMessage, encodeMessage, KINDS } from '../../src/core/protocol/messages.js';
import { MAX_ALLOWED_IPS } from '../../src/core/trust/allowed-ips.js';
import { MAX_ENDPOINTS } from '../../src/core/trust/candidates.js';
import { fromHex, toHex } from '../../src/core/values/bytes.js';
import { linkLocal, parseKey } from '../../src/core/values/key.js';

const TEXT = readFileSync(new URL('../../docs/PROTOCOL.md', import.meta.url), 'utf8');

describe('the addresses in docs/PROTOCOL.md', () => {
  it('follow from their keys', () => {
    const rows = tableWith('public key');
    expect(rows.map(([key = '']) => linkLocalOf(key))).toEqual(rows.map(([, address]) => address));
    expect(rows.length).toBeGreaterThan(0);
  });
});

describe('the datagrams in docs/PROTOCOL.md', () => {
  it('are of the kinds that the code knows, by the same bytes', () => {
    const table = tableWith('kind').map(([byte, kind]) => [kind, Number(byte)]);
    expect(Object.fromEntries(table)).toEqual(KINDS);
  });

  it('have examples that mean to the code what the document says, and are written so by it', () => {
    for (const { bytes, means } of examples()) {
      const message = decodeMessage(bytes);
      expect(message && plain(message)).toEqual(means);
      expect(message && toHex(encodeMessage(message))).toBe(toHex(bytes));
    }
  });

  it('have an example of each form', () => {
    const shown = examples().map(({ means }) => means.kind);
    expect(shown.sort()).toEqual(
      ['hello', 'ping', 'update', 'acknowledge', 'renew', 'forward', 'invite', 'prepare', 'goodbye'].sort(),
    );
  });

  it('are as long as the table says, and refused when they are shorter', () => {
    const lengths = new Map(tableWith('kind').map(([, kind = '', length = '']) => [kind, length]));
    for (const { bytes, means } of examples()) {
      const [, shortest = '', more] = /^(\d+)( \+ \d*n)?$/.exec(lengths.get(means.kind) ?? '') ?? [];
      if (more === undefined) expect(bytes).toHaveLength(Number(shortest));
      expect(decodeMessage(bytes.subarray(0, Number(shortest) - 1))).toBeUndefined();
    }
  });
});

describe('the facts in docs/PROTOCOL.md', () => {
  it('have the attributes that the code knows, by the same bytes', () => {
    const documented = tableWith('attribute').filter(([, attribute]) => attribute !== '-');
    const known = Object.entries(ATTRIBUTES).flatMap(([attribute, { readers }]) =>
      Object.keys(readers).map((byte) => [Number(byte), attribute]),
    );
    expect(Object.fromEntries(documented.map(([byte, attribute]) => [Number(byte), attribute]))).toEqual(
      Object.fromEntries(known),
    );
  });

  it('have vectors that the code reads as they are described', () => {
    const rows = tableWith('fact');
    expect(rows.map(([, hex = '']) => describeFact(hex))).toEqual(rows.map(([said]) => said));
    expect(rows.length).toBeGreaterThan(0);
  });
});

describe('the constants in docs/PROTOCOL.md', () => {
  const known: Readonly<Record<string, unknown>> = {
    ...limits,
    MAX_ALLOWED_IPS,
    MAX_CLAIMS_ABOUT_ITSELF,
    MAX_CLAIMS_PER_NEIGHBOUR,
    MAX_ENDPOINTS,
    MAX_NAME_BYTES,
    MAX_STALE,
  };
  const documented = new Map(tableWith('name').map(([name = '', value = '']) => [name, value]));

  it('have the values that they have in the code', () => {
    for (const [name, value] of documented) expect([name, numbersIn(value)]).toEqual([name, known[name]]);
  });

  it('are all there are, but for those that no other agent can notice', () => {
    const inner = [
      'CONFIGURE_PAUSE',
      'FRESH_ENOUGH',
      'LOOK_EVERY',
      'MAX_ROUTES',
      'POLL_IDLE',
      'POLL_MOVING',
      'REFUSALS_TOLD',
      'REFUSALS_TOLD_PER',
      'ROUTES_ASKED_BURST',
      'ROUTES_ASKED_ONE_IN',
      'SESSION_LIFE',
    ];
    const missing = Object.keys(known).filter((name) => !documented.has(name) && !inner.includes(name));
    expect(missing).toEqual([]);
  });
});

/** The rows of the one table whose head has that column, without their backticks. */
function tableWith(column: string): readonly (readonly string[])[] {
  const tables = TEXT.split('\n\n')
    .filter((block) => block.startsWith('|'))
    .map((block) => block.trim().split('\n').map(cellsOf));
  const found = tables.filter(([head]) => head?.includes(column));
  expect(found.map(([head]) => head)).toHaveLength(1);
  return (found[0] ?? []).slice(2);
}

const cellsOf = (row: string): string[] =>
  row
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim().replaceAll('`', ''));

interface Example {
  readonly bytes: Uint8Array;
  readonly means: { readonly kind: string };
}

/** Bytes in hexadecimal with a comment behind them, line by line, and what they mean behind an equals sign. */
function examples(): readonly Example[] {
  return [...TEXT.matchAll(/^```datagram\n([^]*?)\n= (\{.*\})\n```$/gm)].map(([, lines = '', json = '']) => {
    const hex = lines.split('\n').map((line) => /^[0-9a-f]+/.exec(line)?.[0] ?? '');
    return { bytes: bytesOf(hex.join('')), means: JSON.parse(json) as Example['means'] };
  });
}

/** As JSON would have it, bytes as hexadecimal digits. */
function plain(message: object): unknown {
  return JSON.parse(
    JSON.stringify(message, (_, value: unknown) => (value instanceof Uint8Array ? toHex(value) : value)),
  );
}

function describeFact(hex: string): string {
  const decoded = decodeFact(bytesOf(hex));
  if ('problem' in decoded) return decoded.problem;
  const value = decoded.fact.attribute === 'alive' ? '' : ` ${formatValue(decoded.fact)}`;
  return `${decoded.fact.attribute}${value}, ttl ${decoded.ttl}`;
}

/** `15 ms` and `8 s` in milliseconds, a bare number as it is, several as a list. */
function numbersIn(value: string): number | readonly number[] {
  const [, number, unit] = /^(\d+(?:\.\d+)?)(?: (ms|s))?$/.exec(value) ?? [];
  if (number === undefined) return value.split(', ').map(Number);
  return Number(number) * (unit === 's' ? 1000 : 1);
}

function linkLocalOf(text: string): string | undefined {
  const key = parseKey(text);
  return key && linkLocal(key);
}

function bytesOf(hex: string): Uint8Array {
  const bytes = fromHex(hex);
  if (bytes === undefined) throw new Error(`not hexadecimal: ${hex}`);
  return bytes;
}
