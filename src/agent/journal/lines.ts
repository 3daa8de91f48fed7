/**
 * The journal as text: JSON lines, the first one a header, each other one an entry or the id of one that no longer holds.
 * Reading bears any content; what it cannot read it says.
 */
import * as v from 'valibot';
import { parseAddress, type Address } from '../../core/values/address.js';
import { parseKey, type PublicKey } from '../../core/values/key.js';
import { parsePrefix, type Prefix } from '../../core/values/prefix.js';
import { entryId, type Entry, type Ledger } from './ledger.js';

const VERSION = 1;

/** Of the file, and of the interface it is about. The process is for a person who finds the file. */
export const headerLine = (incarnation: string): string =>
  line({ journal: VERSION, interface: incarnation, pid: process.pid });

/** The lines that turn one ledger into the other. */
export function differenceLines(from: Ledger, to: Ledger): readonly string[] {
  const gone = [...from.keys()].filter((id) => !to.has(id)).map((id) => line({ forget: id }));
  const fresh = [...to].filter(([id, entry]) => from.get(id) !== entry).map(([, entry]) => line(entry));
  return [...gone, ...fresh];
}

export interface JournalText {
  readonly incarnation: string;
  readonly ledger: Ledger;
  /** Whether each whole line made sense. A last one that ends too early does not count: it was never acted on. */
  readonly sound: boolean;
}

/** `undefined` for what has no header of ours. */
export function readLines(text: string): JournalText | undefined {
  const [header = '', ...lines] = text.split('\n').slice(0, -1);
  const about = v.safeParse(Header, fromJson(header));
  if (!about.success) return undefined;
  const ledger = new Map<string, Entry>();
  let sound = true;
  for (const text of lines) {
    const content = v.safeParse(Line, fromJson(text));
    if (!content.success) sound = false;
    else if ('forget' in content.output) ledger.delete(content.output.forget);
    else ledger.set(entryId(content.output), content.output);
  }
  return { incarnation: about.output.interface, ledger, sound };
}

const line = (content: object): string => `${JSON.stringify(content)}\n`;

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const Key = v.pipe(v.string(), v.transform(parseKey), v.custom<PublicKey>(isThere));
const PrefixText = v.pipe(v.string(), v.transform(parsePrefix), v.custom<Prefix>(isThere));
const AddressText = v.pipe(v.string(), v.transform(parseAddress), v.custom<Address>(isThere));
/** The kernel has 16 bits for it. */
const Keepalive = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(65535));

const Header = v.object({ journal: v.literal(VERSION), interface: v.string() });

const Line = v.union([
  v.object({ forget: v.string() }),
  v.variant('did', [
    v.object({ did: v.literal('address-added'), address: AddressText }),
    v.object({ did: v.literal('peer-added'), peer: Key }),
    v.object({ did: v.literal('prefix-added'), peer: Key, prefix: PrefixText }),
    v.object({ did: v.literal('prefix-moved'), prefix: PrefixText, from: Key }),
    v.object({ did: v.literal('keepalive-set'), peer: Key, was: Keepalive, set: v.array(Keepalive) }),
  ]),
]);

function isThere(value: unknown): boolean {
  return value !== undefined;
}
