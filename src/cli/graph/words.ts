/** How a path is called in a drawing, and what is written beside it. */
import type { PathKind } from '../../core/views.js';
import { duration } from '../render/text.js';
import type { Branch } from './model.js';

export const PATH_WORDS: Readonly<Record<PathKind, string>> = {
  direct: 'direct',
  relayed: 'relayed',
  connecting: 'connecting',
  offline: 'offline',
  plain: 'WireGuard only',
};

/** A round-trip time says that it is direct; where there is none, the word does. */
export function linkText({ link }: Branch): string {
  if (link === undefined) return '';
  return link.path === 'direct' && link.rttMs !== undefined ? duration(link.rttMs) : PATH_WORDS[link.path];
}

/** All kinds of paths that the tree has, in the order of its legend. */
export function kindsIn(tree: Branch): readonly PathKind[] {
  const found = new Set<PathKind>();
  const walk = ({ link, branches }: Branch): void => {
    if (link !== undefined) found.add(link.path);
    branches.forEach(walk);
  };
  walk(tree);
  return (Object.keys(PATH_WORDS) as PathKind[]).filter((kind) => found.has(kind));
}
