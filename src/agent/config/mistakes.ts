/** Where in the file a mistake is, and the mistakes that no single value has: what contradicts something elsewhere. */
import type * as v from 'valibot';
import { isMap, isNode, isScalar, isSeq, type Document, type Node } from 'yaml';
import { parseKey } from '../../core/values/key.js';
import type { Parsed } from './schema.js';

export interface Mistake {
  /** In the text, in characters. */
  readonly offset: number;
  readonly message: string;
}

/** What makes it unreadable as YAML, or as a mapping. */
export function mistakesOfYaml(document: Document): readonly Mistake[] {
  if (document.errors.length > 0) return document.errors.map(({ pos, message }) => ({ offset: pos[0], message }));
  // To valibot a list is an object, too.
  if (isSeq(document.contents)) return [{ offset: offsetOf(document, [], false), message: 'expected a mapping' }];
  try {
    document.toJS();
    return [];
  } catch (error) {
    // An alias without an anchor, or aliases of aliases that would fill the memory.
    return [{ offset: 0, message: error instanceof Error ? error.message : String(error) }];
  }
}

export function mistakeOf(issue: v.BaseIssue<unknown>, document: Document): Mistake {
  const path = (issue.path ?? []).map(({ key }) => key);
  const aboutKey = issue.path?.at(-1)?.origin === 'key';
  return { offset: offsetOf(document, path, aboutKey), message: issue.message };
}

/** The same key twice, the same name for two keys, or a peer to connect that is neither a key nor a name here. */
export function contradictions({ peers = [], connect }: Parsed, document: Document): readonly Mistake[] {
  const mistakes: Mistake[] = [];
  for (const attribute of ['key', 'name'] as const) {
    const seen = new Set<string>();
    for (const [index, peer] of peers.entries()) {
      const value = peer[attribute];
      if (value === undefined) continue;
      if (seen.has(value)) {
        const offset = offsetOf(document, ['peers', index, attribute], false);
        mistakes.push({ offset, message: `another peer has the ${attribute} ${value} already` });
      }
      seen.add(value);
    }
  }
  const names = new Set(peers.map(({ name }) => name));
  for (const [index, peer] of (typeof connect === 'object' ? connect : []).entries()) {
    if (parseKey(peer) !== undefined || names.has(peer)) continue;
    const offset = offsetOf(document, ['connect', index], false);
    mistakes.push({
      offset,
      message: `expected a public key, or the name of one of the peers in this file, found "${peer}"`,
    });
  }
  return mistakes;
}

/** Where the value at the path begins, or its key; where it is missing, where the mapping around it begins. */
function offsetOf(document: Document, path: readonly unknown[], aboutKey: boolean): number {
  let node: Node | null = document.contents;
  for (const [depth, step] of path.entries()) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
      if (pair === undefined) break;
      const target = aboutKey && depth === path.length - 1 ? pair.key : (pair.value ?? pair.key);
      node = isNode(target) ? target : node;
    } else if (isSeq(node)) {
      const item = node.items[Number(step)];
      node = isNode(item) ? item : node;
    }
  }
  return node?.range?.[0] ?? 0;
}
