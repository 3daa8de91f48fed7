/**
 * The peers in wg-quick's configuration file, as text: found, added and taken out, with all the rest of it as its author
 * wrote it. What it means otherwise is wg-quick's.
 */
import { parseKey, type PublicKey } from '../../core/values/key.js';
import { parsePrefix, type Prefix } from '../../core/values/prefix.js';

export interface QuickPeer {
  readonly publicKey: PublicKey;
  readonly allowedIps: readonly Prefix[];
}

export function peersIn(text: string): readonly QuickPeer[] {
  const lines = text.split('\n');
  return sectionsIn(lines).flatMap(({ from, to }) => {
    const settings = lines.slice(from, to).map(settingIn);
    const values = (name: string): readonly string[] =>
      settings.flatMap((setting) => (setting?.name === name ? [setting.value] : []));
    const publicKey = parseKey(values('publickey').at(-1) ?? '');
    const prefixes = values('allowedips').flatMap((list) => list.split(',').map((each) => each.trim()));
    return publicKey === undefined
      ? []
      : [{ publicKey, allowedIps: prefixes.flatMap((prefix) => parsePrefix(prefix) ?? []) }];
  });
}

/** The peer at the end, under a comment with its name. */
export function withPeer(text: string, name: string, { publicKey, allowedIps }: QuickPeer): string {
  const ended = text === '' || text.endsWith('\n') ? text : `${text}\n`;
  return `${ended}\n# ${name}\n[Peer]\nPublicKey = ${publicKey}\nAllowedIPs = ${allowedIps.join(', ')}\n`;
}

/** Without the sections of that peer and the comments right above them: `withPeer` undone, wherever it stands. */
export function withoutPeer(text: string, publicKey: PublicKey): string {
  const lines = text.split('\n');
  const dropped = sectionsIn(lines).filter(({ from, to }) =>
    lines.slice(from, to).some((line) => {
      const setting = settingIn(line);
      return setting?.name === 'publickey' && setting.value === publicKey;
    }),
  );
  const kept = lines.filter((_, at) => !dropped.some(({ from, to }) => at >= from && at < to));
  const atEnd = dropped.some(({ to }) => to === lines.length);
  return atEnd ? `${kept.join('\n').trimEnd()}\n` : kept.join('\n');
}

interface Section {
  /** The first line: comments that stand right above the head are the section's. */
  readonly from: number;
  /** The line after the last. */
  readonly to: number;
}

/** Those of peers. */
function sectionsIn(lines: readonly string[]): readonly Section[] {
  const heads = lines.flatMap((line, at) => (line.trim().startsWith('[') ? [at] : []));
  const beginnings = heads.map((head) => {
    let from = head;
    while (from > 0 && lines[from - 1]?.trim().startsWith('#')) from--;
    return { from, peer: /^\[peer\]/i.test(lines[head]?.trim() ?? '') };
  });
  return beginnings.flatMap(({ from, peer }, at) =>
    peer ? [{ from, to: beginnings[at + 1]?.from ?? lines.length }] : [],
  );
}

/** As wg-quick reads a line: names in any case, comments from "#" on. */
function settingIn(line: string): { readonly name: string; readonly value: string } | undefined {
  const [, name, value] = /^\s*(\w+)\s*=\s*(.*?)\s*$/.exec(line.replace(/#.*/, '')) ?? [];
  return name === undefined || value === undefined ? undefined : { name: name.toLowerCase(), value };
}
