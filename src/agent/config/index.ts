/**
 * The configuration file: what the administrator decided about this interface. Whatever is wrong in it is told with its
 * place, all mistakes at once, before anything is started. What may stand in it is schema.ts's.
 */
import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { LineCounter, parseDocument, type Document } from 'yaml';
import { UserError } from '../../core/errors.js';
import { DEFAULT_POLICY, type AddressChoice, type Policy, type Trust } from '../../core/policy.js';
import { printable } from '../../core/text.js';
import type { CheckedView } from '../../core/views.js';
import { parseKey, type PublicKey } from '../../core/values/key.js';
import { contradictions, mistakeOf, mistakesOfYaml, type Mistake } from './mistakes.js';
import { configSchema, type Chosen, type MetricsPlace, type Parsed, type Place } from './schema.js';

export type { MetricsPlace, Place } from './schema.js';

export interface AgentConfig {
  /** The UDP port of the agents; `undefined` when the file leaves it out. */
  readonly port: number | undefined;
  readonly policy: Policy;
  /** Where peers behind a router may answer; names are not looked up yet. */
  readonly endpoints: ReadonlyMap<PublicKey, readonly Place[]>;
  /** `undefined` serves no metrics. */
  readonly metrics: MetricsPlace | undefined;
}

const NOTHING_CONFIGURED: AgentConfig = {
  port: undefined,
  policy: DEFAULT_POLICY,
  endpoints: new Map(),
  metrics: undefined,
};

/** Where the file is looked for unless `--config` names one. */
export const defaultConfigPath = (interfaceName: string): string => `/etc/wirelink/${interfaceName}.yaml`;

/**
 * Reads `path`; without one the default file, which may be missing. Throws `UserError('configuration')`.
 */
export function readConfig(path: string | undefined, defaultPath: string): AgentConfig {
  return readOptional(path, defaultPath) ?? NOTHING_CONFIGURED;
}

/** For `up --check`: which file it is, whether it is there, and that nothing is wrong. Throws `UserError('configuration')`. */
export function checkConfig(path: string | undefined, defaultPath: string): CheckedView {
  return { file: path ?? defaultPath, found: readOptional(path, defaultPath) !== undefined };
}

/** `undefined` when the default file is not there. */
function readOptional(path: string | undefined, defaultPath: string): AgentConfig | undefined {
  const file = path ?? defaultPath;
  try {
    return parseConfig(readFileSync(file, 'utf8'), file);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (error instanceof UserError || code === undefined) throw error;
    if (code === 'ENOENT' && path === undefined) return undefined;
    throw new UserError('configuration', { mistakes: `${file}: ${READ_FAILURES[code] ?? code}` });
  }
}

const READ_FAILURES: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'no permission to read it',
  EISDIR: 'it is a directory',
};

/** `file` is only what mistakes are reported under. */
export function parseConfig(text: string, file: string): AgentConfig {
  const lineCounter = new LineCounter();
  const document: Document = parseDocument(text, { lineCounter, prettyErrors: false });
  const checked = check(document);
  if (!('mistakes' in checked)) return configOf(checked);
  const lines = checked.mistakes.map(({ offset, message }) => {
    const { line, col } = lineCounter.linePos(offset);
    return `${file}:${line}:${col}: ${printable(message)}`;
  });
  throw new UserError('configuration', { mistakes: lines.join('\n') });
}

function check(document: Document): Parsed | { readonly mistakes: readonly Mistake[] } {
  const ofYaml = mistakesOfYaml(document);
  if (ofYaml.length > 0) return { mistakes: ofYaml };
  const result = v.safeParse(configSchema, document.toJS() ?? {});
  if (!result.success) return { mistakes: result.issues.map((issue) => mistakeOf(issue, document)) };
  const mistakes = contradictions(result.output, document);
  return mistakes.length > 0 ? { mistakes } : result.output;
}

function configOf({ port, connect, move, announce, metrics, peers = [] }: Parsed): AgentConfig {
  const names = peers.flatMap(({ key, name }) => (name === undefined ? [] : [[key, name] as const]));
  return {
    port,
    policy: {
      names: new Map(names),
      peers: new Map(
        peers.map(({ key, trust = {}, router, 'allowed-ips': allowedIps = [] }) => [
          key,
          { trust: trustOf(trust), router, allowedIps },
        ]),
      ),
      announce: {
        include: announce?.include && choiceOf(announce.include),
        exclude: choiceOf(announce?.exclude ?? []),
      },
      move,
      connect: typeof connect === 'object' ? new Set(keysOf(connect, names)) : (connect ?? DEFAULT_POLICY.connect),
    },
    endpoints: new Map(peers.flatMap(({ key, endpoints = [] }) => (endpoints.length > 0 ? [[key, endpoints]] : []))),
    metrics,
  };
}

type ParsedPeer = NonNullable<Parsed['peers']>[number];

/** Only what is said: the rest depends on whether the peer is a router. */
function trustOf({
  endpoint,
  membership,
  'allowed-ips': allowedIps,
}: NonNullable<ParsedPeer['trust']>): Partial<Trust> {
  return {
    ...(endpoint !== undefined && { endpoint }),
    ...(allowedIps !== undefined && { allowedIps }),
    ...(membership !== undefined && { membership }),
  };
}

function choiceOf(chosen: readonly Chosen[]): AddressChoice {
  return {
    interfaces: new Set(chosen.flatMap((one) => ('interface' in one ? [one.interface] : []))),
    prefixes: chosen.flatMap((one) => ('prefix' in one ? [one.prefix] : [])),
  };
}

/** Each is a key, or a name of the same file: `contradictions` has looked. */
function keysOf(peers: readonly string[], names: readonly (readonly [PublicKey, string])[]): PublicKey[] {
  return peers.flatMap((peer) => parseKey(peer) ?? names.find(([, name]) => name === peer)?.[0] ?? []);
}
