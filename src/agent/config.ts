/**
 * The configuration file: the agents' port and names for peers. Whatever is wrong in it is told with its place, all
 * mistakes at once, before anything is started.
 */
import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { isMap, isNode, isScalar, isSeq, LineCounter, parseDocument, type Document, type Node } from 'yaml';
import { UserError } from '../core/errors.js';
import { printable } from '../core/text.js';
import { parseKey, type PublicKey } from '../core/values/key.js';

export interface AgentConfig {
  /** The UDP port of the agents; `undefined` when the file leaves it out. */
  readonly port: number | undefined;
  readonly names: ReadonlyMap<PublicKey, string>;
}

/** Where the file is looked for unless `--config` names one. */
export const defaultConfigPath = (interfaceName: string): string => `/etc/wirelink/${interfaceName}.yaml`;

/**
 * Reads `path`; without one the default file, which may be missing. Throws `UserError('configuration')`.
 */
export function readConfig(path: string | undefined, defaultPath: string): AgentConfig {
  const file = path ?? defaultPath;
  try {
    return parseConfig(readFileSync(file, 'utf8'), file);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (error instanceof UserError || code === undefined) throw error;
    if (code === 'ENOENT' && path === undefined) return { port: undefined, names: new Map() };
    const reason = code === 'ENOENT' ? 'there is no such file' : code === 'EACCES' ? 'no permission to read it' : code;
    throw new UserError('configuration', { mistakes: `${file}: ${reason}` });
  }
}

/** `file` is only what mistakes are reported under. */
export function parseConfig(text: string, file: string): AgentConfig {
  const lineCounter = new LineCounter();
  const document: Document = parseDocument(text, { lineCounter, prettyErrors: false });
  const checked = check(document);
  if (!('mistakes' in checked)) {
    return { port: checked.port, names: new Map(checked.peers?.map(({ key, name }) => [key, name])) };
  }
  const lines = checked.mistakes.map(({ offset, message }) => {
    const { line, col } = lineCounter.linePos(offset);
    return `${file}:${line}:${col}: ${printable(message)}`;
  });
  throw new UserError('configuration', { mistakes: lines.join('\n') });
}

function check(document: Document): Parsed | { readonly mistakes: readonly Mistake[] } {
  if (document.errors.length > 0) {
    return { mistakes: document.errors.map(({ pos, message }) => ({ offset: pos[0], message })) };
  }
  // To valibot a list is an object, too.
  if (isSeq(document.contents)) {
    return { mistakes: [{ offset: offsetOf(document, [], false), message: `expected ${FILE}` }] };
  }
  const result = v.safeParse(configSchema, document.toJS() ?? {});
  if (!result.success) return { mistakes: result.issues.map((issue) => mistakeOf(issue, document)) };
  const mistakes = repetitions(result.output.peers ?? [], document);
  return mistakes.length > 0 ? { mistakes } : result.output;
}

interface Mistake {
  readonly offset: number;
  readonly message: string;
}

const FILE = 'a mapping with "port", "peers"';
const PORT = 'a UDP port, 1 to 65535';
const KEY = 'a public key, 44 characters of base64 as "wg show" prints it';
const NAME = 'a name of letters, digits, ".", "_" and "-", at most 63 characters';
const PEERS = 'a list of peers, each with "key" and "name"';

const peerSchema = v.strictObject(
  {
    key: v.pipe(
      v.string(expected(KEY)),
      v.rawTransform(({ dataset, addIssue, NEVER }) => {
        const key = parseKey(dataset.value);
        if (key !== undefined) return key;
        addIssue({ message: `expected ${KEY}` });
        return NEVER;
      }),
    ),
    name: v.pipe(v.string(expected(NAME)), v.regex(/^[\p{L}\p{N}._-]{1,63}$/u, `expected ${NAME}`)),
  },
  strict('a peer', ['key', 'name']),
);

const configSchema = v.strictObject(
  {
    port: v.optional(
      v.pipe(
        v.number(expected(PORT)),
        v.integer(`expected ${PORT}`),
        v.minValue(1, `expected ${PORT}`),
        v.maxValue(65535, `expected ${PORT}`),
      ),
    ),
    peers: v.optional(v.array(peerSchema, expected(PEERS))),
  },
  strict('the file', ['port', 'peers']),
);

type Parsed = v.InferOutput<typeof configSchema>;

/** valibot's message for a value of the wrong type. */
function expected(what: string): (issue: v.BaseIssue<unknown>) => string {
  return (issue) => (issue.received === 'undefined' ? `expected ${what}` : `expected ${what}, found ${issue.received}`);
}

/** valibot's message for a mapping with a key too many, with one too few, or that is none. */
function strict(what: string, allowed: readonly string[]): (issue: v.BaseIssue<unknown>) => string {
  const list = allowed.map((key) => `"${key}"`).join(', ');
  return (issue) => {
    if (issue.expected === 'never') return `unknown key ${issue.received.replace(/^$/, '""')}; allowed here: ${list}`;
    if (issue.expected === 'Object') return `expected a mapping with ${list}, found ${issue.received}`;
    return `${what} needs ${issue.expected ?? list}`;
  };
}

function mistakeOf(issue: v.BaseIssue<unknown>, document: Document): Mistake {
  const path = (issue.path ?? []).map(({ key }) => key);
  const aboutKey = issue.path?.at(-1)?.origin === 'key';
  return { offset: offsetOf(document, path, aboutKey), message: issue.message };
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

/** The same key twice, or the same name for two keys. */
function repetitions(peers: NonNullable<Parsed['peers']>, document: Document): Mistake[] {
  const mistakes: Mistake[] = [];
  for (const attribute of ['key', 'name'] as const) {
    const seen = new Set<string>();
    for (const [index, peer] of peers.entries()) {
      const value = peer[attribute];
      if (seen.has(value)) {
        const offset = offsetOf(document, ['peers', index, attribute], false);
        mistakes.push({ offset, message: `another peer has the ${attribute} ${value} already` });
      }
      seen.add(value);
    }
  }
  return mistakes;
}
