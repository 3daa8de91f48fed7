/**
 * What may stand in the configuration file, and how each mistake reads. The texts name what is allowed at that place;
 * where the place is, and what contradicts something else in the file, is mistakes.ts's.
 */
import * as v from 'valibot';
import { isTellable, MAX_NAME_BYTES } from '../../core/facts/member.js';
import { parseEndpoint, type Endpoint } from '../../core/values/endpoint.js';
import { isInterfaceName } from '../../core/values/interface-name.js';
import { parseKey } from '../../core/values/key.js';
import { parsePrefix, type Prefix } from '../../core/values/prefix.js';
import { closest } from './closest.js';

/** An endpoint, or a host name that has to be looked up first. */
export type Place = Endpoint | { readonly host: string; readonly port: number };

/** An interface, or a prefix that addresses are in. */
export type Chosen = { readonly interface: string } | { readonly prefix: Prefix };

/** Where metrics are served: on a TCP port, or on a Unix socket. */
export type MetricsPlace = Endpoint | { readonly path: string };

const KEY = 'a public key, 44 characters of base64 as "wg show" prints it';
export const NAME = `a name of letters, digits, ".", "_" and "-", at most ${MAX_NAME_BYTES} bytes`;
const PREFIX = 'a prefix such as 10.9.0.0/24, or an address';
export const PLACE = 'an endpoint: 198.51.100.7:51820, [2001:db8::7]:51820 or host.example:51820';
const CHOSEN = 'the name of an interface, a prefix such as 10.0.0.0/8, or an address';
const PORT = 'a UDP port, 1 to 65535';
const METRICS = 'an address with a port such as 127.0.0.1:9586 or [::1]:9586, or unix: and an absolute path';
const CONNECT = '"auto", "manual", or a list of peers';

export const isPeerName = (text: string): boolean => /^[\p{L}\p{N}._-]+$/u.test(text) && isTellable(text);

const port = v.pipe(
  v.number(expected(PORT)),
  v.integer(`expected ${PORT}`),
  v.minValue(1, `expected ${PORT}`),
  v.maxValue(65535, `expected ${PORT}`),
);
const prefixes = v.array(read(PREFIX, parsePrefix), expected('a list of prefixes'));
const chosen = v.array(read(CHOSEN, parseChosen), expected('a list of interfaces and prefixes'));

const trust = mapping('the trust in a peer', {
  endpoint: v.optional(word(['none', 'self', 'anyone'])),
  'allowed-ips': v.optional(word(['none', 'granted', 'anyone'])),
  membership: v.optional(word(['none', 'anyone'])),
});

const peer = mapping('a peer', {
  key: read(KEY, parseKey),
  name: v.optional(read(NAME, (text) => (isPeerName(text) ? text : undefined))),
  router: v.optional(v.boolean(expected('true or false'))),
  trust: v.optional(trust),
  endpoints: v.optional(v.array(read(PLACE, parsePlace), expected('a list of endpoints'))),
  'allowed-ips': v.optional(prefixes),
});

export const configSchema = mapping('the file', {
  port: v.optional(port),
  connect: v.optional(
    // Which of the two was meant decides which mistakes are told.
    v.lazy((given) =>
      Array.isArray(given)
        ? v.array(v.string(expected('the name or public key of a peer')))
        : word(['auto', 'manual'], CONNECT),
    ),
  ),
  move: v.optional(prefixes),
  announce: v.optional(mapping('what is announced', { include: v.optional(chosen), exclude: v.optional(chosen) })),
  metrics: v.optional(read(METRICS, parseMetricsPlace)),
  peers: v.optional(v.array(peer, expected('a list of peers'))),
});

export type Parsed = v.InferOutput<typeof configSchema>;

/** Text that `parse` understands. */
function read<Value>(what: string, parse: (text: string) => Value | undefined) {
  return v.pipe(
    v.string(expected(what)),
    v.rawTransform<string, Value>(({ dataset, addIssue, NEVER }) => {
      const value = parse(dataset.value);
      if (value !== undefined) return value;
      addIssue({ message: `expected ${what}, found ${JSON.stringify(dataset.value)}` });
      return NEVER;
    }),
  );
}

function word<const Words extends readonly string[]>(words: Words, what = `one of ${quoted(words)}`) {
  return v.picklist(words, expected(what));
}

/** A mapping of these keys and no others. */
function mapping<const Entries extends v.ObjectEntries>(what: string, entries: Entries) {
  const keys = Object.keys(entries);
  return v.strictObject(entries, (issue) => {
    if (issue.expected === 'Object') return `expected a mapping with ${quoted(keys)}, found ${issue.received}`;
    if (issue.expected !== 'never') return `${what} needs ${issue.expected}`;
    const last = issue.path?.at(-1)?.key;
    const key = typeof last === 'string' ? last : '';
    const near = closest(key, keys);
    const meant = near === undefined ? '' : `, perhaps ${JSON.stringify(near)}`;
    return `unknown key ${JSON.stringify(key)}${meant}; allowed here: ${quoted(keys)}`;
  });
}

/** valibot's message for a value of the wrong type. */
function expected(what: string): (issue: v.BaseIssue<unknown>) => string {
  return (issue) => `expected ${what}, found ${issue.received}`;
}

function parseChosen(text: string): Chosen | undefined {
  const prefix = parsePrefix(text);
  if (prefix !== undefined) return { prefix };
  return isInterfaceName(text) ? { interface: text } : undefined;
}

/** RFC 1123; the last label has a letter, so that no mistyped address becomes a name. */
const HOST =
  /^(?=.{1,253}:)((?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*(?=[^:]*[a-z][^.:]*:)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?):(\d{1,5})$/i;

export function parsePlace(text: string): Place | undefined {
  const endpoint = parseEndpoint(text);
  if (endpoint !== undefined) return endpoint;
  const [, host, digits] = HOST.exec(text) ?? [];
  const number = Number(digits);
  return host === undefined || number < 1 || number > 65535 ? undefined : { host, port: number };
}

/** The longest path that the kernel takes for a socket. */
const LONGEST_SOCKET_PATH = 107;

function parseMetricsPlace(text: string): MetricsPlace | undefined {
  const [, path] = /^unix:(\/.*[^/])$/.exec(text) ?? [];
  if (path === undefined) return parseEndpoint(text);
  return Buffer.byteLength(path) <= LONGEST_SOCKET_PATH && !path.includes('\0') ? { path } : undefined;
}

function quoted(words: readonly string[]): string {
  return words.map((each) => JSON.stringify(each)).join(', ');
}
