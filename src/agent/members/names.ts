/**
 * Names of peers in wirelink's configuration file, as text: written down and taken out, with comments and all the rest
 * as they are. A text that would have a mistake afterwards is never made.
 */
import { isMap, isSeq, parseDocument, type Document, type YAMLMap } from 'yaml';
import type { PublicKey } from '../../core/values/key.js';
import { parseConfig } from '../config/index.js';

/** Long lines stay as they are, and so do lists in brackets. */
const LAYOUT = { lineWidth: 0, flowCollectionPadding: false } as const;

/** `text` is a file without mistakes, or empty. Throws `UserError('configuration')` when the name does not fit in. */
export function withName(text: string, file: string, key: PublicKey, name: string): string {
  const document = parseDocument(text);
  const peers = document.get('peers');
  const entry = entryOf(document, key);
  if (entry !== undefined) entry.set('name', name);
  else if (isSeq(peers)) {
    peers.flow &&= peers.items.length > 0;
    peers.add(document.createNode({ key, name }));
  } else document.set('peers', document.createNode([{ key, name }]));
  const changed = document.toString(LAYOUT);
  parseConfig(changed, file);
  return changed;
}

/**
 * Without what the file says of the peer, when that is its name and no more: what else an administrator has decided about
 * a key is not ours to forget. The same text when it stays.
 */
export function withoutName(text: string, file: string, key: PublicKey): string {
  const document = parseDocument(text);
  const entry = entryOf(document, key);
  const peers = document.get('peers');
  if (entry === undefined || !isSeq(peers)) return text;
  if (entry.items.some(({ key: field }) => !ONLY_A_NAME.has(String(field)))) return text;
  peers.delete(peers.items.indexOf(entry));
  const changed = document.toString(LAYOUT);
  try {
    parseConfig(changed, file);
    return changed;
  } catch {
    // `connect` names it; a name that nobody has is a mistake there.
    return text;
  }
}

const ONLY_A_NAME: ReadonlySet<string> = new Set(['key', 'name']);

function entryOf(document: Document, key: PublicKey): YAMLMap | undefined {
  const peers = document.get('peers');
  const entries = isSeq(peers) ? peers.items.filter((item) => isMap(item)) : [];
  return entries.find((entry) => entry.get('key') === key);
}
